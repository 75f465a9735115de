public import OpenIDMessages

/// What a portal is held to (docs/integration.md).
public enum ClientProfile: String, Sendable, CaseIterable {
    /// FAPI 2.0 Security Profile: pushed requests, `private_key_jwt`, DPoP-bound tokens, ES256, PS256 or EdDSA.
    case fapi2
    /// Today's portal software: PKCE S256, exact redirect URI, `private_key_jwt` or a client secret.
    case baseline
    /// Software that knows no PKCE: confidential clients alone, and no login above *normal*.
    case legacy
}

/// How a client proves who it is at the token endpoint (OpenID Connect Core §9).
public enum ClientAuthenticationMethod: String, Sendable, CaseIterable {
    case privateKeyJWT = "private_key_jwt"
    case clientSecretBasic = "client_secret_basic"
    case clientSecretPost = "client_secret_post"
    /// A native application, which can keep no secret (RFC 8252 §8.5): PKCE and DPoP bind what it gets.
    case none
}

/// Signature algorithms that a client may choose (RFC 7518 §3.1, RFC 8037).
public enum SignatureAlgorithm: String, Sendable, CaseIterable {
    case es256 = "ES256"
    case ps256 = "PS256"
    case edDSA = "EdDSA"
    case rs256 = "RS256"

    /// What the FAPI 2.0 Security Profile §5.4.1 allows.
    public var isAllowedInFAPI: Bool { self != .rs256 }
}

/// Key management of tokens that are encrypted for a client (RFC 7518 §4); the content is always under A256GCM.
public enum EncryptionAlgorithm: String, Sendable, CaseIterable {
    case ecdhESA256KW = "ECDH-ES+A256KW"
    case rsaOAEP256 = "RSA-OAEP-256"
}

/// Grants that a client may use at the token endpoint.
public enum GrantType: String, Sendable, Hashable, CaseIterable {
    case authorizationCode = "authorization_code"
    case refreshToken = "refresh_token"
    case clientCredentials = "client_credentials"
    /// RFC 8628.
    case deviceCode = "urn:ietf:params:oauth:grant-type:device_code"
    /// RFC 8693.
    case tokenExchange = "urn:ietf:params:oauth:grant-type:token-exchange"
    /// OpenID Connect CIBA Core §4.
    case backChannel = "urn:openid:params:grant-type:ciba"
}

/// How `sub` is made (OpenID Connect Core §8).
public enum SubjectType: String, Sendable, CaseIterable {
    case pairwise, `public`
}

/// The words in which a client wants to read `acr`.
public enum LevelVocabulary: String, Sendable, CaseIterable {
    /// `http://bsi.bund.de/eID/LoA/…`, the region's own.
    case bsi
    /// `http://eidas.europa.eu/LoA/…`: only in a region whose means are notified (`Region.isNotified`).
    case eidas
    /// `STORK-QAA-Level-…`.
    case stork
    /// `normal`, `substantiell`, `hoch`.
    case short
    /// The trust levels of AKDB: `NORMAL`, `SUBSTANTIELL`, `HOCH`.
    case akdb
}

/// What a client wants signed and encrypted, and how.
public struct ClientCryptography: Sendable, Equatable {
    public var idTokenAlgorithm: SignatureAlgorithm
    /// Nil when ID tokens are not encrypted.
    public var idTokenEncryption: EncryptionAlgorithm?
    /// Nil when userinfo is plain JSON.
    public var userinfoAlgorithm: SignatureAlgorithm?
    public var userinfoEncryption: EncryptionAlgorithm?
    /// For JARM.
    public var authorizationResponseAlgorithm: SignatureAlgorithm
    /// For RFC 9701.
    public var introspectionAlgorithm: SignatureAlgorithm
    /// The one algorithm of client assertions; nil for any that fits the client's keys and profile.
    public var assertionAlgorithm: SignatureAlgorithm?
    /// The one algorithm of request objects; nil for any that fits.
    public var requestObjectAlgorithm: SignatureAlgorithm?

