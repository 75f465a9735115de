internal import AccountDirectory
internal import IdentityCrypto
internal import OpenIDMessages

extension Client {
    /// Grants that a client may give itself. The others let it act without a person: only the operator gives them.
    private static let registrableGrants: Set<GrantType> = [
        .authorizationCode, .refreshToken, .deviceCode, .backChannel,
    ]

    /// The client of `tenant` that registered metadata describes (RFC 7591 §2, OpenID Connect Registration §2), with the
    /// defaults of those specifications and everything that stands against it thrown.
    ///
    /// It is held to fapi2 when it authenticates by key and binds its tokens, else to baseline. Its level is the tenant's
    /// floor; subjects are pairwise.
    init(
        _ metadata: ClientMetadata, identifier: ClientIdentifier, tenant: Tenant, in region: Region,
        secretDigest: ContentDigest?
    ) throws(ClientMetadataError) {
        let method = try metadata.choice(.authenticationMethod) ?? ClientAuthenticationMethod.clientSecretBasic
        let bindsTokens = try metadata.flag(.boundTokens) ?? (method == .none)
        let profile: ClientProfile = method == .privateKeyJWT && bindsTokens ? .fapi2 : .baseline
        let grants = try metadata.choices(.grantTypes) ?? [GrantType.authorizationCode]
        guard grants.isSubset(of: Self.registrableGrants) else {
            throw ClientMetadataError(
                .grantTypes, "only the operator gives a client client_credentials or token exchange")
        }
        let redirectURIs = try metadata.redirectURIs(.redirectURIs) ?? []
        try Self.checkTypes(metadata, grants: grants, redirectURIs: redirectURIs)
        let keys = try Self.keys(metadata)
        let keysURI = try metadata.outboundURL(.keysURI)
        guard method != .privateKeyJWT || !keys.isEmpty || keysURI != nil else {
            throw ClientMetadataError(.keys, "private_key_jwt needs jwks or jwks_uri")
        }
        guard try metadata.choice(.subjectType) ?? SubjectType.pairwise == .pairwise else {
            throw ClientMetadataError(.subjectType, "only the operator makes subjects public")
        }
        self.init(
            identifier: identifier, tenant: tenant.identifier, name: try metadata.text(.name) ?? identifier.rawValue,
            profile: profile, redirectURIs: redirectURIs, authenticationMethod: method, keys: keys, keysURI: keysURI,
            secretDigest: secretDigest,
            requiresPushedAuthorizationRequests: try metadata.flag(.pushedRequests) ?? (profile == .fapi2),
            requiresSignedRequestObject: try metadata.flag(.signedRequestObject) ?? false, requiresDPoP: bindsTokens,
            cryptography: try Self.cryptography(metadata, profile), grantTypes: grants,
            responseModes: try metadata.choices(.responseModes) ?? [.query, .formPost],
            scopes: try Self.scopes(metadata), requiredLevel: tenant.floor,
            levelVocabulary: try metadata.choice(.levelVocabulary) ?? .bsi,
            sectorIdentifierURI: try metadata.outboundURL(.sectorIdentifierURI),
            defaultMaximumAge: try metadata.seconds(.defaultMaximumAge),
            initiateLoginURI: try metadata.redirectURI(.initiateLoginURI),
            logout: ClientLogout(
                returnURIs: try metadata.redirectURIs(.postLogoutRedirectURIs) ?? [],
                backChannelURI: try metadata.outboundURL(.backChannelLogoutURI),
                requiresSession: try metadata.flag(.backChannelLogoutSession) ?? false),
            backChannel: try Self.backChannel(metadata))
        let rules = ClientRules(
            tenant: tenant, isDevelopment: region.isDevelopment, isNotified: region.isNotified)
        let objection = rules.objections(to: self).first
        if let objection { throw ClientMetadataError(objection.member, objection.message) }
    }

    private enum ApplicationType: String, CaseIterable { case web, native }
    private enum ResponseType: String, CaseIterable { case code }
    private enum ContentEncryption: String, CaseIterable { case a256GCM = "A256GCM" }

