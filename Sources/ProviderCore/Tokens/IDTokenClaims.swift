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
    let released: ReleasedClaims

    func payload(accessToken: String, withNonce: Bool, now: Timestamp) -> JSONObject {
        let grant = live.grant
        var claims: JSONObject = [
            "iss": .string(issuer.rawValue), "sub": .string(subject.rawValue), "aud": .string(grant.client.rawValue),
            "exp": (now + Lifetime.idToken).json, "iat": now.json, "auth_time": grant.authenticatedAt.json,
        ]
        if withNonce { claims["nonce"] = grant.nonce.map { .string($0.rawValue) } }
        claims["jti"] = .string(RandomBytes.text(16))
        claims["sid"] = .string(grant.session.name(for: subject).rawValue)
        claims["txn"] = .string(grant.transaction.rawValue)
        claims["acr"] = .string(grant.context.acr(in: client.client.levelVocabulary))
        claims["amr"] = .strings(grant.methods)
        claims["at_hash"] = .string(
            JWSAlgorithm(client.client.cryptography.idTokenAlgorithm).halfHash(of: accessToken))
        claims["rr"] = .string(grant.relayResistance.rawValue)
        claims["idm"] = .string(grant.flow.rawValue)
        claims[issuer.claimNamespace + "context"] = .object(context)
        claims[issuer.tenantClaim] = .object(place)
        // Whoever is registered for verified claims gets the derived answers along with them.
        let plain = released.plain { name in
            grant.idTokenClaims.contains(name)
                || (client.client.receivesVerifiedClaims && ClaimCatalogue.isPredicate(name))
        }
        for member in plain.members { claims[member.name] = member.value }
        var views = grant.verified.idToken.map(VerifiedView.init)
        if client.client.receivesVerifiedClaims, released.scope.contains("person"), views.isEmpty {
            views.append(.everything)
        }
        for member in released.company.members { claims[member.name] = member.value }
        var verified = released.verified(views)
        if client.client.receivesVerifiedClaims, let authority = released.authority { verified.append(authority) }
        if !verified.isEmpty { claims["verified_claims"] = verified.count == 1 ? verified[0] : .array(verified) }
        return claims
    }

    /// One context, chosen by the person where the service allows more than this (invariant I20).
    private var context: JSONObject {
        var context: JSONObject = ["type": .string(live.grant.acting.kind.rawValue)]
        if live.grant.acting.kind == .company {
            let service = live.grant.service.flatMap(client.service)
            context["chosen"] = service?.contexts == [.company] ? "service" : "user"
        }
        return context
    }

    private var place: JSONObject {
        let tenant = client.scope.tenant
        var place = tenant.identifier.claim
        place["ags"] = tenant.municipalityKey.map { .string($0) }
        place["name"] = .string(tenant.officialName)
        return place
    }
}
