public import AccountDirectory
internal import IdentityCrypto
public import OpenIDMessages

/// Clients that register themselves (RFC 7591) and manage what they registered (RFC 7592).
public struct ClientRegistrationFlow: Sendable {
    let issuer: IssuerURL
    let registry: ClientRegistry
    let store: any RegistrationStore
    let clock: ProviderClock
    let documents: DocumentFetch

    // MARK: Initial access tokens

    /// A right to register clients, shown once.
    public struct IssuedToken: Sendable {
        public let text: String
        /// Under which it is listed and ended.
        public let name: RegistrationTokenIdentifier
        public let expiresAt: Timestamp
    }

    /// Lets somebody register clients of the tenant; nil when it is not active.
    ///
    /// - Parameters:
    ///   - administrator: who lets them; nil for the machine's operator.
    ///   - right: by which the administrator does: the token is over with it.
    public func issueToken(
        in scope: TenantScope, by administrator: Administrator?, right: AdminAssignment? = nil, uses: Int64,
        lifetime: Int64
    ) async throws -> IssuedToken? {
        guard scope.tenant.isLive else { return nil }
        let handle = OneTimeHandle(.initialAccessToken)
        let now = clock.now()
        let tenant = scope.tenant.identifier
        var expiresAt = now + lifetime
        if let right { expiresAt = min(expiresAt, AdministrationRules.end(of: right, at: scope.tenant)) }
        // The prefix keeps the name from looking like an option on a command line.
        guard let name = RegistrationTokenIdentifier(rawValue: "it_" + RandomBytes.text(16)) else {
            preconditionFailure("base64url consists of unreserved characters")
        }
        let token = InitialAccessToken(
            handle: handle.digest, name: name, tenant: tenant, usesLeft: uses, expiresAt: expiresAt)
        try await store.save(
            token, in: scope, event: event(.clientTokenIssued, name, in: scope, by: administrator, now: now))
        return IssuedToken(text: handle.text, name: name, expiresAt: token.expiresAt)
    }

    /// The tenant's rights that are good, the first to end first: names without the secrets.
    public func tokens(in scope: TenantScope) async throws -> [InitialAccessToken] {
        try await store.initialAccessTokens(in: scope, now: clock.now())
    }

    /// Ends such a right. What was registered by it stays.
    ///
    /// - Parameter administrator: who ends it; nil for the machine's operator.
    /// - Returns: False when the tenant has none of this name that is good.
    public func revokeToken(
        _ name: RegistrationTokenIdentifier, in scope: TenantScope, by administrator: Administrator?
    ) async throws -> Bool {
        let now = clock.now()
        return try await store.revokeInitialAccessToken(
            name, in: scope, now: now,
            event: event(.clientTokenRevoked, name, in: scope, by: administrator, now: now))
    }

    private func event(
        _ kind: SecurityEvent.Kind, _ token: RegistrationTokenIdentifier, in scope: TenantScope,
        by administrator: Administrator?, now: Timestamp
    ) -> SecurityEvent {
        let tenant = scope.tenant.identifier
        return administrator?.event(kind, object: token.rawValue, at: tenant, now: now)
            ?? SecurityEvent(kind, time: now, tenant: tenant, object: token.rawValue, actor: .clerk)
    }

    // MARK: Registration (RFC 7591 §3)

