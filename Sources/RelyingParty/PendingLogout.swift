public import OpenIDMessages

/// A logout at the provider that was begun. Belongs to one browser; its return is validated once.
public struct PendingLogout: Sendable, CustomStringConvertible {
    /// What the return must bring; nil when the portal has no `postLogoutRedirectURI` and nobody returns.
    public let state: StateValue?
    /// Where the browser is sent. It carries the ID token: it belongs into no log.
    public let logoutURL: String

    public init(state: StateValue?, logoutURL: String) {
        self.state = state
        self.logoutURL = logoutURL
    }

    /// None of its values.
    public var description: String { "(pending logout)" }
}
