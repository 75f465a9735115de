import AccountDirectory
import OpenIDMessages

/// Reads one client of a region file, without asking yet what it is held to.
enum ClientEntry {
    /// The client; nil, with a mistake, when one of its main members cannot be read.
    static func read(
        _ entry: YAMLMapping, _ identifier: ClientIdentifier?, _ tenant: TenantIdentifier?, floor: AssuranceLevel?
    ) -> Client? {
        let name = entry.required("name") { $0.text() }
        let profile = entry.optional("profile", default: .fapi2) { $0.choice(ClientProfile.self) }
        let credentials = ClientCredentials(entry)
        let redirectURIs = entry.optional("redirect_uris", default: []) { value in
            // What is left of a list with a mistake in it says nothing about the client.
            value.someDistinct { $0.redirectURI() }.flatMap { $0.count == value.elements()?.count ? $0 : nil }
        }
        let scopes = entry.required("scopes") { $0.scopes() }
        let requiredLevel = entry.optional("required_level", default: floor ?? .normal) { $0.level() }
        let cryptography = cryptography(entry)
        let grantTypes = entry.list("grant_types", default: [.authorizationCode]) { $0.choice(GrantType.self) }
        let responseModes = entry.list("response_modes", default: [.query]) { $0.choice(ResponseMode.self) }
        let resources = entry.list("resources", default: []) { $0.resource() }
        let logout = logout(entry)
        let backChannel = backChannel(entry)
        guard let identifier, let tenant, let name, let profile, let method = credentials.method, let redirectURIs,
            let scopes, let requiredLevel
        else { return nil }
        return Client(
            identifier: identifier, tenant: tenant, name: name, profile: profile, redirectURIs: redirectURIs,
            authenticationMethod: method, keys: credentials.keys, keysURI: credentials.keysURI,
            secretDigest: credentials.secretDigest,
            requiresPushedAuthorizationRequests: entry.flag("require_pushed_authorization_requests", default: true),
            requiresSignedRequestObject: entry.flag("require_signed_request_object", default: false),
            requiresDPoP: entry.flag("dpop_bound_access_tokens", default: profile == .fapi2 || method == .none),
            cryptography: cryptography, grantTypes: Set(grantTypes), responseModes: Set(responseModes), scopes: scopes,
            resources: resources, servedResource: entry["serves_resource"]?.resource(), requiredLevel: requiredLevel,
            levelVocabulary: entry.value("acr_vocabulary", default: .bsi) { $0.choice(LevelVocabulary.self) },
            subjectType: entry.value("subject_type", default: .pairwise) { $0.choice(SubjectType.self) },
            sectorIdentifierURI: entry["sector_identifier_uri"]?.outboundURL(),
            defaultMaximumAge: entry["default_max_age"]?.seconds(),
            initiateLoginURI: entry["initiate_login_uri"]?.redirectURI(), logout: logout,
            backChannel: backChannel,
            receivesVerifiedClaims: entry.flag("verified_claims", default: false))
    }

    private static func cryptography(_ entry: YAMLMapping) -> ClientCryptography {
        func signature(_ key: String) -> SignatureAlgorithm? { entry[key]?.choice(SignatureAlgorithm.self) }
        func encryption(_ key: String) -> EncryptionAlgorithm? { entry[key]?.choice(EncryptionAlgorithm.self) }
        return ClientCryptography(
            idTokenAlgorithm: signature("id_token_alg") ?? .es256,
            idTokenEncryption: encryption("id_token_encrypted_response_alg"),
            userinfoAlgorithm: signature("userinfo_signed_response_alg"),
            userinfoEncryption: encryption("userinfo_encrypted_response_alg"),
            authorizationResponseAlgorithm: signature("authorization_signed_response_alg") ?? .es256,
            introspectionAlgorithm: signature("introspection_signed_response_alg") ?? .es256,
            assertionAlgorithm: signature("token_endpoint_auth_signing_alg"),
            requestObjectAlgorithm: signature("request_object_signing_alg"))
    }

    /// What means nothing without a delivery mode (OpenID Connect CIBA Core §4).
    private static let backChannelKeys = [
        "backchannel_client_notification_endpoint", "backchannel_authentication_request_signing_alg",
        "backchannel_without_call_code",
    ]

    private static func backChannel(_ entry: YAMLMapping) -> ClientBackChannel? {
        let endpoint = entry["backchannel_client_notification_endpoint"]?.outboundURL()
        let algorithm = entry["backchannel_authentication_request_signing_alg"]?.choice(SignatureAlgorithm.self)
        let needsNoCallCode = entry.flag("backchannel_without_call_code", default: false)
        guard let mode = entry["backchannel_token_delivery_mode"] else {
            for key in backChannelKeys {
                entry[key]?.refuse("a client without `backchannel_token_delivery_mode` cannot have `\(key)`")
            }
            return nil
        }
        guard let delivery = mode.choice(BackChannelDelivery.self) else { return nil }
        return ClientBackChannel(
            delivery: delivery, notificationEndpoint: endpoint, requestAlgorithm: algorithm,
            needsNoCallCode: needsNoCallCode)
    }

    private static func logout(_ entry: YAMLMapping) -> ClientLogout {
        let returnURIs = entry.list("post_logout_redirect_uris", default: []) { $0.redirectURI() }
        return ClientLogout(
            returnURIs: returnURIs, backChannelURI: entry["backchannel_logout_uri"]?.outboundURL(),
            requiresSession: entry.flag("backchannel_logout_session_required", default: false))
    }
}

extension YAMLMapping {
    fileprivate func flag(_ key: String, default standard: Bool) -> Bool {
        value(key, default: standard) { $0.bool() }
    }

    /// The elements of a list that may be missing, each once.
    fileprivate func list<Element: Hashable>(
        _ key: String, default standard: [Element], _ read: (YAMLValue) -> Element?
    ) -> [Element] {
        guard let value = self[key] else { return standard }
        let elements = value.distinct(read)
        return elements.count == value.elements()?.count ? elements : standard
    }
}
