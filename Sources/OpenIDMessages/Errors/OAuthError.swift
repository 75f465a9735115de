/// An error for the caller's eyes (RFC 6749 §4.1.2.1 and §5.2): a standard code and a description without secrets.
public struct OAuthError: Error, Sendable, Equatable {
    /// A standard error code.
    public enum Code: String, Sendable, Hashable, CaseIterable {
        // RFC 6749 §4.1.2.1, §5.2
        case invalidRequest = "invalid_request"
        case unauthorizedClient = "unauthorized_client"
        case accessDenied = "access_denied"
        case unsupportedResponseType = "unsupported_response_type"
        case invalidScope = "invalid_scope"
        case serverError = "server_error"
        case temporarilyUnavailable = "temporarily_unavailable"
        case invalidClient = "invalid_client"
        case invalidGrant = "invalid_grant"
        case unsupportedGrantType = "unsupported_grant_type"
        // RFC 6750 §3.1
        case invalidToken = "invalid_token"
        case insufficientScope = "insufficient_scope"
        // OpenID Connect Core §3.1.2.6
        case loginRequired = "login_required"
        case interactionRequired = "interaction_required"
        case consentRequired = "consent_required"
        case requestURINotSupported = "request_uri_not_supported"
        case invalidRequestURI = "invalid_request_uri"
        case registrationNotSupported = "registration_not_supported"
        // RFC 9101 §6.2
        case invalidRequestObject = "invalid_request_object"
        // OpenID Connect Unmet Authentication Requirements 1.0
        case unmetAuthenticationRequirements = "unmet_authentication_requirements"
        // RFC 8707 §2
        case invalidTarget = "invalid_target"
        // RFC 8628 §3.5
        case authorizationPending = "authorization_pending"
        case slowDown = "slow_down"
        case expiredToken = "expired_token"
        // OpenID Connect CIBA Core §13
        case expiredLoginHintToken = "expired_login_hint_token"
        case unknownUserIdentifier = "unknown_user_id"
        case invalidUserCode = "invalid_user_code"
        case invalidBindingMessage = "invalid_binding_message"
        // RFC 9470 §3
        case insufficientUserAuthentication = "insufficient_user_authentication"
        // RFC 7591 §3.2.2
        case invalidRedirectURI = "invalid_redirect_uri"
        case invalidClientMetadata = "invalid_client_metadata"
        case unapprovedSoftwareStatement = "unapproved_software_statement"
        // RFC 9449 §5, §8
        case invalidDPoPProof = "invalid_dpop_proof"
        case useDPoPNonce = "use_dpop_nonce"
    }

    public let code: Code
    /// ASCII text for the portal's developer (RFC 6749 §5.2 forbids quotes and backslashes).
    public let description: String

    public init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }

    /// The JSON body of a back-channel error (RFC 6749 §5.2).
    public var json: JSONObject { ["error": .string(code.rawValue), "error_description": .string(description)] }
}
