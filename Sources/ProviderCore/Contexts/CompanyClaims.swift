internal import AccountDirectory
internal import OpenIDMessages

extension CompanyDescription {
    /// The claim `…/claims/acting_for`: the company's own `sub` always, of the rest what was released.
    func claim(subject: CompanySubject, released: [String], namespace: String) -> JSONObject {
        var claim: JSONObject = ["sub": .string(subject.rawValue)]
        if released.contains("organization") {
            claim["organization_name"] = .string(name)
            // A portal that sees no entry in a register cannot tell otherwise whether it has a person before it.
            if isSoleTrader || register == nil { claim["kind"] = isSoleTrader ? "NatPers" : "NNatPers" }
            claim["entity_legal_form"] = .string(legalForm)
            claim["entity_legal_form_code"] = .string(legalFormCode)
            claim["occupation"] = occupation.map { .string($0) }
        }
        if released.contains("organization_identifiers") {
            claim["register"] = register.map { .object($0) }
            if !numbers.isEmpty { claim["identifiers"] = .array(numbers.map { .object($0.claim) }) }
        }
        if released.contains("organization_address") {
            claim["address"] = .object(address.claim(namespace: namespace))
        }
        if released.contains("organization") {
            claim["assurance_level"] = .string(level.name)
            claim["source"] = .string(source)
        }
        return claim
    }
}

extension CompanyDescription.Number {
    /// The shape of the draft "OpenID Connect Authority claims".
    fileprivate var claim: JSONObject {
        ["identifier_type": .string(type), "identifier": .string(number), "issuer": .string(issuer)]
    }
}

extension ReleasedClaims {
    /// What a token says about company and mandate; empty for the person as such.
    var company: JSONObject {
        guard let representation = live.representation else { return [:] }
        let released = releasable
        let namespace = issuer.claimNamespace
        var claims: JSONObject = [
            namespace + "acting_for": .object(
                representation.company.claim(
                    subject: representation.subject, released: released, namespace: namespace))
        ]
        if released.contains("mandate") {
            claims[namespace + "mandate"] = representation.mandate.map { .object($0) }
        }
        return claims
    }

    /// The right to act, among the verified claims.
    var authority: JSONValue? {
        guard let representation = live.representation, releasable.contains("mandate") else { return nil }
        return representation.verified.map { .object($0) }
    }
}
