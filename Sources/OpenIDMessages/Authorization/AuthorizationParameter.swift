/// The parameters of an authorization request that are known here. Others are ignored (RFC 6749 §3.1).
public enum AuthorizationParameter: String, Sendable, CaseIterable {
    // RFC 6749 §4.1.1
    case clientIdentifier = "client_id"
    case redirectURI = "redirect_uri"
    case responseType = "response_type"
    case scope, state
    // RFC 7636 §4.3
    case codeChallenge = "code_challenge"
    case codeChallengeMethod = "code_challenge_method"
    // OpenID Connect Core §3.1.2.1, §5.2, §5.5, §7.2.1
    case responseMode = "response_mode"
    case nonce, display, prompt
    case maximumAge = "max_age"
    case uiLocales = "ui_locales"
    case claimsLocales = "claims_locales"
    case idTokenHint = "id_token_hint"
    case loginHint = "login_hint"
    case acrValues = "acr_values"
    case claims, registration
    // RFC 9101 §5
    case request
    case requestURI = "request_uri"
    // RFC 8707 §2
    case resource
    // RFC 9449 §10
    case proofKey = "dpop_jkt"
    /// The region's own (docs/integration.md): the town for which a client of one-for-all services asks.
    case servedTenant = "served_tenant"
    /// The region's own (docs/integration.md): the company that the portal expects somebody to act for.
    case actingHint = "acting_hint"

    /// The longest value that is read, in UTF-8 bytes.
    public var maximumLength: Int {
        switch self {
        case .codeChallengeMethod, .display, .maximumAge: 32
        case .responseType, .responseMode, .prompt, .servedTenant, .actingHint: 64
        case .clientIdentifier, .codeChallenge, .proofKey: 128
        case .nonce, .uiLocales, .claimsLocales, .loginHint, .acrValues, .resource, .requestURI: 512
        case .state: 1024
        case .redirectURI, .scope: 2048
        case .claims, .registration: 4096
        case .idTokenHint: 8192
        case .request: 16_384
        }
    }
}

extension FormParameters {
    /// The value of a parameter, or nil when it is absent or empty.
    public subscript(parameter: AuthorizationParameter) -> String? { self[parameter.rawValue] }

    /// Present but unusable is an error, never ignored (Keycloak CVE-2026-9704).
    func refuseOversized(_ parameters: some Sequence<AuthorizationParameter>) throws(OAuthError) {
        for parameter in parameters where (self[parameter]?.utf8.count ?? 0) > parameter.maximumLength {
            throw OAuthError(.invalidRequest, "\(parameter.rawValue) is too long")
        }
    }
}
