/// How a login reached the phone; inside the link's MAC and the phone's signature, so that one cannot pass as another.
public enum LoginFlow: String, Sendable, Hashable, CaseIterable {
    /// The phone read a QR code from another screen.
    case qr
    /// The phone was opened by a link on the same device.
    case link
}

/// What binds the phone's answer to the browser that began the login.
public enum BrowserBinding: String, Sendable, Hashable {
    /// The person typed the phone's eight digits into the browser.
    case code
    /// The phone hands a one-time value back to the same browser.
    case `return`
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
