internal import AccountDirectory
internal import IdentityCrypto
public import OpenIDMessages

/// The proof that a client is who it says. Only `ClientAuthentication.authenticate` makes it.
public struct AuthenticatedClient: Sendable {
    public let registered: RegisteredClient
    public var identifier: ClientIdentifier { registered.client.identifier }

    fileprivate init(registered: RegisteredClient) { self.registered = registered }

    /// False for a native application, which cannot prove who it is: anybody can call in its name (RFC 8252 §8.5).
    public var isProved: Bool { registered.client.authenticationMethod != .none }

    /// Refuses a native application where the answer says what nobody else shall know (RFC 7662 §2.1).
    func requireProof() throws(ClientRefusal) {
        guard isProved else {
            throw ClientRefusal(.invalidClient, "the client must prove who it is", .clientMethodMismatch)
        }
    }
}

/// Checks client credentials (OpenID Connect Core §9, RFC 7523 §3).
struct ClientAuthentication: Sendable {
    let issuer: IssuerURL
    let registry: ClientRegistry
    let keys: ClientKeys
    let uses: any OneTimeUseStore
    let clock: ProviderClock
    let observations: ClientObservations

    /// Faults of the store are thrown as they are: then nothing succeeds.
    func authenticate(_ credentials: ClientCredentials) async throws -> AuthenticatedClient {
        do { return try await prove(credentials) } catch let refusal as ClientRefusal {
            observations.refused(Self.named(credentials), refusal)
            throw refusal
        }
    }

    private func prove(_ credentials: ClientCredentials) async throws -> AuthenticatedClient {
        switch credentials {
        case .basic(let client, let secret): try authenticate(client, secret: secret, method: .clientSecretBasic)
        case .post(let client, let secret): try authenticate(client, secret: secret, method: .clientSecretPost)
        case .assertion(let text, let client): try await authenticate(assertion: text, named: client)
        case .unproved(let client): try authenticate(unproved: client)
        }
    }

    /// Whom credentials name, which proves nothing.
    private static func named(_ credentials: ClientCredentials) -> ClientIdentifier? {
        switch credentials {
        case .basic(let client, _), .post(let client, _), .unproved(let client): client
        case .assertion(let text, let client): client ?? (try? CompactJWS(parsing: text)).flatMap(named)
        }
    }

    private static func named(_ token: CompactJWS) -> ClientIdentifier? {
        token.unverifiedPayload?["iss"]?.string.flatMap(ClientIdentifier.init(rawValue:))
    }

    private func refuse(_ reason: Refusal) -> ClientRefusal {
        ClientRefusal(.invalidClient, "client authentication failed", reason)
    }

    private func authenticate(
        _ identifier: ClientIdentifier, secret: String, method: ClientAuthenticationMethod
    ) throws -> AuthenticatedClient {
        let presented = SecretDigest(of: secret)
        guard let registered = registry.resolve(identifier) else { throw refuse(.unknownClient) }
        guard registered.client.authenticationMethod == method else {
            throw refuse(.clientMethodMismatch)
        }
        guard let stored = registered.secret, stored == presented else { throw refuse(.clientSecretWrong) }
        return AuthenticatedClient(registered: registered)
    }

    /// A native application has nothing to prove itself with (RFC 8252 §8.5); every other client has.
    private func authenticate(unproved identifier: ClientIdentifier) throws -> AuthenticatedClient {
        guard let registered = registry.resolve(identifier) else { throw refuse(.unknownClient) }
        guard registered.client.authenticationMethod == .none else { throw refuse(.clientMethodMismatch) }
        return AuthenticatedClient(registered: registered)
    }

    /// RFC 7523 §3, with the issuer as the only audience (RFC 10070).
    private func authenticate(assertion text: String, named: ClientIdentifier?) async throws -> AuthenticatedClient {
        // The client is read before the signature is verified, only to choose its keys.
        guard let token = try? CompactJWS(parsing: text),
            let identifier = Self.named(token),
            named == nil || named == identifier
        else { throw refuse(.assertionClaims) }
        guard let registered = registry.resolve(identifier) else { throw refuse(.unknownClient) }
        guard registered.client.authenticationMethod == .privateKeyJWT else { throw refuse(.clientMethodMismatch) }
        let verified: VerifiedJWS
        do {
            verified = try await keys.verify(
                token, by: registered, registered: registered.client.cryptography.assertionAlgorithm)
        } catch let reason as Refusal { throw refuse(reason) } catch let refusal as ClientRefusal {
            // Without its keys the client has not proved who it is.
            throw ClientRefusal(.invalidClient, refusal.error.description, refusal.reason)
        }
        // 1. iss = sub = client_id; 2. aud is the issuer, as one string.
        let claims = verified.payload
        guard claims["sub"]?.string == identifier.rawValue, claims["aud"]?.string == issuer.rawValue,
            let identity = claims["jti"]?.string.flatMap(TokenIdentifier.init(rawValue:)),
            let expires = claims["exp"]?.integer, Self.isAllowedType(token.header["typ"])
        else { throw refuse(.assertionClaims) }
        // 3. exp, iat and nbf: a clock up to 60 s ahead is allowed.
        let now = clock.now()
        if let issuedAt = claims["iat"]?.integer {
            observations.asserted(identifier, issuedAt: Timestamp(seconds: issuedAt), now: now)
        }
        let expiresAt = Timestamp(seconds: expires)
        guard expiresAt > now, expiresAt <= now + Lifetime.clientAssertion + 60,
            Self.isPast(claims["iat"], now: now), Self.isPast(claims["nbf"], now: now)
        else { throw refuse(.assertionTooOld) }
        // 4. jti once.
        guard try await uses.use("\(identifier) \(identity)", class: .clientAssertion, expiresAt: expiresAt) else {
            throw refuse(.assertionReplayed)
        }
        return AuthenticatedClient(registered: registered)
    }

    /// A token of another kind is no client assertion (RFC 8725 §3.11).
    private static func isAllowedType(_ type: JSONValue?) -> Bool {
        guard let type else { return true }
        return ["jwt", "client-authentication+jwt"].contains(type.string?.lowercased())
    }

    private static func isPast(_ claim: JSONValue?, now: Timestamp) -> Bool {
        guard let claim else { return true }
        guard let seconds = claim.integer else { return false }
        return Timestamp(seconds: seconds) <= now + 60
    }
}
