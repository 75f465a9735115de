internal import AccountDirectory
internal import OpenIDMessages

/// What goes out about a person: released, not withdrawn since, for the purpose as it stands; derived answers and
/// `verified_claims` only from what evidence stands behind. Values in, claims out.
struct ReleasedClaims: Sendable {
    let live: LiveGrant
    let client: RegisteredClient
    /// The scope of the token for which it goes out, which may be narrower than the grant's (RFC 6749 §6).
    let scope: Scope
    let issuer: IssuerURL
    /// What was verified about the person; empty unless `needsEvidence`.
    let attributes: [VerifiedAttribute]
    /// Official names of the towns whose clerks verify.
    let townName: @Sendable (TenantIdentifier) -> String?
    let now: Timestamp

    /// True when nothing can be said before what was verified is known.
    static func needsEvidence(_ live: LiveGrant, _ client: RegisteredClient) -> Bool {
        client.client.receivesVerifiedClaims || !live.grant.verified.isEmpty
            || live.grant.released.contains(where: ClaimCatalogue.isPredicate)
    }

    /// The claims that may go out. A scope that the token left behind takes its claims along, unless another one brings
    /// them; what only the parameter `claims` asked for was never a scope's.
    var releasable: [String] {
        let narrowed = live.grant.scope.tokens.filter { !scope.contains($0) }
        let releasable = live.releasable(to: client)
        guard !narrowed.isEmpty else { return releasable }
        let left = Set(ClaimCatalogue.claims(for: narrowed)).subtracting(ClaimCatalogue.claims(for: scope.tokens))
        return releasable.filter { !left.contains($0) }
    }

    /// The claims by themselves, those about the person alone.
    func plain(where isWanted: (String) -> Bool = { _ in true }) -> JSONObject {
        let namespace = issuer.claimNamespace
        var claims = JSONObject()
        claims.reserveCapacity(16)
        var predicates = JSONObject()
        for name in releasable where isWanted(name) {
            if ClaimCatalogue.isPredicate(name) {
                predicates.append(name, predicate(name).map { .bool($0) })
            } else {
                claims.append(
                    ClaimCatalogue.spelling(name, namespace: namespace),
                    live.account.person.claim(name, namespace: namespace))
            }
        }
        if ClaimCatalogue.partsOfName.allSatisfy({ claims[$0] != nil }) {
            let parts = ["title", "given_name", "family_name"].compactMap { claims[$0]?.string }
            claims["name"] = .string(parts.joined(separator: " "))
        }
        // Who reads an address or a number must not take it for proved (OpenID Connect Core §5.1): the region verifies none.
        for name in ["email", "phone_number"] where claims[name] != nil { claims[name + "_verified"] = false }
        if !predicates.isEmpty { claims[namespace + "predicates"] = .object(predicates) }
        return claims
    }

    /// Only from an attribute that is verified and still valid (invariant I3).
    private func predicate(_ name: String) -> Bool? {
        guard let source = PersonRecord.source(ofPredicate: name),
            attributes.contains(where: { $0.claim == source && $0.counts(at: now) })
        else { return nil }
        return live.account.person.predicate(
            name, municipality: client.scope.tenant.municipalityKey, today: CalendarDate(inGermanyAt: now))
    }

    /// The elements of `verified_claims` about the person (IDA §5), one for each piece of evidence.
    func verified(_ views: [VerifiedView]) -> [JSONValue] { attributes.isEmpty ? [] : views.flatMap(verified) }

    private func verified(_ view: VerifiedView) -> [JSONValue] {
        let framework = issuer.trustFramework
        guard view.framework.accepts(framework) else { return [] }
        let released = releasable.filter(view.claims)
        let known = attributes.filter { attribute in
            released.contains(attribute.claim) && attribute.counts(at: now)
                && view.accepts(attribute, now: now)
        }
        var groups: [EvidenceIdentifier: [VerifiedAttribute]] = [:]
        for attribute in known { groups[attribute.evidence.identifier, default: []].append(attribute) }
        return groups.values.sorted { $0[0].evidence.checkedAt < $1[0].evidence.checkedAt }.map { group in
            element(group, released: released, view: view, framework: framework)
        }
    }

    private func element(
        _ group: [VerifiedAttribute], released: [String], view: VerifiedView, framework: String
    ) -> JSONValue {
        let evidence = group[0].evidence
        var verification: JSONObject = ["trust_framework": .string(framework)]
        if view.wantsLevel {
            let level = group.map(\.level).min() ?? .undefined
            verification["assurance_level"] = .string(level.name)
        }
        if view.wantsTime { verification["time"] = .string(evidence.checkedAt.minuteText) }
        if view.wantsProcess {
            verification["verification_process"] = .string(evidence.reference(in: client.sector))
        }
        if view.wantsEvidence {
            verification["evidence"] = .array([
                .object(evidence.claim(organization: evidence.performer.flatMap(townName)))
            ])
        }
        var claims = JSONObject()
        let names = Set(group.map(\.claim))
        for name in released where names.contains(name) {
            claims[name] = live.account.person.claim(name, namespace: issuer.claimNamespace)
        }
        return .object(["verification": .object(verification), "claims": .object(claims)])
    }
}

/// Which verified claims are wanted, and what of their verification.
struct VerifiedView {
    let framework: VerifiedClaimsRequest.Wish
    let level: VerifiedClaimsRequest.Wish
    let maximumAge: Int64?
    let wantsLevel: Bool
    let wantsTime: Bool
    let wantsProcess: Bool
    let wantsEvidence: Bool
    /// Nil for every claim that was released.
    let names: [String]?

    /// What a client gets that is registered for verified claims: all of it.
    static let everything = VerifiedView(
        framework: VerifiedClaimsRequest.Wish(), level: VerifiedClaimsRequest.Wish(), maximumAge: nil,
        wantsLevel: true, wantsTime: true, wantsProcess: true, wantsEvidence: true, names: nil)

    func claims(_ name: String) -> Bool { names?.contains(name) ?? true }

    func accepts(_ attribute: VerifiedAttribute, now: Timestamp) -> Bool {
        level.accepts(attribute.level.name)
            && maximumAge.map { attribute.evidence.checkedAt + $0 >= now } ?? true
    }
}

extension VerifiedView {
    /// What a request asks for: the members of `verification` that it names, and no others.
    init(_ request: VerifiedClaimsRequest) {
        self.init(
            framework: request.framework, level: request.level ?? VerifiedClaimsRequest.Wish(),
            maximumAge: request.maximumAge, wantsLevel: request.level != nil, wantsTime: request.wantsTime,
            wantsProcess: request.wantsProcess, wantsEvidence: request.wantsEvidence, names: request.claims)
    }
}

extension LiveGrant {
    /// The claims that may still go out: released by the person and not withdrawn since, for the purpose as it stands
    /// (invariant I37), and still among those that the service declares (invariant I30).
    func releasable(to client: RegisteredClient) -> [String] {
        guard let name = grant.service else { return grant.released }
        guard let service = client.service(name), String(service.purposeVersion) == grant.purposeVersion else {
            return []
        }
        return grant.released.filter(service.claims.contains)
    }
}

extension IssuerURL {
    /// The region's own scheme. It is not `eidas`, although a card may stand behind it: the account is no notified means.
    var trustFramework: String { rawValue + "/trust/bsi-tr-03107-1" }
}