    public init(
        idTokenAlgorithm: SignatureAlgorithm = .es256, idTokenEncryption: EncryptionAlgorithm? = nil,
        userinfoAlgorithm: SignatureAlgorithm? = nil, userinfoEncryption: EncryptionAlgorithm? = nil,
        authorizationResponseAlgorithm: SignatureAlgorithm = .es256,
        introspectionAlgorithm: SignatureAlgorithm = .es256, assertionAlgorithm: SignatureAlgorithm? = nil,
        requestObjectAlgorithm: SignatureAlgorithm? = nil
    ) {
        self.idTokenAlgorithm = idTokenAlgorithm
        self.idTokenEncryption = idTokenEncryption
        self.userinfoAlgorithm = userinfoAlgorithm
        self.userinfoEncryption = userinfoEncryption
        self.authorizationResponseAlgorithm = authorizationResponseAlgorithm
        self.introspectionAlgorithm = introspectionAlgorithm
        self.assertionAlgorithm = assertionAlgorithm
        self.requestObjectAlgorithm = requestObjectAlgorithm
    }
}

/// Where a client is told that a session ended.
public struct ClientLogout: Sendable, Equatable {
    /// Compared byte for byte (RP-Initiated Logout §3).
    public var returnURIs: [RedirectURI]
    /// OpenID Connect Back-Channel Logout §2.2.
    public var backChannelURI: OutboundURL?
    /// Whether the logout token must carry `sid`; it always does.
    public var requiresSession: Bool

    public init(returnURIs: [RedirectURI] = [], backChannelURI: OutboundURL? = nil, requiresSession: Bool = false) {
        self.returnURIs = returnURIs
        self.backChannelURI = backChannelURI
        self.requiresSession = requiresSession
    }
}

/// How a client asks for a login without a browser (OpenID Connect CIBA Core §4).
public struct ClientBackChannel: Sendable, Equatable {
    public var delivery: BackChannelDelivery
    /// Where a client in ping mode is told that its tokens are ready.
    public var notificationEndpoint: OutboundURL?
    /// The one algorithm of signed authentication requests; with one, every request of the client must be signed.
    public var requestAlgorithm: SignatureAlgorithm?
    /// Whether people who know the portal approve without the digits of a call. The operator's decision.
    public var needsNoCallCode: Bool

    public init(
        delivery: BackChannelDelivery, notificationEndpoint: OutboundURL? = nil,
        requestAlgorithm: SignatureAlgorithm? = nil, needsNoCallCode: Bool = false
    ) {
        self.delivery = delivery
        self.notificationEndpoint = notificationEndpoint
        self.requestAlgorithm = requestAlgorithm
        self.needsNoCallCode = needsNoCallCode
    }
}

