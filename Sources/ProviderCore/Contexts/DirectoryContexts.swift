internal import AccountDirectory
internal import OpenIDMessages

/// The rights to act that the directory knows: memberships, register powers and mandates as they are at that moment.
struct DirectoryContexts: ActingContextSource {
    let issuer: IssuerURL
    let store: any MandateStore
    let references: MandateReferences

    func representations(of account: AccountIdentifier, for need: ContextNeed) async throws -> [ActingRight] {
        var rights: [ActingRight] = []
        // That for the membership's own company comes before those for companies that it serves.
        let facts = try await store.authorities(of: account, now: need.time)
        for facts in facts.filter({ $0.home == $0.company }) + facts.filter({ $0.home != $0.company }) {
            if let right = try await right(facts, need) { rights.append(right) }
        }
        return rights
    }

    func representation(_ acting: ActingContext, for need: ContextNeed) async throws -> ActingRight? {
        guard case .company(let membership, let company, let mandate, _) = acting,
            let facts = try await store.authority(of: membership, for: company, now: need.time),
            let right = try await right(facts, need)
        else { return nil }
        // Another mandate is another right: whoever wants to act by it logs in with it.
        return right.acting.mandate == mandate ? right : nil
    }

    func obstacle(of account: AccountIdentifier, for need: ContextNeed) async throws -> ActingObstacle? {
        guard let service = need.service, let question = question(service, need) else { return nil }
        // A company that the person's own serves is another's: nothing is told of it.
        let own = try await store.authorities(of: account, now: need.time).filter { $0.home == $0.company }
        guard let (nearest, refusal) = AuthorityRules.nearest(own, question),
            let parties = try await store.parties(of: nearest.member, for: nearest.company)
        else { return nil }
        let limit = refusal == .amountExceeded ? AuthorityRules.limit(of: nearest, question) : nil
        return ActingObstacle(
            reason: refusal.rawValue, company: parties.company.details.name.text, limit: limit?.textWithCurrency,
            price: limit == nil ? nil : service.price?.textWithCurrency)
    }

    /// What a login at the service asks of the directory; nil where nobody acts for a company.
    private func question(_ service: Service, _ need: ContextNeed) -> AuthorityQuestion? {
        guard service.contexts.contains(.company) else { return nil }
        let scope = service.mandateScope.flatMap { MandateScope(rawValue: $0) }
        // A scope that cannot be read is one that nobody has.
        guard service.mandateScope == nil || scope != nil else { return nil }
        return AuthorityQuestion(
            scope: scope, tenant: need.tenant, act: .login(price: service.price),
            today: CalendarDate(inGermanyAt: need.time))
    }

    private func right(_ facts: AuthorityFacts, _ need: ContextNeed) async throws -> ActingRight? {
        guard let service = need.service, let question = question(service, need) else { return nil }
        guard case .allowed(let authority) = AuthorityRules.authorizes(question, facts),
            let parties = try await store.parties(of: facts.member, for: facts.company)
        else { return nil }
        let details = parties.company.details
        let level = min(parties.binding, parties.company.level)
        let mandate = authority.mandate
        let claims = RepresentationClaims(
            issuer: issuer,
            company: RepresentationClaims.Company(
                organizationName: details.name.text,
                registrationNumber: details.register.map { "\($0.type.rawValue) \($0.number.rawValue)" }),
            authority: authority,
            reference: mandate.map { references.reference(to: $0.identifier, in: need.sector) } ?? "",
            service: service.identifier, scope: question.scope, tenant: need.tenant,
            via: parties.home.identifier == parties.company.identifier ? nil : parties.home.details.name.text,
            level: level)
        return ActingRight(
            acting: .company(
                membership: facts.member, company: facts.company, mandate: mandate?.identifier,
                serves: facts.home != facts.company),
            company: CompanyDescription(parties),
            subject: try await store.subject(of: facts.company, in: need.sector),
            limits: CompanyLimits(binding: parties.binding, company: parties.company.level),
            mandate: claims.mandate, verified: claims.verifiedClaims)
    }
}

extension Authority {
    fileprivate var mandate: Mandate? { if case .mandate(let held) = self { held.mandate } else { nil } }
}

extension CompanyDescription {
    /// The company as tokens describe it.
    fileprivate init(_ parties: RepresentationParties) {
        let details = parties.company.details
        let numbers: [(String, String?, String)] = [
            ("W-IdNr", details.businessNumber?.rawValue, "BZSt"),
            ("EUID", details.euid?.rawValue, details.register?.court.text ?? "Registergericht"),
            ("USt-IdNr", details.vatNumber?.rawValue, "BZSt"), ("LEI", details.lei?.rawValue, "GLEIF"),
        ]
        self.init(
            name: details.name.text, legalForm: details.legalForm.text.text,
            legalFormCode: details.legalForm.code, isSoleTrader: details.kind == .soleTrader,
            occupation: details.occupation?.text, register: details.register?.json,
            numbers: numbers.compactMap { type, number, issuer in
                number.map { Number(type: type, number: $0, issuer: issuer) }
            }, address: details.address, level: parties.company.level,
            source: parties.evidence?.method.rawValue ?? "desk")
    }
}
