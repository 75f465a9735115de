public import OpenIDMessages

/// What a portal is held to (docs/integration.md).
public enum ClientProfile: String, Sendable, CaseIterable {
    /// Today's portal software: PKCE S256, exact redirect URI, `private_key_jwt` or a client secret.
    case baseline
}

/// How a client proves who it is at the token endpoint (OpenID Connect Core §9).
public enum ClientAuthenticationMethod: String, Sendable, CaseIterable {
    case privateKeyJWT = "private_key_jwt"
    case clientSecretBasic = "client_secret_basic"
    case clientSecretPost = "client_secret_post"
}

/// Signature algorithms that a client may choose for its ID tokens.
public enum IDTokenAlgorithm: String, Sendable, CaseIterable {
    case es256 = "ES256"
    case rs256 = "RS256"
    case ps256 = "PS256"
    case edDSA = "EdDSA"
}

/// An OpenID relying party of one tenant: a portal.
public struct Client: Sendable, Equatable {
    public var identifier: ClientIdentifier
    public var tenant: TenantIdentifier
    /// The name that people see.
    public var name: String
    public var profile: ClientProfile
    /// At least one; compared byte for byte.
    public var redirectURIs: [RedirectURI]
    public var authenticationMethod: ClientAuthenticationMethod
    /// Public keys as JWKs, for `private_key_jwt`. Empty until the portal has handed one in: such a client exists but
    /// cannot authenticate.
    public var keys: [JSONObject]
    /// SHA-256 of the client's secret, base64url, for the `client_secret_*` methods.
    public var secretDigest: ContentDigest?
    public var requiresPushedAuthorizationRequests: Bool
    public var idTokenAlgorithm: IDTokenAlgorithm
    /// Scopes that the client may ask for; always with `openid`.
    public var scopes: [String]
    /// The level of a login for which the request asks nothing else.
    public var requiredLevel: AssuranceLevel
    /// Where a login can be started from outside (OpenID Connect Core §4).
    public var initiateLoginURI: RedirectURI?

    public init(
        identifier: ClientIdentifier, tenant: TenantIdentifier, name: String, profile: ClientProfile,
        redirectURIs: [RedirectURI], authenticationMethod: ClientAuthenticationMethod, keys: [JSONObject],
        secretDigest: ContentDigest?, requiresPushedAuthorizationRequests: Bool, idTokenAlgorithm: IDTokenAlgorithm,
        scopes: [String], requiredLevel: AssuranceLevel, initiateLoginURI: RedirectURI?
    ) {
        self.identifier = identifier
        self.tenant = tenant
        self.name = name
        self.profile = profile
        self.redirectURIs = redirectURIs
        self.authenticationMethod = authenticationMethod
        self.keys = keys
        self.secretDigest = secretDigest
        self.requiresPushedAuthorizationRequests = requiresPushedAuthorizationRequests
        self.idTokenAlgorithm = idTokenAlgorithm
        self.scopes = scopes
        self.requiredLevel = requiredLevel
        self.initiateLoginURI = initiateLoginURI
    }
}
