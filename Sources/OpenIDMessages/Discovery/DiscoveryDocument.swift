/// The provider's metadata (OpenID Connect Discovery §3, RFC 8414 §2): the same document at both addresses.
public enum DiscoveryDocument {
    /// Paths of the provider's endpoints.
    public enum Path {
        public static let openIDConfiguration = "/.well-known/openid-configuration"
        public static let authorizationServer = "/.well-known/oauth-authorization-server"
        public static let jwks = "/jwks"
        public static let authorize = "/authorize"
        public static let pushedAuthorizationRequest = "/par"
        public static let token = "/token"
        public static let userinfo = "/userinfo"
        public static let logout = "/logout"
        public static let introspection = "/introspect"
        public static let revocation = "/revoke"
        public static let deviceAuthorization = "/device_authorization"
        /// OpenID Connect CIBA Core §7.
        public static let backChannelAuthentication = "/bc-authorize"
        /// Where people type the code of their device.
        public static let device = "/device"
        public static let deviceDone = "/device/done"
        public static let registration = "/register"
        /// Where portals ask whether somebody may act for a company (docs/integration.md).
        public static let authorityCheck = "/authority/check"
        /// Behind it the name of a service: who offers it (docs/integration.md).
        public static let services = "/services"
    }

    /// The document of `issuer`.
    ///
    /// - Parameters:
    ///   - relayResistance: the values of `rr` that a login can have.
    ///   - algorithms: the signature algorithms of provider and clients.
    ///   - encryption: the key management of tokens that are encrypted for clients.
    public static func make(
        issuer: IssuerURL, scopes: [String], claims: [String], levels: [String], relayResistance: [String],
        algorithms: [String],
        encryption: [String], grantTypes: [String], authenticationMethods: [String]
    ) -> JSONObject {
        [
            "issuer": .string(issuer.rawValue),
            "authorization_endpoint": .string(issuer.appending(Path.authorize)),
            "token_endpoint": .string(issuer.appending(Path.token)),
            "userinfo_endpoint": .string(issuer.appending(Path.userinfo)),
            "jwks_uri": .string(issuer.appending(Path.jwks)),
            "registration_endpoint": .string(issuer.appending(Path.registration)),
            "pushed_authorization_request_endpoint": .string(issuer.appending(Path.pushedAuthorizationRequest)),
            "introspection_endpoint": .string(issuer.appending(Path.introspection)),
            "revocation_endpoint": .string(issuer.appending(Path.revocation)),
            "device_authorization_endpoint": .string(issuer.appending(Path.deviceAuthorization)),
            "backchannel_authentication_endpoint": .string(issuer.appending(Path.backChannelAuthentication)),
            "backchannel_token_delivery_modes_supported": .strings(BackChannelDelivery.allCases.map(\.rawValue)),
            "backchannel_authentication_request_signing_alg_values_supported": .strings(algorithms),
            "backchannel_user_code_parameter_supported": false,
            "authority_check_endpoint": .string(issuer.appending(Path.authorityCheck)),
            "services_endpoint": .string(issuer.appending(Path.services)),
            "end_session_endpoint": .string(issuer.appending(Path.logout)),
            "backchannel_logout_supported": true,
            "backchannel_logout_session_supported": true,
            "scopes_supported": .strings(scopes),
            "response_types_supported": ["code"],
            "response_modes_supported": .strings(ResponseMode.allCases.map(\.rawValue)),
            "prompt_values_supported": .strings(AuthorizationRequest.Prompt.allCases.map(\.rawValue)),
            "grant_types_supported": .strings(grantTypes),
            "acr_values_supported": .strings(levels),
            // Not of a specification: docs/integration.md.
            "rr_values_supported": .strings(relayResistance),
            "subject_types_supported": ["pairwise", "public"],
            "id_token_signing_alg_values_supported": .strings(algorithms),
            "id_token_encryption_alg_values_supported": .strings(encryption),
            "id_token_encryption_enc_values_supported": ["A256GCM"],
            "userinfo_signing_alg_values_supported": .strings(algorithms),
            "userinfo_encryption_alg_values_supported": .strings(encryption),
            "userinfo_encryption_enc_values_supported": ["A256GCM"],
            "introspection_signing_alg_values_supported": .strings(algorithms),
            "token_endpoint_auth_methods_supported": .strings(authenticationMethods),
            "token_endpoint_auth_signing_alg_values_supported": .strings(algorithms),
            // Whoever asks there proves who it is (RFC 7662 §2.1).
            "introspection_endpoint_auth_methods_supported": .strings(authenticationMethods.filter { $0 != "none" }),
            "introspection_endpoint_auth_signing_alg_values_supported": .strings(algorithms),
            "revocation_endpoint_auth_methods_supported": .strings(authenticationMethods),
            "revocation_endpoint_auth_signing_alg_values_supported": .strings(algorithms),
            "dpop_signing_alg_values_supported": ["ES256", "PS256", "EdDSA"],
            "display_values_supported": .strings(AuthorizationRequest.Display.allCases.map(\.rawValue)),
            "claim_types_supported": ["normal"],
            "claims_supported": .strings(claims),
            "ui_locales_supported": ["de", "en"],
            "claims_parameter_supported": true,
            "request_parameter_supported": true,
            "request_uri_parameter_supported": false,
            "require_request_uri_registration": false,
            "require_pushed_authorization_requests": false,
            "request_object_signing_alg_values_supported": .strings(algorithms),
            "authorization_signing_alg_values_supported": .strings(algorithms),
            "code_challenge_methods_supported": ["S256"],
            "authorization_response_iss_parameter_supported": true,
        ]
    }
}