    /// Registers a client; what it is told (§3.2.1), its secrets among it for the only time.
    public func register(_ request: JSONObject, token: String) async throws -> JSONObject {
        let now = clock.now()
        guard let handle = OneTimeHandle(parsing: token, as: .initialAccessToken),
            let right = try await store.initialAccessToken(handle.digest, now: now),
            let tenant = registry.tenant(right.tenant), tenant.isLive
        else { throw Self.unknownToken }
        // The prefix keeps the name from looking like an option on a command line.
        let identifier = ClientIdentifier(rawValue: "dyn-" + RandomBytes.text(16))
        guard let identifier else { preconditionFailure("base64url consists of unreserved characters") }
        var client = try await client(request, identifier: identifier, tenant: tenant, secretDigest: nil)
        let secret = client.takesSecret ? OneTimeSecret() : nil
        client.secretDigest = secret.map { ContentDigest(of: $0.text) }
        let access = OneTimeHandle(.registrationAccessToken)
        let registration = ClientRegistration(
            identifier: identifier, tenant: tenant.identifier, metadata: client.metadata,
            secretDigest: client.secretDigest, accessToken: access.digest, createdAt: now)
        let isRegistered = try await store.register(
            registration, with: handle.digest, now: now,
            event: SecurityEvent(
                .clientRegistered, time: now, tenant: tenant.identifier, object: "\(identifier) \(right.name)",
                actor: .portal))
        guard isRegistered else { throw Self.unknownToken }
        try registry.note(registration, as: identifier)
        return information(on: registration, token: access.text, secret: secret)
    }

    // MARK: Management (RFC 7592 §2)

    /// What is in force for a client. A secret is not shown again: only its digest is kept.
    public func configuration(of client: String, token: String) throws -> JSONObject {
        let (registration, _) = try own(client, token: token)
        return information(on: registration, token: token, secret: nil)
    }

    /// Replaces the metadata as a whole: what the request leaves out returns to its default.
    public func replace(_ client: String, with request: JSONObject, token: String) async throws -> JSONObject {
        let (old, tenant) = try own(client, token: token)
        try Self.check(request, against: old)
        var fresh = try await self.client(
            request, identifier: old.identifier, tenant: tenant, secretDigest: old.secretDigest)
        let secret = fresh.takesSecret && old.secretDigest == nil ? OneTimeSecret() : nil
        if let secret { fresh.secretDigest = ContentDigest(of: secret.text) }
        if !fresh.takesSecret { fresh.secretDigest = nil }
        var registration = old
        registration.metadata = fresh.metadata
        registration.secretDigest = fresh.secretDigest
        let isReplaced = try await store.replace(
            registration, previous: old.accessToken, event: event(.clientChanged, old))
        guard isReplaced else {
            // Another process changed or removed it.
            try await registry.load(from: store)
            throw Self.unknownToken
        }
        try registry.note(registration, as: old.identifier)
        return information(on: registration, token: token, secret: secret)
    }

    /// Ends a client with its grants and tokens.
    public func remove(_ client: String, token: String) async throws {
        let (registration, _) = try own(client, token: token)
        let isRemoved = try await store.removeRegistration(
            registration.identifier, holding: registration.accessToken, event: event(.clientRemoved, registration))
        try registry.note(nil, as: registration.identifier)
        guard isRemoved else { throw Self.unknownToken }
    }

    /// The same by the machine's operator; false when no such client registered itself.
    public func remove(_ client: ClientIdentifier, by caller: LocalOperator) async throws -> Bool {
        guard let registration = registry.registration(client),
            let scope = registry.scope(for: caller, at: registration.tenant)
        else { return false }
        let isRemoved = try await store.removeRegistration(
            client, in: scope, event: event(.clientRemoved, registration, by: .clerk))
        try registry.note(nil, as: client)
        return isRemoved
    }

    /// The same by an administrator of the tenant; false when no client of the tenant of that name registered itself.
    public func remove(
        _ client: ClientIdentifier, in scope: TenantScope, by administrator: Administrator
    ) async throws -> Bool {
        let event = administrator.event(
            .clientRemoved, object: client.rawValue, at: scope.tenant.identifier, now: clock.now())
        guard try await store.removeRegistration(client, in: scope, event: event) else { return false }
        try registry.note(nil, as: client)
        return true
    }

    // MARK: Checks

    /// One answer for every token that does not fit, whatever there is (RFC 7592 §2.1: 401 for unknown clients, too).
    private static let unknownToken = ClientRefusal(
        .invalidToken, "the access token is unknown, used up or not for this client", .registrationTokenUnknown)

