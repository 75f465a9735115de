internal import AccountDirectory
internal import IdentityCrypto
public import OpenIDMessages

/// Token introspection (RFC 7662) and its signed answer (RFC 9701).
public struct IntrospectionFlow: Sendable {
    /// The media type of a signed answer (RFC 9701 §4).
    public static let signedMediaType = "application/token-introspection+jwt"

    let issuer: IssuerURL
    let grants: any GrantStore
    let accessTokens: AccessTokenVerifier
    let protection: ResponseProtection
    let contexts: ActingContexts
    let clock: ProviderClock

    /// What the token is worth to this client. A token that is none of its business is not active (RFC 7662 §2.2).
    public func inquire(_ inquiry: TokenInquiry, by client: AuthenticatedClient) async throws -> JSONObject {
        try client.requireProof()
        if let handle = OneTimeHandle(parsing: inquiry.token, as: .refreshToken) {
            return try await refreshToken(handle, client)
        }
        do { return try await accessToken(inquiry.token, client) } catch is Refusal { return Self.inactive }
    }

    /// The answer as a JWT for the client (RFC 9701 §5).
    public func signed(_ answer: JSONObject, for client: AuthenticatedClient) throws -> String {
        let claims: JSONObject = [
            "iss": .string(issuer.rawValue), "aud": .string(client.identifier.rawValue), "iat": clock.now().json,
            "token_introspection": .object(answer),
        ]
        return try protection.sign(
            claims, type: "token-introspection+jwt",
            algorithm: client.registered.client.cryptography.introspectionAlgorithm)
    }

    private static let inactive: JSONObject = ["active": false]

    private func accessToken(_ text: String, _ client: AuthenticatedClient) async throws -> JSONObject {
        let token = try await accessTokens.verify(text).token
        let served = client.registered.client.servedResource
        guard token.client == client.identifier || (served != nil && token.resource == served) else {
            return Self.inactive
        }
        var answer = token.claims(issuer: issuer)
        answer.append("active", true)
        answer.append("token_type", token.proofKey == nil ? "Bearer" : "DPoP")
        return answer
    }

    private func refreshToken(_ handle: OneTimeHandle, _ client: AuthenticatedClient) async throws -> JSONObject {
        guard let (record, live) = try await grants.refreshToken(handle.digest, now: clock.now()),
            record.client == client.identifier, let acting = client.registered.acting(for: live.grant),
            acting.offers(live.grant), try await contexts.current(live, for: acting).isUsable,
            let subject = live.grant.subject
        else { return Self.inactive }
        var answer: JSONObject = [
            "active": true, "iss": .string(issuer.rawValue), "client_id": .string(record.client.rawValue),
            "sub": .string(subject.rawValue), "scope": .string(live.grant.scope.description),
            "exp": record.expiresAt.json, "txn": .string(record.transaction.rawValue),
            "rr": .string(live.grant.relayResistance.rawValue),
        ]
        answer[issuer.tenantClaim] = acting.namedTown.map { .object($0.claim) }
        answer["cnf"] = record.proofKey.map { .object(["jkt": .string($0.rawValue)]) }
        return answer
    }
}

extension LiveGrant {
    /// Account, device and session still stand behind the grant, and the person's proofing behind its level.
    var isUsable: Bool { account.isActive && isDeviceActive && isSessionLive && isContextLive && isLevelLive }
}
