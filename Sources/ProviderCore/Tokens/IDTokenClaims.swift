internal import AccountDirectory
internal import IdentityCrypto
internal import OpenIDMessages

/// What an ID token says (OpenID Connect Core §2), with the region's claims about tenant and context
/// (docs/integration.md).
struct IDTokenClaims {
    let issuer: IssuerURL
    let live: LiveGrant
    let client: RegisteredClient
    let subject: SubjectIdentifier

    func payload(accessToken: String, withNonce: Bool, now: Timestamp) -> JSONObject {
        let grant = live.grant
        var claims: JSONObject = [
            "iss": .string(issuer.rawValue), "sub": .string(subject.rawValue), "aud": .string(grant.client.rawValue),
            "exp": (now + Lifetime.idToken).json, "iat": now.json, "auth_time": grant.authenticatedAt.json,
        ]
        if withNonce { claims["nonce"] = grant.nonce.map { .string($0.rawValue) } }
        claims["jti"] = .string(RandomBytes.text(16))
        claims["sid"] = .string(grant.session.rawValue)
        claims["txn"] = .string(grant.transaction.rawValue)
        claims["acr"] = .string(grant.context.acr(in: client.client.levelVocabulary))
        claims["amr"] = .strings(grant.methods)
        claims["at_hash"] = .string(
            JWSAlgorithm(client.client.cryptography.idTokenAlgorithm).halfHash(of: accessToken))
        claims["rr"] = .string(grant.flow == .qr ? "code" : "same_device")
        claims["idm"] = .string(grant.flow.rawValue)
        let namespace = issuer.claimNamespace
        claims[namespace + "context"] = .object(["type": "citizen"])
        claims[namespace + "tenant"] = .object(place)
        for name in grant.idTokenClaims where grant.released.contains(name) {
            claims[name] = live.account.person.claim(name, namespace: namespace)
        }
        return claims
    }

    private var place: JSONObject {
        let tenant = client.scope.tenant
        var place: JSONObject = ["id": .string(tenant.identifier.rawValue)]
        place["ags"] = tenant.municipalityKey.map { .string($0) }
        place["name"] = .string(tenant.officialName)
        return place
    }
}
