/// How a login reached the phone; inside the link's MAC and the phone's signature, so that one cannot pass as another.
public enum LoginFlow: String, Sendable, Hashable, CaseIterable {
    /// The phone read a QR code from another screen.
    case qr
    /// The phone was opened by a link on the same device.
    case link
    /// A portal asked the provider, without a browser (OpenID Connect CIBA Core 1.0).
    case backChannel = "backchannel"

    /// What may bind an answer in this flow.
    public var bindings: Set<BrowserBinding> {
        switch self {
        case .qr: [.code, .knownBrowser]
        case .link: [.return]
        case .backChannel: [.callCode, .none]
        }
    }
}

/// What binds the phone's answer to where the login began.
public enum BrowserBinding: String, Sendable, Hashable, CaseIterable {
    /// The person typed the phone's eight digits into the browser.
    case code
    /// The browser proved a key that it was given in an earlier login of the same person.
    case knownBrowser = "known_browser"
    /// The phone hands a one-time value back to the same browser.
    case `return`
    /// The person typed into the phone the four digits that somebody at the portal read out.
    case callCode = "call_code"
    /// Nothing: only for a portal that the person knows, and only where the operator allows it.
    case none
}

/// What a signed request asks the person to do.
public enum LoginPurpose: String, Sendable, Hashable {
    case login
}

/// What the person decided on the phone.
public enum LoginDecision: String, Sendable, Hashable, CaseIterable {
    case approve
    case deny
    /// "That was not me": ends the login and records a suspicion of fraud.
    case report
}
