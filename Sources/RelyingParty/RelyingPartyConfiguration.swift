public import IdentityCrypto
public import OpenIDMessages

extension RelyingParty {
    /// What a portal knows about the provider and about itself.
    public struct Configuration: Sendable {
        public var issuer: IssuerURL
        public var clientIdentifier: ClientIdentifier
        public var redirectURI: RedirectURI
        public var authentication: ClientAuthentication
        /// Must contain `openid`.
        public var scopes: Scope
        /// The levels that satisfy the portal; a higher one than the lowest does as well. Empty: any known level.
        public var acrValues: [String]
        /// Sends the request to the provider first and the browser with a reference only (RFC 9126).
        public var usesPushedAuthorizationRequests: Bool
        /// Only for test portals: accepts logins whose `acr` begins with `sim:`.
        public var acceptsSimulatedLevels: Bool
        /// The key to which ID tokens are encrypted (`id_token_encrypted_response_alg`); nil when they are only signed. With
        /// a key a token that is not encrypted is refused.
        public var decryptionKey: DecryptionKey?
        /// For whom the tokens are good.
        public var tokenBinding: TokenBinding
        /// Where the browser returns to after a logout at the provider (`post_logout_redirect_uris`); nil when it stays there.
        public var postLogoutRedirectURI: RedirectURI?
        /// Uses up the `jti` of a logout token (OpenID Connect Back-Channel Logout §2.6-8): remembers it at least until the
        /// given time, and says whether it was new. Nil when this process remembers; a portal of several nodes gives one that
        /// they share.
        public var useLogoutTokenOnce: (@Sendable (TokenIdentifier, _ until: Timestamp) async throws -> Bool)?
        /// The path of a PEM file with certificates that are trusted besides the system's.
        public var extraTrustedCertificates: String?

        public init(
            issuer: IssuerURL, clientIdentifier: ClientIdentifier, redirectURI: RedirectURI,
            authentication: ClientAuthentication, scopes: Scope, acrValues: [String] = [],
            usesPushedAuthorizationRequests: Bool = true, acceptsSimulatedLevels: Bool = false,
            decryptionKey: DecryptionKey? = nil, tokenBinding: TokenBinding = .bearer,
            postLogoutRedirectURI: RedirectURI? = nil,
            useLogoutTokenOnce: (@Sendable (TokenIdentifier, _ until: Timestamp) async throws -> Bool)? = nil,
            extraTrustedCertificates: String? = nil
        ) {
            self.issuer = issuer
            self.clientIdentifier = clientIdentifier
            self.redirectURI = redirectURI
            self.authentication = authentication
            self.scopes = scopes
            self.acrValues = acrValues
            self.usesPushedAuthorizationRequests = usesPushedAuthorizationRequests
            self.acceptsSimulatedLevels = acceptsSimulatedLevels
            self.decryptionKey = decryptionKey
            self.tokenBinding = tokenBinding
            self.postLogoutRedirectURI = postLogoutRedirectURI
            self.useLogoutTokenOnce = useLogoutTokenOnce
            self.extraTrustedCertificates = extraTrustedCertificates
        }
    }
}