/// An OpenID relying party of one tenant: a portal.
public struct Client: Sendable, Equatable {
    public var identifier: ClientIdentifier
    public var tenant: TenantIdentifier
    /// The name that people see.
    public var name: String
    public var profile: ClientProfile
    /// At least one unless the client has no grant that redirects; compared byte for byte.
    public var redirectURIs: [RedirectURI]
    public var authenticationMethod: ClientAuthenticationMethod
    /// Public keys as JWKs: for signatures of the client, and for encryption to it. Empty until the portal has handed
    /// one in: such a client exists but cannot authenticate.
    public var keys: [JSONObject]
    /// Where the client publishes its keys, instead of `keys`.
    public var keysURI: OutboundURL?
    /// SHA-256 of the client's secret, base64url, for the `client_secret_*` methods.
    public var secretDigest: ContentDigest?
    public var requiresPushedAuthorizationRequests: Bool
    /// RFC 9101 §10.5.
    public var requiresSignedRequestObject: Bool
    /// RFC 9449 §5.2: every token of this client is bound to a key.
    public var requiresDPoP: Bool
    public var cryptography: ClientCryptography
    public var grantTypes: Set<GrantType>
    /// Response modes that the client may ask for.
    public var responseModes: Set<ResponseMode>
    /// Scopes that the client may ask for; always with `openid`.
    public var scopes: [String]
    /// Resources that the client may ask access tokens for (RFC 8707).
    public var resources: [ResourceURI]
    /// The resource that this client serves: it may introspect tokens for it.
    public var servedResource: ResourceURI?
    /// The level of a login for which the request asks nothing else.
    public var requiredLevel: AssuranceLevel
    public var levelVocabulary: LevelVocabulary
    public var subjectType: SubjectType
    /// Names a sector of its own instead of the tenant's (OpenID Connect Core §8.1).
    public var sectorIdentifierURI: OutboundURL?
    /// `max_age` where a request names none, in seconds.
    public var defaultMaximumAge: Int64?
    /// Where a login can be started from outside (OpenID Connect Core §4).
    public var initiateLoginURI: RedirectURI?
    public var logout: ClientLogout
    /// Nil for a client that never asks over the back channel.
    public var backChannel: ClientBackChannel?
    /// Services that a login of this client may be for, as its tenant offers them; with one alone every login is for it.
    public var services: [ServiceIdentifier]
    /// The towns that a client of one-for-all services ("Einer für alle") serves: its deployment is one, and each login is
    /// for the town that its request names (invariant I28). Empty for a portal of its own tenant alone.
    public var servedTenants: [TenantIdentifier]
    /// ID tokens carry released claims with their evidence (`verified_claims`, OpenID Identity Assurance).
    public var receivesVerifiedClaims: Bool
    public var state: OfferState

    public init(
        identifier: ClientIdentifier, tenant: TenantIdentifier, name: String, profile: ClientProfile,
        redirectURIs: [RedirectURI], authenticationMethod: ClientAuthenticationMethod, keys: [JSONObject] = [],
        keysURI: OutboundURL? = nil, secretDigest: ContentDigest? = nil,
        requiresPushedAuthorizationRequests: Bool = true, requiresSignedRequestObject: Bool = false,
        requiresDPoP: Bool = false, cryptography: ClientCryptography = ClientCryptography(),
        grantTypes: Set<GrantType> = [.authorizationCode], responseModes: Set<ResponseMode> = [.query],
        scopes: [String], resources: [ResourceURI] = [], servedResource: ResourceURI? = nil,
        requiredLevel: AssuranceLevel, levelVocabulary: LevelVocabulary = .bsi, subjectType: SubjectType = .pairwise,
        sectorIdentifierURI: OutboundURL? = nil, defaultMaximumAge: Int64? = nil,
        initiateLoginURI: RedirectURI? = nil, logout: ClientLogout = ClientLogout(),
        backChannel: ClientBackChannel? = nil, services: [ServiceIdentifier] = [],
        servedTenants: [TenantIdentifier] = [], receivesVerifiedClaims: Bool = false, state: OfferState = .live
    ) {
        self.identifier = identifier
        self.tenant = tenant
        self.name = name
        self.profile = profile
        self.redirectURIs = redirectURIs
        self.authenticationMethod = authenticationMethod
        self.keys = keys
        self.keysURI = keysURI
        self.secretDigest = secretDigest
        self.requiresPushedAuthorizationRequests = requiresPushedAuthorizationRequests
        self.requiresSignedRequestObject = requiresSignedRequestObject
        self.requiresDPoP = requiresDPoP
        self.cryptography = cryptography
        self.grantTypes = grantTypes
        self.responseModes = responseModes
        self.scopes = scopes
        self.resources = resources
        self.servedResource = servedResource
        self.requiredLevel = requiredLevel
        self.levelVocabulary = levelVocabulary
        self.subjectType = subjectType
        self.sectorIdentifierURI = sectorIdentifierURI
        self.defaultMaximumAge = defaultMaximumAge
        self.initiateLoginURI = initiateLoginURI
        self.logout = logout
        self.backChannel = backChannel
        self.services = services
        self.servedTenants = servedTenants
        self.state = state
        self.receivesVerifiedClaims = receivesVerifiedClaims
    }

    /// True for a client whose requests name the town that they are for.
    public var isOneForAll: Bool { !servedTenants.isEmpty }
}