    /// What a client says of itself that follows from the rest, too.
    private static func checkTypes(
        _ metadata: ClientMetadata, grants: Set<GrantType>, redirectURIs: [RedirectURI]
    ) throws(ClientMetadataError) {
        let type = try metadata.choice(.applicationType, of: ApplicationType.self)
        guard type != .native || redirectURIs.allSatisfy(\.isLoopback) else {
            throw ClientMetadataError(.redirectURIs, "a native application returns to a loopback address")
        }
        guard let responses = try metadata.choices(.responseTypes, of: ResponseType.self) else { return }
        guard responses.isEmpty != grants.contains(.authorizationCode) else {
            throw ClientMetadataError(.responseTypes, "code and the grant type authorization_code go together")
        }
    }

    private static func keys(_ metadata: ClientMetadata) throws(ClientMetadataError) -> [JSONObject] {
        guard let keys = try metadata.keys() else { return [] }
        for (index, key) in keys.enumerated() {
            guard let mistake = PublicKeyRules.mistake(in: key) else { continue }
            throw ClientMetadataError(.keys, "key \(index + 1): \(mistake)")
        }
        guard Set(keys.map { $0["kid"] }).count == keys.count else {
            throw ClientMetadataError(.keys, "two keys have the same kid")
        }
        return keys
    }

    /// OpenID Connect CIBA Core §4.
    private static func backChannel(_ metadata: ClientMetadata) throws(ClientMetadataError) -> ClientBackChannel? {
        let endpoint = try metadata.outboundURL(.backChannelNotificationEndpoint)
        let algorithm: SignatureAlgorithm? = try metadata.choice(.backChannelRequestAlgorithm)
        guard let delivery: BackChannelDelivery = try metadata.choice(.backChannelDelivery) else {
            guard endpoint == nil, algorithm == nil else {
                throw ClientMetadataError(.backChannelDelivery, "what else is said of the back channel needs it")
            }
            return nil
        }
        return ClientBackChannel(delivery: delivery, notificationEndpoint: endpoint, requestAlgorithm: algorithm)
    }

    private static func scopes(_ metadata: ClientMetadata) throws(ClientMetadataError) -> [String] {
        let scopes = try metadata.scope()?.tokens ?? [Scope.openID]
        guard scopes.allSatisfy(ClaimCatalogue.contains) else {
            let known = ClaimCatalogue.scopes.map(\.scope).joined(separator: ", ")
            throw ClientMetadataError(.scope, "an unknown scope; known are \(known)")
        }
        return scopes
    }

    private static func cryptography(
        _ metadata: ClientMetadata, _ profile: ClientProfile
    ) throws(ClientMetadataError) -> ClientCryptography {
        let idTokenEncryption: EncryptionAlgorithm? = try metadata.choice(.idTokenEncryption)
        let userinfoEncryption: EncryptionAlgorithm? = try metadata.choice(.userinfoEncryption)
        try check(.idTokenContentEncryption, metadata, beside: .idTokenEncryption, idTokenEncryption)
        try check(.userinfoContentEncryption, metadata, beside: .userinfoEncryption, userinfoEncryption)
        // OpenID Connect Registration §2: RS256 for a client that says nothing; FAPI forbids it.
        let standard: SignatureAlgorithm = profile == .fapi2 ? .es256 : .rs256
        return ClientCryptography(
            idTokenAlgorithm: try metadata.choice(.idTokenAlgorithm) ?? standard,
            idTokenEncryption: idTokenEncryption,
            userinfoAlgorithm: try metadata.choice(.userinfoAlgorithm),
            userinfoEncryption: userinfoEncryption,
            authorizationResponseAlgorithm: try metadata.choice(.authorizationResponseAlgorithm) ?? standard,
            introspectionAlgorithm: try metadata.choice(.introspectionAlgorithm) ?? standard,
            assertionAlgorithm: try metadata.choice(.assertionAlgorithm),
            requestObjectAlgorithm: try metadata.choice(.requestObjectAlgorithm))
    }