    /// The registration that the token is for. The client of a suspended tenant is as unknown as any other.
    private func own(_ client: String, token: String) throws(ClientRefusal) -> (ClientRegistration, Tenant) {
        guard let handle = OneTimeHandle(parsing: token, as: .registrationAccessToken),
            let identifier = ClientIdentifier(rawValue: client),
            let registration = registry.registration(identifier), registration.accessToken == handle.digest,
            let tenant = registry.tenant(registration.tenant), tenant.isLive
        else { throw Self.unknownToken }
        return (registration, tenant)
    }

    /// RFC 7592 §2.2: the request names the client, may repeat its secret, and holds nothing that only the provider says.
    private static func check(_ request: JSONObject, against old: ClientRegistration) throws(ClientRefusal) {
        func refuse(_ name: String, _ message: String) -> ClientRefusal {
            refusal(ClientMetadataError(name: name, message))
        }
        guard request["client_id"]?.string == old.identifier.rawValue else {
            throw refuse("client_id", "it must be the client's own")
        }
        let ours = [
            "registration_access_token", "registration_client_uri", "client_secret_expires_at", "client_id_issued_at",
        ]
        for name in ours where request[name] != nil { throw refuse(name, "only the provider says it") }
        if let secret = request["client_secret"] {
            guard let text = secret.string, let digest = old.secretDigest, ContentDigest(of: text) == digest else {
                throw refuse("client_secret", "it must be the client's own")
            }
        }
    }

    private static func refusal(_ error: ClientMetadataError) -> ClientRefusal {
        ClientRefusal(error.oauthError.code, error.oauthError.description, .clientMetadataRefused)
    }

    private func client(
        _ request: JSONObject, identifier: ClientIdentifier, tenant: Tenant, secretDigest: ContentDigest?
    ) async throws(ClientRefusal) -> Client {
        do throws(ClientMetadataError) {
            let client = try Client(
                ClientMetadata(request), identifier: identifier, tenant: tenant,
                in: registry.region, secretDigest: secretDigest)
            try await checkSector(of: client)
            return client
        } catch { throw Self.refusal(error) }
    }

    /// OpenID Connect Registration §5: the document names every redirect URI; that of a client without any names the
    /// `jwks_uri` (CIBA Core §4). Otherwise it would say nothing about the client.
    private func checkSector(of client: Client) async throws(ClientMetadataError) {
        guard let url = client.sectorIdentifierURI else { return }
        guard let document = try? await documents(url), let listed = document.strings else {
            throw ClientMetadataError(.sectorIdentifierURI, "it does not lead to a JSON array of addresses")
        }
        guard client.redirectURIs.isEmpty else {
            guard Set(client.redirectURIs.map(\.rawValue)).isSubset(of: listed) else {
                throw ClientMetadataError(.sectorIdentifierURI, "its document does not name every redirect URI")
            }
            return
        }
        guard let keys = client.keysURI, listed.contains(keys.rawValue) else {
            throw ClientMetadataError(
                .sectorIdentifierURI, "without redirect URIs it needs a jwks_uri that its document names")
        }
    }

    private func event(
        _ kind: SecurityEvent.Kind, _ registration: ClientRegistration, by actor: SecurityEvent.Actor = .portal
    ) -> SecurityEvent {
        SecurityEvent(
            kind, time: clock.now(), tenant: registration.tenant, object: registration.identifier.rawValue,
            actor: actor)
    }

    /// The client information response (RFC 7591 §3.2.1, RFC 7592 §3).
    private func information(
        on registration: ClientRegistration, token: String, secret: OneTimeSecret?
    ) -> JSONObject {
        let name = registration.identifier.rawValue
        var object: JSONObject = [
            "client_id": .string(name), "client_id_issued_at": registration.createdAt.json,
            "registration_access_token": .string(token),
            "registration_client_uri": .string(issuer.appending("\(DiscoveryDocument.Path.registration)/\(name)")),
        ]
        if let secret {
            object["client_secret"] = .string(secret.text)
            object["client_secret_expires_at"] = 0
        }
        for member in registration.metadata.members { object[member.name] = member.value }
        return object
    }
}

extension Client {
    fileprivate var takesSecret: Bool { [.clientSecretBasic, .clientSecretPost].contains(authenticationMethod) }
}
