/// The names of client metadata that mean something here (RFC 7591 §2, OpenID Connect Registration §2, RP-Initiated
/// Logout §3.1, Back-Channel Logout §2.2, CIBA Core §4, JARM §3, RFC 9126 §6, RFC 9449 §5.2, RFC 9701 §6).
public enum ClientMember: String, Sendable, Hashable, CaseIterable {
    case redirectURIs = "redirect_uris"
    case name = "client_name"
    case applicationType = "application_type"
    case authenticationMethod = "token_endpoint_auth_method"
    case assertionAlgorithm = "token_endpoint_auth_signing_alg"
    case keys = "jwks"
    case keysURI = "jwks_uri"
    case grantTypes = "grant_types"
    case responseTypes = "response_types"
    case responseModes = "response_modes"
    case scope
    case pushedRequests = "require_pushed_authorization_requests"
    case signedRequestObject = "require_signed_request_object"
    case requestObjectAlgorithm = "request_object_signing_alg"
    case boundTokens = "dpop_bound_access_tokens"
    case idTokenAlgorithm = "id_token_signed_response_alg"
    case idTokenEncryption = "id_token_encrypted_response_alg"
    case idTokenContentEncryption = "id_token_encrypted_response_enc"
    case userinfoAlgorithm = "userinfo_signed_response_alg"
    case userinfoEncryption = "userinfo_encrypted_response_alg"
    case userinfoContentEncryption = "userinfo_encrypted_response_enc"
    case authorizationResponseAlgorithm = "authorization_signed_response_alg"
    case introspectionAlgorithm = "introspection_signed_response_alg"
    case subjectType = "subject_type"
    case sectorIdentifierURI = "sector_identifier_uri"
    case defaultMaximumAge = "default_max_age"
    case initiateLoginURI = "initiate_login_uri"
    case postLogoutRedirectURIs = "post_logout_redirect_uris"
    case backChannelLogoutURI = "backchannel_logout_uri"
    case backChannelLogoutSession = "backchannel_logout_session_required"
    case backChannelDelivery = "backchannel_token_delivery_mode"
    case backChannelNotificationEndpoint = "backchannel_client_notification_endpoint"
    case backChannelRequestAlgorithm = "backchannel_authentication_request_signing_alg"
    /// Only the region file sets it.
    case backChannelWithoutCallCode = "backchannel_without_call_code"
    /// The words in which the client reads `acr`; the region's own name.
    case levelVocabulary = "acr_vocabulary"
    /// What the client is held to. Only the region file sets it.
    case profile
    /// Only the region file sets it.
    case requiredLevel = "required_level"
    /// Resources of RFC 8707. Only the region file sets them.
    case resources
    /// Only the region file sets it.
    case servedResource = "serves_resource"
    /// The towns of a client of one-for-all services. Only the region file sets them.
    case servedTenants = "served_tenants"
    /// Services of the region. Only the region file sets them.
    case services
}
