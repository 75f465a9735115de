/// Why a login, or what follows it, did not succeed. No case carries a token, code, secret or personal datum.
public enum RelyingPartyError: Error, Sendable, Equatable {
    /// The provider did not answer in time, or its certificate is not trusted.
    case unreachable(BackChannelEndpoint)
    /// The answer is too long, not JSON, or not the message that the endpoint gives.
    case unusableAnswer(BackChannelEndpoint, status: Int)
    case unusableMetadata(MetadataDefect)
    case unacceptableCallback(CallbackDefect)
    /// The browser came back from a logout that is not its own.
    case unacceptableLogoutReturn(CallbackDefect)
    /// The provider refused the login in its authorization response (RFC 6749 §4.1.2.1). `iss` and `state` were right.
    case loginRefused(ProviderRefusal)
    /// The provider refused a request of the portal itself (RFC 6749 §5.2, RFC 6750 §3).
    case requestRefused(BackChannelEndpoint, ProviderRefusal)
    /// The provider refused the callback's code with `invalid_grant`: it is over, was used, or belongs to another login.
    case codeRefused(ProviderRefusal)
    /// The provider refused to refresh with `invalid_grant`: the grant is over, the person has to log in anew.
    case grantEnded(ProviderRefusal)
    case unacceptableIDToken(IDTokenDefect)
    case unacceptableLogoutToken(LogoutTokenDefect)
    /// The access token is not of the type that was asked for: a bearer token instead of a bound one, or the reverse.
    case tokenTypeMismatch
    /// The portal wants bound tokens, and the pending login has no key (RFC 9449).
    case proofKeyMissing
    /// The login has no refresh token.
    case noRefreshToken
    /// The login came from another issuer than the configured one.
    case loginOfOtherProvider
    /// The bytes are not those of `LoggedIn.serialized`.
    case unreadableLogin
    /// The `sub` of the userinfo response is not that of the ID token (OpenID Connect Core §5.3.2).
    case subjectMismatch
    /// The login was begun too long ago.
    case loginExpired
    /// The portal's key, certificate file or credentials cannot be used.
    case unusableConfiguration(String)
}

/// An endpoint that the portal calls itself.
public enum BackChannelEndpoint: String, Sendable, Hashable {
    case discovery, jwks, pushedAuthorizationRequest, token, userinfo, revocation
}

/// A standard error code and the provider's words for the portal's developer.
public struct ProviderRefusal: Sendable, Hashable {
    public let code: String
    public let description: String

    /// Shortened, and without characters that do not belong into a log line.
    init(code: String, description: String?) {
        self.code = Self.plain(code, maximumLength: 64)
        self.description = Self.plain(description ?? "", maximumLength: 512)
    }

    private static func plain(_ text: String, maximumLength: Int) -> String {
        String(
            text.unicodeScalars.filter { $0.value >= 0x20 && $0.value < 0x7F }.prefix(maximumLength).map(Character.init)
        )
    }
}

extension RelyingPartyError {
    /// What the portal's developer or operator does about it.
    public var remedy: String {
        switch self {
        case .unreachable(let endpoint):
            "The provider's \(endpoint.rawValue) endpoint could not be reached over trusted TLS. "
                + "Check the issuer URL, the network and the file of trusted certificates."
        case .unusableAnswer(let endpoint, let status):
            "The \(endpoint.rawValue) endpoint answered with status \(status) and something that is not its message. "
                + "Check that the issuer URL leads to the provider and not to a proxy or a maintenance page."
        case .unusableMetadata(let defect): defect.remedy
        case .unacceptableCallback(let defect): defect.remedy
        case .loginRefused(let refusal):
            "The provider refused the login: \(refusal.code). \(refusal.description)"
        case .requestRefused(let endpoint, let refusal):
            "The provider refused the portal's request at its \(endpoint.rawValue) endpoint: \(refusal.code). "
                + "\(refusal.description) Compare client, key and redirect URI with the client's registration."
        case .unacceptableLogoutReturn(let defect): defect.remedy
        case .codeRefused(let refusal):
            "The provider does not take the code: \(refusal.code). \(refusal.description) A code is good once, for a minute or "
                + "so, and for the login that it came from. Begin a new login."
        case .grantEnded(let refusal):
            "The grant is over: \(refusal.code). \(refusal.description) Let the person log in again."
        case .unacceptableIDToken(let defect): defect.remedy
        case .unacceptableLogoutToken(let defect): defect.remedy
        case .tokenTypeMismatch:
            "The access token is not of the type that was asked for (Bearer, or DPoP). Compare dpop_bound_access_tokens and "
                + "the profile in the client's registration with the portal's configuration."
        case .proofKeyMissing:
            "The key of the login is gone. Keep PendingLogin.proofKey with the rest, and begin a new login."
        case .noRefreshToken: "The login has no refresh token. Register the grant type refresh_token."
        case .loginOfOtherProvider: "The login came from another provider. End it, and begin a new login."
        case .unreadableLogin: "The kept login cannot be read. End it, and begin a new login."
        case .subjectMismatch:
            "Userinfo is about somebody else than the ID token. Discard both and report it to the provider's operator."
        case .loginExpired: "The login took longer than ten minutes. Begin a new one."
        case .unusableConfiguration(let reason): reason
        }
    }
}