    /// OpenID Connect Registration §2: how the content is encrypted is said only beside how its key is. Alone it would promise
    /// an encryption that nobody makes.
    private static func check(
        _ content: ClientMember, _ metadata: ClientMetadata, beside member: ClientMember, _ chosen: EncryptionAlgorithm?
    ) throws(ClientMetadataError) {
        guard try metadata.choice(content, of: ContentEncryption.self) != nil, chosen == nil else { return }
        throw ClientMetadataError(content, "it needs \(member.rawValue) beside it")
    }

    // MARK: What is in force

    /// The metadata that is in force, defaults included: what a client is told (RFC 7591 §3.2.1) and what is kept.
    var metadata: JSONObject {
        let isNative = authenticationMethod == .none || (!redirectURIs.isEmpty && redirectURIs.allSatisfy(\.isLoopback))
        let usesCode = grantTypes.contains(.authorizationCode)
        var object: JSONObject = [
            "client_name": .string(name), "redirect_uris": .strings(redirectURIs.map(\.rawValue)),
            "application_type": isNative ? "native" : "web",
            "token_endpoint_auth_method": .string(authenticationMethod.rawValue),
            "grant_types": .strings(grantTypes.map(\.rawValue).sorted()), "response_types": usesCode ? ["code"] : [],
            "response_modes": .strings(responseModes.map(\.rawValue).sorted()),
            "scope": .string(scopes.joined(separator: " ")),
            "require_pushed_authorization_requests": .bool(requiresPushedAuthorizationRequests),
            "require_signed_request_object": .bool(requiresSignedRequestObject),
            "dpop_bound_access_tokens": .bool(requiresDPoP), "subject_type": .string(subjectType.rawValue),
            "acr_vocabulary": .string(levelVocabulary.rawValue),
            "post_logout_redirect_uris": .strings(logout.returnURIs.map(\.rawValue)),
            "backchannel_logout_session_required": .bool(logout.requiresSession),
        ]
        object["jwks"] = keys.isEmpty ? nil : .object(["keys": .array(keys.map { .object($0) })])
        object["jwks_uri"] = keysURI.map { .string($0.rawValue) }
        object["sector_identifier_uri"] = sectorIdentifierURI.map { .string($0.rawValue) }
        object["default_max_age"] = defaultMaximumAge.map { .integer($0) }
        object["initiate_login_uri"] = initiateLoginURI.map { .string($0.rawValue) }
        object["backchannel_logout_uri"] = logout.backChannelURI.map { .string($0.rawValue) }
        object["backchannel_token_delivery_mode"] = backChannel.map { .string($0.delivery.rawValue) }
        object["backchannel_client_notification_endpoint"] =
            backChannel?.notificationEndpoint.map { .string($0.rawValue) }
        object["backchannel_authentication_request_signing_alg"] =
            backChannel?.requestAlgorithm.map { .string($0.rawValue) }
        for (member, value) in cryptography.words { object[member.rawValue] = .string(value) }
        return object
    }
}

extension ClientCryptography {
    /// The algorithms that are chosen, by the names of their members.
    fileprivate var words: [(ClientMember, String)] {
        let all: [(ClientMember, String?)] = [
            (.idTokenAlgorithm, idTokenAlgorithm.rawValue), (.idTokenEncryption, idTokenEncryption?.rawValue),
            (.idTokenContentEncryption, idTokenEncryption.map { _ in "A256GCM" }),
            (.userinfoAlgorithm, userinfoAlgorithm?.rawValue), (.userinfoEncryption, userinfoEncryption?.rawValue),
            (.userinfoContentEncryption, userinfoEncryption.map { _ in "A256GCM" }),
            (.authorizationResponseAlgorithm, authorizationResponseAlgorithm.rawValue),
            (.introspectionAlgorithm, introspectionAlgorithm.rawValue),
            (.assertionAlgorithm, assertionAlgorithm?.rawValue),
            (.requestObjectAlgorithm, requestObjectAlgorithm?.rawValue),
        ]
        return all.compactMap { member, value in value.map { (member, $0) } }
    }
}
