public import AccountDirectory
internal import IdentityCrypto
internal import OpenIDMessages
public import ProviderCore

/// An active company with an administrator and an employee, and mandates as a promise needs them.
struct MandateStage: Sendable {
    static let parking = MandateScope(rawValue: "parking.permit")!
    static let today = CalendarDate(inGermanyAt: Fixtures.now)

    let store: any ProviderStore
    let companies: CompanyStage
    let company: CompanyIdentifier
    let employee: DeviceRecordRow
    let member: MembershipIdentifier

    var admin: DeviceRecordRow { companies.people[0] }

    init(_ store: any ProviderStore) async throws {
        self.store = store
        companies = try await CompanyStage(store)
        company = try await companies.active()
        employee = companies.people[1]
        member = try await companies.join(companies.people[1], company, roles: .member)
    }

    static func powers(until day: String = "2026-12-31", limit: String? = "500") -> MandatePowers {
        MandatePowers(
            scopes: [parking], tenants: .only([Fixtures.tenant]), limit: limit.flatMap { MoneyAmount($0, .euro) },
            establishments: .all,
            validity: MandateValidity(from: today, until: CalendarDate(rawValue: day)!))
    }

    /// An active mandate that the administrator gave, whatever the rules say.
    func mandate(
        for grantee: MandateGrantee, by grantor: CompanyIdentifier? = nil, under parent: Mandate? = nil,
        replacing replaced: MandateIdentifier? = nil, powers: MandatePowers = powers(), mayDelegate: Bool = false,
        state: MandateState = .active, needed: Int = 1
    ) async throws -> Mandate {
        let grantor = grantor ?? company
        let (company, admin) = (company, admin)
        let proposal = MandateProposal(
            grantor: grantor, grantee: grantee, parent: parent?.identifier, replaces: replaced, powers: powers,
            mayDelegate: mayDelegate, approvals: needed, reason: "Montagefahrzeuge")
        let identifier = MandateIdentifier.random()
        let outcome = try await store.propose(proposal, by: admin.account, at: Fixtures.now) { parties in
            guard let actor = parties.actor else { return .unknown }
            let isActive = state == .active
            let mandate = Mandate(
                identifier: identifier, company: company, grantor: grantor, grantee: grantee,
                parent: parent?.identifier, depth: parent == nil ? 1 : 2, replaces: replaced, powers: powers,
                mayDelegate: mayDelegate, approvalsNeeded: needed, basis: .delegated, reason: "Montagefahrzeuge",
                state: state, proposedBy: actor.membership, proposedAt: Fixtures.now,
                activatedAt: isActive ? Fixtures.now : nil, grantedBy: isActive ? .orgAdmin : nil)
            let approval = MandateApproval(
                account: admin.account, membership: actor.membership, device: admin.identifier,
                approvedAt: Fixtures.now)
            return .done(NewMandate(mandate: mandate, approval: state == .draft ? nil : approval))
        }
        return try Self.done(outcome).mandate
    }

    static func done(_ outcome: MandateOutcome<MandateRecord>) throws -> MandateRecord {
        guard case .done(let record) = outcome else {
            throw ConformanceFailure(description: "the mandate was not written: \(outcome)")
        }
        return record
    }

    func state(of mandate: Mandate) async throws -> MandateState? {
        try await store.mandates(of: mandate.company).first { $0.mandate.identifier == mandate.identifier }?
            .mandate.state
    }

    @discardableResult
    func move(_ mandate: Mandate, _ event: MandateState.Event) async throws -> MandateState? {
        let outcome = try await store.move(mandate.identifier, event, by: admin.account, at: Fixtures.now) { _ in
            .done(())
        }
        if case .done(let record) = outcome { return record.mandate.state }
        return nil
    }

    /// A use for a hundred euros, as a portal asks for it.
    func use(by member: MembershipIdentifier? = nil, at time: Timestamp = Fixtures.now) async throws
        -> AuthorityDecision?
    {
        let question = AuthorityQuestion(
            scope: Self.parking, tenant: Fixtures.tenant,
            act: .act(amount: MoneyAmount("100", .euro), establishment: nil),
            today: CalendarDate(inGermanyAt: time))
        return try await store.use(
            AuthorityCase(
                membership: member ?? self.member, company: company, tenant: Fixtures.tenant, transaction: nil,
                time: time)
        ) { facts in AuthorityRules.authorizes(question, facts) }
    }

    /// The reason of a refused use; nil for an allowed one.
    func refusal(by member: MembershipIdentifier? = nil, at time: Timestamp = Fixtures.now) async throws
        -> AuthorityRefusal?
    {
        switch try await use(by: member, at: time) {
        case .allowed: nil
        case .disallowed(let refusal): refusal
        case nil: .unknown
        }
    }

    /// A second active company of its own administrator, with an employee.
    func serviceCompany() async throws -> (
        company: CompanyIdentifier, member: MembershipIdentifier, employee: DeviceRecordRow
    ) {
        let company = CompanyStage.company(state: .draft, only: "trade").identifier
        let details = CompanyStage.company(state: .draft, only: "trade").details
        let record = CompanyRecord(
            identifier: company, details: details, floor: .substantiell, createdAt: Fixtures.now,
            changedAt: Fixtures.now)
        let other = try Self.otherTrade(record)
        try requireEqual(
            try await store.found(other, founder: companies.membership(of: admin, in: other)), nil, "service company")
        try requireEqual(try await companies.move(company, [.submit, .verify]), nil, "service company")
        let employee = try await companies.newPerson()
        return (company, try await companies.join(employee, company, roles: .member), employee)
    }

    /// The same company under another trade number.
    private static func otherTrade(_ record: CompanyRecord) throws -> CompanyRecord {
        var record = record
        var json = record.details.json
        json["trade"] = .object(["tenant": "herten", "number": "HE-77"])
        record.details = try CompanyDetails(json: json)
        return record
    }
}

extension Fixtures {
    /// An active mandate of an employee, up to 500 euros.
    public static func mandate(in store: any ProviderStore) async throws -> MandateIdentifier {
        let stage = try await MandateStage(store)
        return try await stage.mandate(for: .membership(stage.member)).identifier
    }
}
