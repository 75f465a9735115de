public import OpenIDMessages

/// A login that was begun and whose callback is awaited. Belongs to one browser; is used once.
public struct PendingLogin: Sendable, CustomStringConvertible {
    public let state: StateValue
    public let nonce: Nonce
    public let verifier: CodeVerifier
    /// The town for which a portal of several towns asked; nil for a portal of one tenant. Keep it with the rest: the ID
    /// token must name it.
    public let servedTenant: TenantIdentifier?
    /// Where the browser is sent.
    public let authorizationURL: String
    public let startedAt: Timestamp

    public init(
        state: StateValue, nonce: Nonce, verifier: CodeVerifier, servedTenant: TenantIdentifier?,
        authorizationURL: String, startedAt: Timestamp
    ) {
        self.state = state
        self.nonce = nonce
        self.verifier = verifier
        self.servedTenant = servedTenant
        self.authorizationURL = authorizationURL
        self.startedAt = startedAt
    }

    /// How long a person may take, in seconds.
    public static let lifetime: Int64 = 600

    public func isExpired(at now: Timestamp) -> Bool { now >= startedAt + Self.lifetime }

    /// None of its values: they are secrets of one browser.
    public var description: String { "(pending login)" }
}

/// A login that succeeded: every check of the callback, the token response and the ID token was passed.
public struct LoggedIn: Sendable, CustomStringConvertible {
    /// The claims of the ID token.
    public let idToken: JSONObject
    /// The person's name at the town for which the portal asked: another one in each town.
    public let subject: SubjectIdentifier
    /// The town for which a portal of several towns asked, and which the ID token names; nil for a portal of one tenant.
    public let servedTenant: TenantIdentifier?
    /// The level as the ID token carries it.
    public let acr: String
    /// What `acr` means.
    public let authenticationContext: AuthenticationContext
    public let accessToken: String
    public let refreshToken: String?

    public var description: String { "(login at \(acr))" }
}
