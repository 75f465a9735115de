import DeviceAuthenticator
import OpenIDMessages

/// A login that the phone has answered and whose callback no browser has opened yet.
struct PortalVisit {
    /// The browser that began the login.
    var browser: BrowserSession
    let callback: WebAddress
    let attempt: RequestRules.Attempt

    /// The callback with other parameters; a value of nil takes one out.
    func callback(changing changes: [String: String?]) -> WebAddress? {
        var parameters = FormParameters()
        for name in attempt.callback.names where !changes.keys.contains(name) {
            parameters.append(name, attempt.callback[name] ?? "")
        }
        for (name, value) in changes.sorted(by: { $0.key < $1.key }) {
            if let value { parameters.append(name, value) }
        }
        return WebAddress(callback.origin + callback.path + "?" + parameters.encoded)
    }

    /// Whether the callback carries a code in the open (not in a JWT, as JARM has it).
    var hasCode: Bool { attempt.callback["code"] != nil }
}

/// Goes to the portal, logs in with the phone, and stops before the callback.
struct PortalVisitor {
    let phone: DeviceAuthenticator
    let issuer: IssuerURL
    let authorizationEndpoint: WebAddress
    let transport: RecordingTransport
    let language: String
    let accept: String
    let address: WebAddress
    let flow: LoginCommand.Flow
    let pin: PIN
    let console: Console

    /// A browser that has never been anywhere.
    var newBrowser: BrowserSession { BrowserSession(transport: transport, language: language, accept: accept) }

    /// Nil when the provider's answer does not reach the portal by a redirect with a query.
    func visit(approves: Bool = true) async throws -> PortalVisit? {
        let before = transport.exchanges.count
        var journey = LoginJourney(
            phone: phone, issuer: issuer, browser: newBrowser,
            steps: JourneySteps(console: console, showsTimings: false))
        let end = try await journey.run(
            from: address,
            plan: LoginJourney.Plan(
                flow: flow, answer: approves ? .approve(pin) : .deny(pin), released: nil, stopsAtCallback: true))
        let asked = transport.exchanges.dropFirst(before).first {
            $0.address.origin == authorizationEndpoint.origin && $0.address.path == authorizationEndpoint.path
        }
        guard let callback = end.callback, let answer = Self.parameters(callback), !answer.isEmpty else { return nil }
        return PortalVisit(
            browser: journey.browser, callback: callback,
            attempt: RequestRules.Attempt(
                request: asked.flatMap { Self.parameters($0.address) }, callback: answer))
    }

    private static func parameters(_ address: WebAddress) -> FormParameters? {
        try? FormParameters(parsing: Array((address.query ?? "").utf8))
    }
}
