internal import AccountDirectory
internal import Hummingbird
internal import OpenIDMessages
internal import ProviderCore

/// The administration of clients: `GET /clients`, `GET` and `DELETE /clients/{client}`, `GET /clients/{client}/doctor`,
/// `POST /clients/tokens`, `GET /registration-tokens/{tenant}`, `DELETE /registration-tokens/{tenant}/{token}`.
enum ClientAdministration {
    static func addRoutes(
        to router: Router<ProviderRequestContext>, provider: Provider, for caller: LocalOperator
    ) {
        router.get("/clients") { _, _ in
            Answer.json(["clients": .array(provider.registry.listing.map { .object($0.summary) })])
        }
        router.get("/clients/{client}") { _, context in
            let listing = try listing(context, provider)
            var details = listing.details
            let deliveries = try await provider.logoutDeliveries(to: listing.client.identifier, limit: 10)
            details["logouts"] = .array(deliveries.map { .object($0.summary) })
            return Answer.json(details)
        }
        router.get("/clients/{client}/doctor") { _, context in try await examine(context, provider) }
        router.delete("/clients/{client}") { _, context in
            let name = try context.parameters.require("client")
            guard let identifier = ClientIdentifier(rawValue: name),
                try await provider.registrations.remove(identifier, by: caller)
            else {
                throw AdministrationError(
                    .notFound, "unknown_client",
                    "No client \(name) registered itself. One of the region file is removed there.")
            }
            return Answer.json(["removed": .string(name)])
        }
        router.post("/clients/tokens") { request, _ in try await issueToken(request, provider, caller) }
        router.get("/registration-tokens/{tenant}") { _, context in
            let tokens = try await provider.registrations.tokens(in: scope(context, provider, caller))
            return Answer.json(["tokens": .array(tokens.map { .object($0.json) })])
        }
        router.delete("/registration-tokens/{tenant}/{token}") { _, context in
            let (scope, name) = (try scope(context, provider, caller), try context.parameters.require("token"))
            let token = RegistrationTokenIdentifier(rawValue: name)
            guard let token, try await provider.registrations.revokeToken(token, in: scope, by: nil) else {
                throw AdministrationError(
                    .notFound, "unknown_token",
                    "\(scope.tenant.identifier) has no such token that is good. `citizen-id client tokens` lists them.")
            }
            return Answer.json(["revoked": .string(name)])
        }
    }

    private static func examine(_ context: ProviderRequestContext, _ provider: Provider) async throws -> Response {
        let client = try listing(context, provider).client.identifier
        guard let findings = try await provider.clientDoctor.examine(client) else {
            throw AdministrationError(
                .conflict, "client_cannot_act", "\(client) cannot act: its tenant is not active.")
        }
        return Answer.json([
            "client_id": .string(client.rawValue), "observed_since": provider.observations.since.json,
            "findings": .array(findings.map { .object($0.json) }),
        ])
    }

    private static func scope(
        _ context: ProviderRequestContext, _ provider: Provider, _ caller: LocalOperator
    ) throws -> TenantScope {
        let name = try context.parameters.require("tenant")
        guard let tenant = TenantIdentifier(rawValue: name),
            let scope = provider.registry.scope(for: caller, at: tenant)
        else { throw AdministrationError.unknownTenant(name) }
        return scope
    }

    private static func listing(
        _ context: ProviderRequestContext, _ provider: Provider
    ) throws -> ClientRegistry.Listing {
        let name = try context.parameters.require("client")
        let found = provider.registry.listing.first { $0.client.identifier.rawValue == name }
        guard let found else { throw AdministrationError.unknownClient(name) }
        return found
    }

    /// `{"tenant", "uses", "seconds"}`: at most 1000 uses and 30 days.
    private static func issueToken(
        _ request: Request, _ provider: Provider, _ caller: LocalOperator
    ) async throws -> Response {
        var request = request
        var reader = MemberReader(try await request.json())
        let tenant: TenantIdentifier = try reader.wire("tenant")
        let uses = try reader.count("uses")
        let seconds = try reader.count("seconds")
        try reader.finish()
        guard (1...1000).contains(uses) else {
            throw AdministrationError(.badRequest, "invalid_request", "A token has 1 to 1000 uses.")
        }
        guard (1...30 * 86_400).contains(seconds) else {
            throw AdministrationError(.badRequest, "invalid_request", "A token lives for up to 30 days.")
        }
        guard let scope = provider.registry.scope(for: caller, at: tenant),
            let token = try await provider.registrations.issueToken(
                in: scope, by: nil, uses: uses, lifetime: seconds)
        else {
            throw AdministrationError.unknownTenant(tenant.rawValue)
        }
        return Answer.json(
            [
                "initial_access_token": .string(token.text), "token": .string(token.name.rawValue),
                "tenant": .string(tenant.rawValue),
                "uses": .integer(uses), "expires_at": token.expiresAt.json,
                "registration_endpoint": .string(
                    provider.issuer.appending(DiscoveryDocument.Path.registration)),
            ], status: .created)
    }
}

