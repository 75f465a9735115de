public import IdentityCrypto
public import OpenIDMessages

/// A login that was begun and whose callback is awaited. Belongs to one browser; is used once.
public struct PendingLogin: Sendable, CustomStringConvertible {
    public let state: StateValue
    public let nonce: Nonce
    public let verifier: CodeVerifier
    /// The town for which a portal of several towns asked; nil for a portal of one tenant. Keep it with the rest: the ID
    /// token must name it.
    public let servedTenant: TenantIdentifier?
    /// The key to which the tokens of this login will be bound (RFC 9449); nil for bearer tokens.
    public let proofKey: SigningKey?
    /// Where the browser is sent.
    public let authorizationURL: String
    public let startedAt: Timestamp

    public init(
        state: StateValue, nonce: Nonce, verifier: CodeVerifier, servedTenant: TenantIdentifier?,
        proofKey: SigningKey? = nil, authorizationURL: String, startedAt: Timestamp
    ) {
        self.state = state
        self.nonce = nonce
        self.verifier = verifier
        self.servedTenant = servedTenant
        self.proofKey = proofKey
        self.authorizationURL = authorizationURL
        self.startedAt = startedAt
    }

    /// How long a person may take, in seconds.
    public static let lifetime: Int64 = 600

    public func isExpired(at now: Timestamp) -> Bool { now >= startedAt + Self.lifetime }

    /// None of its values: they are secrets of one browser.
    public var description: String { "(pending login)" }
}
