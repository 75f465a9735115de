/// An error for the caller's eyes (RFC 6749 §4.1.2.1 and §5.2): a standard code and a description without secrets.
public struct OAuthError: Error, Sendable, Equatable {
    /// A standard error code.
    public struct Code: Sendable, Hashable {
        public let rawValue: String
        private init(_ rawValue: String) { self.rawValue = rawValue }

        // RFC 6749 §4.1.2.1, §5.2
        public static let invalidRequest = Code("invalid_request")
        public static let unauthorizedClient = Code("unauthorized_client")
        public static let accessDenied = Code("access_denied")
        public static let unsupportedResponseType = Code("unsupported_response_type")
        public static let invalidScope = Code("invalid_scope")
        public static let serverError = Code("server_error")
        public static let temporarilyUnavailable = Code("temporarily_unavailable")
        public static let invalidClient = Code("invalid_client")
        public static let invalidGrant = Code("invalid_grant")
        public static let unsupportedGrantType = Code("unsupported_grant_type")
        // RFC 6750 §3.1
        public static let invalidToken = Code("invalid_token")
        public static let insufficientScope = Code("insufficient_scope")
        // OpenID Connect Core §3.1.2.6
        public static let loginRequired = Code("login_required")
        public static let interactionRequired = Code("interaction_required")
        public static let consentRequired = Code("consent_required")
        public static let requestNotSupported = Code("request_not_supported")
        public static let requestURINotSupported = Code("request_uri_not_supported")
        public static let invalidRequestURI = Code("invalid_request_uri")
        public static let registrationNotSupported = Code("registration_not_supported")
        // RFC 9101 §6.2
        public static let invalidRequestObject = Code("invalid_request_object")
        // OpenID Connect Unmet Authentication Requirements 1.0
        public static let unmetAuthenticationRequirements = Code("unmet_authentication_requirements")
        // RFC 8707 §2
        public static let invalidTarget = Code("invalid_target")
        // RFC 8628 §3.5
        public static let authorizationPending = Code("authorization_pending")
        public static let slowDown = Code("slow_down")
        public static let expiredToken = Code("expired_token")
        // RFC 9470 §3
        public static let insufficientUserAuthentication = Code("insufficient_user_authentication")
        // RFC 7591 §3.2.2
        public static let invalidRedirectURI = Code("invalid_redirect_uri")
        public static let invalidClientMetadata = Code("invalid_client_metadata")
        public static let unapprovedSoftwareStatement = Code("unapproved_software_statement")
        // RFC 9449 §5, §8
        public static let invalidDPoPProof = Code("invalid_dpop_proof")
        public static let useDPoPNonce = Code("use_dpop_nonce")
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
