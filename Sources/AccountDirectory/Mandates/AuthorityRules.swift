internal import OpenIDMessages

/// Whether a member may act for a company (invariants I17, I18).
public enum AuthorityRules {
    /// The register comes first, a mandate second, as at Suomi.fi: who represents a company alone needs none.
    public static func authorizes(_ question: AuthorityQuestion, _ facts: AuthorityFacts) -> AuthorityDecision {
        guard facts.isCompanyActive else { return .disallowed(.companyNotActive) }
        guard facts.isMemberActive else { return .disallowed(.membershipNotActive) }
        let isOwn = facts.home == facts.company
        if isOwn, facts.register == .sole { return .allowed(.register) }
        guard let scope = question.scope else {
            return isOwn ? .allowed(.membership) : .disallowed(.noMandate)
        }
        var objections: [AuthorityRefusal] = []
        var covering: [HeldMandate] = []
        for held in facts.mandates where held.mandate.isHeld(by: facts.member, for: facts.company) {
            if let objection = objection(to: held, scope, question) {
                objections.append(objection)
            } else {
                covering.append(held)
            }
        }
        if let chosen = covering.min(by: isPreferred) { return .allowed(.mandate(chosen)) }
        let nearest = objections.max { rank($0) < rank($1) }
        let otherwise: AuthorityRefusal = isOwn && facts.register == .joint ? .jointRepresentation : .noMandate
        return .disallowed(nearest ?? otherwise)
    }

    /// Of several companies for none of which somebody may act the one that comes nearest, with its refusal; of two that
    /// come as near the first.
    public static func nearest(
        _ companies: [AuthorityFacts], _ question: AuthorityQuestion
    ) -> (facts: AuthorityFacts, refusal: AuthorityRefusal)? {
        var nearest: (facts: AuthorityFacts, refusal: AuthorityRefusal)?
        for facts in companies {
            guard case .disallowed(let refusal) = authorizes(question, facts) else { continue }
            if nearest.map({ rank($0.refusal) < rank(refusal) }) ?? true { nearest = (facts, refusal) }
        }
        return nearest
    }

    /// How far the member's mandates go that fail for the amount alone: the highest limit, in a chain that of its lowest
    /// link.
    public static func limit(of facts: AuthorityFacts, _ question: AuthorityQuestion) -> MoneyAmount? {
        guard let scope = question.scope else { return nil }
        return facts.mandates.compactMap { held -> MoneyAmount? in
            guard held.mandate.isHeld(by: facts.member, for: facts.company),
                objection(to: held, scope, question) == .amountExceeded
            else { return nil }
            return [held.mandate.powers.limit, held.parent?.powers.limit].compactMap(\.self)
                .min { $0.hundredths < $1.hundredths }
        }.max { $0.hundredths < $1.hundredths }
    }

    /// Which of several mandates that cover an act counts: the one that its company gave itself before one that was
    /// delegated, then the one without limit, then one in euros, then the higher limit, then the one that lasts longer,
    /// then the older one, then the smaller identifier. Limits never add up, and those in two currencies are never
    /// compared as numbers.
    static func isPreferred(_ left: HeldMandate, _ right: HeldMandate) -> Bool {
        let (left, right) = (left.mandate, right.mandate)
        if left.depth != right.depth { return left.depth < right.depth }
        let currencies = (place(of: left.powers.limit?.currency), place(of: right.powers.limit?.currency))
        if currencies.0 != currencies.1 { return currencies.0 < currencies.1 }
        let limits = (left.powers.limit?.hundredths ?? 0, right.powers.limit?.hundredths ?? 0)
        if limits.0 != limits.1 { return limits.0 > limits.1 }
        let ends = (left.powers.validity.until, right.powers.validity.until)
        if ends.0 != ends.1 { return ends.0 > ends.1 }
        if left.proposedAt != right.proposedAt { return left.proposedAt < right.proposedAt }
        return left.identifier < right.identifier
    }

    /// No limit, then the currencies in the order in which they are offered, the euro first.
    private static func place(of currency: Currency?) -> Int {
        currency.flatMap { Currency.allCases.firstIndex(of: $0) } ?? -1
    }

    /// Why this mandate does not cover the act; nil when it does. A chain covers what each of its links covers.
    private static func objection(
        to held: HeldMandate, _ scope: MandateScope, _ question: AuthorityQuestion
    ) -> AuthorityRefusal? {
        guard held.areCompaniesActive, (held.mandate.parent == nil) == (held.parent == nil) else { return .noMandate }
        let links = [held.mandate] + [held.parent].compactMap(\.self)
        let objections = links.compactMap { link in
            objection(to: link.state) ?? objection(to: link.powers, scope, question)
        }
        return objections.min { rank($0) < rank($1) }
    }

    private static func objection(to state: MandateState) -> AuthorityRefusal? {
        switch state {
        case .active: nil
        case .suspended: .suspended
        case .expired: .expired
        case .draft, .awaitingCosign, .revoked, .superseded: .noMandate
        }
    }

    private static func objection(
        to powers: MandatePowers, _ scope: MandateScope, _ question: AuthorityQuestion
    ) -> AuthorityRefusal? {
        guard powers.scopes.contains(scope) else { return .scopeNotCovered }
        guard powers.tenants.contains(question.tenant) else { return .tenantNotCovered }
        guard question.today >= powers.validity.from else { return .notYetValid }
        guard question.today <= powers.validity.until else { return .expired }
        switch question.act {
        case .login(let price): return price.flatMap { objection(to: powers.limit, $0) }
        case .act(let amount, let establishment):
            return objection(to: powers.establishments, establishment) ?? objection(to: powers.limit, amount)
        }
    }

    private static func objection(
        to reach: Reach<EstablishmentIdentifier>, _ establishment: EstablishmentIdentifier?
    ) -> AuthorityRefusal? {
        guard case .only(let establishments) = reach else { return nil }
        guard let establishment else { return .establishmentRequired }
        return establishments.contains(establishment) ? nil : .establishmentNotCovered
    }

    private static func objection(to limit: MoneyAmount?, _ amount: MoneyAmount?) -> AuthorityRefusal? {
        guard let limit else { return nil }
        guard let amount else { return .amountRequired }
        guard amount.currency == limit.currency else { return .currencyNotCovered }
        return amount.isWithin(limit) ? nil : .amountExceeded
    }

    /// How near a mandate came: the place of the check at which it failed.
    private static func rank(_ refusal: AuthorityRefusal) -> Int {
        AuthorityRefusal.allCases.firstIndex(of: refusal) ?? 0
    }
}

extension Mandate {
    func isHeld(by member: MembershipIdentifier, for company: CompanyIdentifier) -> Bool {
        grantee == .membership(member) && self.company == company
    }
}
