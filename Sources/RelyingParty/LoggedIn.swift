public import IdentityCrypto
public import OpenIDMessages

/// A login that succeeded: every check of the callback, the token response and the ID token was passed.
///
/// Holds secrets: tokens, and the key to which they are bound. A portal that keeps it beyond its process seals `serialized`.
public struct LoggedIn: Sendable, CustomStringConvertible {
    /// The claims of the newest ID token.
    public let idToken: JSONObject
    /// The newest ID token itself, signed and not encrypted, as a hint wants it (OpenID Connect Core §3.1.2.1).
    public let signedIDToken: String
    /// The town for which a portal of several towns asked, and which the ID token names; nil for a portal of one tenant.
    public let servedTenant: TenantIdentifier?
    /// The session at the provider (`sid`), which a `LogoutNotice` names.
    public let session: SessionName?
    /// The level as the ID token carries it.
    public let acr: String
    /// What `acr` means.
    public let authenticationContext: AuthenticationContext
    public let accessToken: String
    /// The end of the access token; nil when the provider did not say it.
    public let accessTokenExpiresAt: Timestamp?
    /// Nil when the provider gives none to this portal.
    public let refreshToken: String?
    /// The key to which the tokens are bound (RFC 9449); nil for bearer tokens.
    public let proofKey: SigningKey?
    let first: FirstIDToken

    /// The person's name at the town for which the portal asked: another one in each town.
    public var subject: SubjectIdentifier { first.subject }

    public var description: String { "(login at \(acr))" }

    /// The login as validated ID token and token response say it.
    init(_ token: ValidatedIDToken, _ tokens: TokenResponse, servedTenant: TenantIdentifier?, proofKey: SigningKey?) {
        self.init(
            idToken: token.claims, signedIDToken: token.text, servedTenant: servedTenant, session: token.session,
            acr: token.acr, authenticationContext: token.context, accessToken: tokens.accessToken,
            accessTokenExpiresAt: tokens.expiresAt, refreshToken: tokens.refreshToken, proofKey: proofKey,
            first: token.first)
    }

    /// This login with the tokens of a refresh; a response without ID token or refresh token leaves the old one in force
    /// (OpenID Connect Core §12.2, RFC 6749 §6).
    func refreshed(_ tokens: TokenResponse, _ token: ValidatedIDToken?) -> LoggedIn {
        LoggedIn(
            idToken: token?.claims ?? idToken, signedIDToken: token?.text ?? signedIDToken, servedTenant: servedTenant,
            session: token?.session ?? session, acr: token?.acr ?? acr,
            authenticationContext: token?.context ?? authenticationContext, accessToken: tokens.accessToken,
            accessTokenExpiresAt: tokens.expiresAt, refreshToken: tokens.refreshToken ?? refreshToken,
            proofKey: proofKey, first: token?.first ?? first)
    }

    init(
        idToken: JSONObject, signedIDToken: String, servedTenant: TenantIdentifier?, session: SessionName?,
        acr: String, authenticationContext: AuthenticationContext, accessToken: String,
        accessTokenExpiresAt: Timestamp?, refreshToken: String?, proofKey: SigningKey?, first: FirstIDToken
    ) {
        self.idToken = idToken
        self.signedIDToken = signedIDToken
        self.servedTenant = servedTenant
        self.session = session
        self.acr = acr
        self.authenticationContext = authenticationContext
        self.accessToken = accessToken
        self.accessTokenExpiresAt = accessTokenExpiresAt
        self.refreshToken = refreshToken
        self.proofKey = proofKey
        self.first = first
    }
}

/// What a refresh gave.
public struct RefreshedLogin: Sendable {
    /// Takes the place of the login that was refreshed.
    public let login: LoggedIn
    /// The provider gave another refresh token and the old one ends: keep `login` before you use its tokens.
    public let isRotated: Bool
}
