internal import AccountDirectory
internal import IdentityCrypto
public import OpenIDMessages

/// The token endpoint (RFC 6749 §4.1.3, OpenID Connect Core §3.1.3).
public struct TokenFlow: Sendable {
    let issuer: IssuerURL
    let keys: KeyCustodian
    let grants: any GrantStore
    let clock: ProviderClock

    /// Redeems a code for tokens; the answer's JSON body.
    ///
    /// The code is used up before verifier and redirect URI are compared: whoever presents the right code with the
    /// wrong rest may be a thief, and gets no second try (RFC 9700 §2.1.1).
    public func redeem(_ request: AuthorizationCodeRequest, by client: AuthenticatedClient) async throws
        -> JSONObject
    {
        let now = clock.now()
        let grant: AuthorizationGrant
        switch try await grants.redeem(SecretDigest(of: request.code), client: client.identifier, now: now) {
        case .redeemed(let redeemed): grant = redeemed
        case .replayed: throw refuse(.codeReplayed)
        case .expired: throw refuse(.codeExpired)
        case .unknown: throw refuse(.codeUnknown)
        }
        guard grant.redirectURI.utf8.elementsEqual(request.redirectURI.utf8) else {
            throw refuse(.redirectURIMismatch)
        }
        guard request.codeVerifier.challenge == grant.codeChallenge else { throw refuse(.codeVerifierMismatch) }
        guard let subject = grant.subject else { throw refuse(.codeUnknown) }
        let accessToken = try keys.ring.current(.es256).sign(
            type: AccessToken.type, payload: accessTokenClaims(grant, subject: subject, now: now))
        let key = try keys.idTokenKey(client.registered.client.idTokenAlgorithm)
        var claims = idTokenClaims(grant, subject: subject, tenant: client.registered.scope.tenant, now: now)
        claims["at_hash"] = .string(key.algorithm.halfHash(of: accessToken))
        let idToken = try key.sign(type: "JWT", payload: claims)
        return [
            "access_token": .string(accessToken), "token_type": "Bearer", "expires_in": .integer(Lifetime.accessToken),
            "scope": .string(grant.scope.description), "id_token": .string(idToken),
        ]
    }

    private func refuse(_ reason: Refusal) -> ClientRefusal {
        ClientRefusal(.invalidGrant, "the code is unknown, used, expired or not for this request", reason)
    }

    /// RFC 9068 §2.2.
    private func accessTokenClaims(_ grant: AuthorizationGrant, subject: SubjectIdentifier, now: Timestamp)
        -> JSONObject
    {
        [
            "iss": .string(issuer.rawValue), "sub": .string(subject.rawValue), "aud": .string(issuer.rawValue),
            "client_id": .string(grant.client.rawValue), "exp": (now + Lifetime.accessToken).json, "iat": now.json,
            "jti": .string(RandomBytes.text(16)), "txn": .string(grant.transaction.rawValue),
            "scope": .string(grant.scope.description), "acr": .string(grant.acr),
            "auth_time": grant.authenticatedAt.json,
        ]
    }

    /// OpenID Connect Core §2, with the region's claims about tenant and context (docs/integration.md).
    private func idTokenClaims(
        _ grant: AuthorizationGrant, subject: SubjectIdentifier, tenant: Tenant, now: Timestamp
    ) -> JSONObject {
        var claims: JSONObject = [
            "iss": .string(issuer.rawValue), "sub": .string(subject.rawValue), "aud": .string(grant.client.rawValue),
            "exp": (now + Lifetime.idToken).json, "iat": now.json, "auth_time": grant.authenticatedAt.json,
        ]
        claims["nonce"] = grant.nonce.map { .string($0.rawValue) }
        claims["jti"] = .string(RandomBytes.text(16))
        claims["sid"] = .string(grant.session)
        claims["txn"] = .string(grant.transaction.rawValue)
        claims["acr"] = .string(grant.acr)
        claims["amr"] = .strings(grant.methods)
        claims["rr"] = .string(grant.flow == .qr ? "code" : "same_device")
        claims["idm"] = .string(grant.flow.rawValue)
        let namespace = issuer.claimNamespace
        claims[namespace + "context"] = .object(["type": "citizen"])
        var place: JSONObject = ["id": .string(tenant.identifier.rawValue)]
        place["ags"] = tenant.municipalityKey.map { .string($0) }
        place["name"] = .string(tenant.officialName)
        claims[namespace + "tenant"] = .object(place)
        return claims
    }
}

/// Access tokens (RFC 9068).
enum AccessToken {
    static let type = "at+jwt"
}