extension ClientRegistry.Listing {
    var summary: JSONObject {
        [
            "client_id": .string(client.identifier.rawValue), "tenant": .string(client.tenant.rawValue),
            "name": .string(client.name), "profile": .string(client.profile.rawValue),
            "authentication": .string(client.authenticationMethod.rawValue),
            "can_authenticate": .bool(client.canAuthenticate), "registered": .bool(isRegistered),
        ]
    }

    var details: JSONObject {
        var object = summary
        for member in client.details.members { object[member.name] = member.value }
        return object
    }
}

extension Client {
    fileprivate var canAuthenticate: Bool {
        switch authenticationMethod {
        case .privateKeyJWT: !keys.isEmpty || keysURI != nil
        case .clientSecretBasic, .clientSecretPost: secretDigest != nil
        case .none: true
        }
    }

    /// The client under the keys of a region file; keys by their `kid`, secrets not at all.
    fileprivate var details: JSONObject {
        var object: JSONObject = [
            "redirect_uris": .strings(redirectURIs.map(\.rawValue)),
            "grant_types": .strings(grantTypes.map(\.rawValue).sorted()),
            "response_modes": .strings(responseModes.map(\.rawValue).sorted()), "scopes": .strings(scopes),
            "required_level": .string(requiredLevel.name), "acr_vocabulary": .string(levelVocabulary.rawValue),
            "subject_type": .string(subjectType.rawValue), "verified_claims": .bool(receivesVerifiedClaims),
            "require_pushed_authorization_requests": .bool(requiresPushedAuthorizationRequests),
            "require_signed_request_object": .bool(requiresSignedRequestObject),
            "dpop_bound_access_tokens": .bool(requiresDPoP),
            "id_token_alg": .string(cryptography.idTokenAlgorithm.rawValue),
            "authorization_signed_response_alg": .string(cryptography.authorizationResponseAlgorithm.rawValue),
            "introspection_signed_response_alg": .string(cryptography.introspectionAlgorithm.rawValue),
            "key_ids": .strings(keys.compactMap { $0["kid"]?.string }),
            "resources": .strings(resources.map(\.rawValue)), "services": .strings(services.map(\.rawValue)),
            "post_logout_redirect_uris": .strings(logout.returnURIs.map(\.rawValue)),
            "backchannel_logout_session_required": .bool(logout.requiresSession),
        ]
        let optional: [(String, String?)] = [
            ("id_token_encrypted_response_alg", cryptography.idTokenEncryption?.rawValue),
            ("userinfo_signed_response_alg", cryptography.userinfoAlgorithm?.rawValue),
            ("userinfo_encrypted_response_alg", cryptography.userinfoEncryption?.rawValue),
            ("token_endpoint_auth_signing_alg", cryptography.assertionAlgorithm?.rawValue),
            ("request_object_signing_alg", cryptography.requestObjectAlgorithm?.rawValue),
            ("jwks_uri", keysURI?.rawValue), ("serves_resource", servedResource?.rawValue),
            ("sector_identifier_uri", sectorIdentifierURI?.rawValue),
            ("initiate_login_uri", initiateLoginURI?.rawValue),
            ("backchannel_logout_uri", logout.backChannelURI?.rawValue),
            ("backchannel_token_delivery_mode", backChannel?.delivery.rawValue),
            ("backchannel_client_notification_endpoint", backChannel?.notificationEndpoint?.rawValue),
            ("backchannel_authentication_request_signing_alg", backChannel?.requestAlgorithm?.rawValue),
        ]
        for (name, value) in optional { object[name] = value.map { .string($0) } }
        if backChannel?.needsNoCallCode == true { object["backchannel_without_call_code"] = true }
        if isOneForAll { object["served_tenants"] = .strings(servedTenants.map(\.rawValue)) }
        object["default_max_age"] = defaultMaximumAge.map { .integer($0) }
        if profile == .legacy { object["warning"] = "held to legacy: no PKCE, no login above level normal" }
        return object
    }
}
