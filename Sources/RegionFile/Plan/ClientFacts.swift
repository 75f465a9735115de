import AccountDirectory
import OpenIDMessages

extension RegionFacts {
    /// A client under the keys of its entry.
    static func facts(_ client: Client) -> RegionFacts {
        RegionFacts(
            .client, client.identifier.rawValue, of: [client.tenant] + client.servedTenants,
            identity(client) + grants(client) + cryptography(client.cryptography) + people(client))
    }

    private static func identity(_ client: Client) -> [Fact] {
        let keys = client.keys.map { $0["kid"]?.string ?? "?" }.joined(separator: ", ")
        return [
            Fact("tenant", client.tenant.rawValue), Fact("name", client.name),
            Fact("profile", client.profile.rawValue),
            Fact("redirect_uris", list: client.redirectURIs.map(\.rawValue)),
            Fact("authentication", client.authenticationMethod.rawValue),
            Fact("jwks", client.keys.map(\.text).joined(separator: ","), shown: keys.isEmpty ? "none" : keys),
            Fact("jwks_uri", client.keysURI?.rawValue ?? ""),
            Fact(
                "secret_sha256", client.secretDigest?.rawValue ?? "",
                shown: client.secretDigest == nil ? "none" : "set"),
        ]
    }

    private static func grants(_ client: Client) -> [Fact] {
        [
            Fact("require_pushed_authorization_requests", String(client.requiresPushedAuthorizationRequests)),
            Fact("require_signed_request_object", String(client.requiresSignedRequestObject)),
            Fact("dpop_bound_access_tokens", String(client.requiresDPoP)),
            Fact("grant_types", list: client.grantTypes.map(\.rawValue).sorted()),
            Fact("response_modes", list: client.responseModes.map(\.rawValue).sorted()),
            Fact("scopes", list: client.scopes), Fact("resources", list: client.resources.map(\.rawValue)),
            Fact("serves_resource", client.servedResource?.rawValue ?? ""),
            Fact("backchannel_token_delivery_mode", client.backChannel?.delivery.rawValue ?? ""),
            Fact(
                "backchannel_client_notification_endpoint",
                client.backChannel?.notificationEndpoint?.rawValue ?? ""),
            Fact(
                "backchannel_authentication_request_signing_alg",
                client.backChannel?.requestAlgorithm?.rawValue ?? ""),
            Fact("backchannel_without_call_code", String(client.backChannel?.needsNoCallCode ?? false)),
        ]
    }

    private static func cryptography(_ wishes: ClientCryptography) -> [Fact] {
        [
            Fact("id_token_alg", wishes.idTokenAlgorithm.rawValue),
            Fact("id_token_encrypted_response_alg", wishes.idTokenEncryption?.rawValue ?? ""),
            Fact("userinfo_signed_response_alg", wishes.userinfoAlgorithm?.rawValue ?? ""),
            Fact("userinfo_encrypted_response_alg", wishes.userinfoEncryption?.rawValue ?? ""),
            Fact("authorization_signed_response_alg", wishes.authorizationResponseAlgorithm.rawValue),
            Fact("introspection_signed_response_alg", wishes.introspectionAlgorithm.rawValue),
            Fact("token_endpoint_auth_signing_alg", wishes.assertionAlgorithm?.rawValue ?? ""),
            Fact("request_object_signing_alg", wishes.requestObjectAlgorithm?.rawValue ?? ""),
        ]
    }

    private static func people(_ client: Client) -> [Fact] {
        [
            Fact("required_level", client.requiredLevel.name), Fact("acr_vocabulary", client.levelVocabulary.rawValue),
            Fact("subject_type", client.subjectType.rawValue),
            Fact("verified_claims", String(client.receivesVerifiedClaims)),
            Fact("sector_identifier_uri", client.sectorIdentifierURI?.rawValue ?? ""),
            Fact("default_max_age", client.defaultMaximumAge.map { String($0) } ?? ""),
            Fact("initiate_login_uri", client.initiateLoginURI?.rawValue ?? ""),
            Fact("post_logout_redirect_uris", list: client.logout.returnURIs.map(\.rawValue)),
            Fact("backchannel_logout_uri", client.logout.backChannelURI?.rawValue ?? ""),
            Fact("backchannel_logout_session_required", String(client.logout.requiresSession)),
            Fact("services", list: client.services.map(\.rawValue)),
            Fact("served_tenants", list: client.servedTenants.map(\.rawValue)), Fact("state", client.state.rawValue),
        ]
    }
}
