public import AccountDirectory
public import IdentityCrypto
public import OpenIDMessages

/// A client that registered itself (RFC 7591), as the provider keeps it.
public struct ClientRegistration: Sendable, Equatable {
    public var identifier: ClientIdentifier
    public var tenant: TenantIdentifier
    /// The registered metadata (RFC 7591 §2), validated when it was written.
    public var metadata: JSONObject
    /// SHA-256 of the client's secret, base64url; nil for clients with keys.
    public var secretDigest: ContentDigest?
    /// The registration access token (RFC 7592 §3).
    public var accessToken: HandleDigest
    public var createdAt: Timestamp

    public init(
        identifier: ClientIdentifier, tenant: TenantIdentifier, metadata: JSONObject, secretDigest: ContentDigest?,
        accessToken: HandleDigest, createdAt: Timestamp
    ) {
        self.identifier = identifier
        self.tenant = tenant
        self.metadata = metadata
        self.secretDigest = secretDigest
        self.accessToken = accessToken
        self.createdAt = createdAt
    }
}

/// A right to register clients of one tenant (RFC 7591 §3, initial access token).
public struct InitialAccessToken: Sendable, Equatable {
    public var handle: HandleDigest
    /// Under which it is listed and ended, and stands in the trail; `it_…`.
    public var name: RegistrationTokenIdentifier
    public var tenant: TenantIdentifier
    public var usesLeft: Int64
    public var expiresAt: Timestamp

    public init(
        handle: HandleDigest, name: RegistrationTokenIdentifier, tenant: TenantIdentifier, usesLeft: Int64,
        expiresAt: Timestamp
    ) {
        self.handle = handle
        self.name = name
        self.tenant = tenant
        self.usesLeft = usesLeft
        self.expiresAt = expiresAt
    }
}
