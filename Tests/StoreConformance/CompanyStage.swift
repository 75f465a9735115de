internal import AccountDirectory
internal import IdentityCrypto
internal import OpenIDMessages
internal import ProviderCore

/// People with devices, and companies in the state that a promise needs.
struct CompanyStage: Sendable {
    let store: any ProviderStore
    /// Two active accounts with a device each.
    let people: [DeviceRecordRow]

    init(_ store: any ProviderStore) async throws {
        self.store = store
        people = [try await Fixtures.enrolledDevice(in: store), try await Fixtures.enrolledDevice(in: store)]
    }

    func newPerson() async throws -> DeviceRecordRow { try await Fixtures.enrolledDevice(in: store) }

    /// A company with every identity, or with one of them only.
    static func company(
        state: CompanyState, only part: String? = nil, kind: CompanyKind = .organization
    ) -> CompanyRecord {
        var json: JSONObject = [
            "name": "Muster Elektrotechnik GmbH", "kind": .string(kind.rawValue),
            "legal_form": .object(["code": "350", "text": "GmbH"]), "euid": "DER2402.HRB12345",
            "w_idnr": "DE123456788-00001", "ust_idnr": "DE136695976", "lei": "5493001KJTIIGC8Y1R12",
            "trade": .object(["tenant": "herten", "number": "HE-1"]),
            "address": .object([
                "street": "Musterweg", "postal_code": "45699", "locality": "Herten", "country": "DE",
            ]),
        ]
        for name in ["euid", "w_idnr", "trade"] where part.map({ $0 != name }) ?? false { json[name] = nil }
        return CompanyRecord(
            identifier: .random(), details: try! CompanyDetails(json: json), state: state, floor: .substantiell,
            createdAt: Fixtures.now, changedAt: Fixtures.now)
    }

    /// A draft of the company in the register under HRB 12345, described with these numbers.
    static func entry(_ numbers: JSONObject, court: String) -> CompanyRecord {
        var json = numbers
        json["name"] = "Muster Elektrotechnik GmbH"
        json["kind"] = "NNatPers"
        json["legal_form"] = .object(["code": "350", "text": "GmbH"])
        json["register"] = .object(["type": "HRB", "number": "12345", "court": .string(court)])
        json["address"] = .object(["street": "Musterweg", "postal_code": "45699", "locality": "Herten"])
        return CompanyRecord(
            identifier: .random(), details: try! CompanyDetails(json: json), state: .draft, floor: .substantiell,
            createdAt: Fixtures.now, changedAt: Fixtures.now)
    }

    func membership(
        of person: DeviceRecordRow, in company: CompanyRecord, roles: CompanyRoles = .administrator,
        until: Timestamp? = nil
    ) -> MembershipRecord {
        MembershipRecord(
            identifier: .random(), company: company.identifier, account: person.account, roles: roles,
            level: .substantiell, since: Fixtures.now, validUntil: until)
    }

    func establishment(of company: CompanyIdentifier) -> EstablishmentRecord {
        EstablishmentRecord(
            identifier: .random(), company: company, activity: "00002", name: OrganizationName("Lager Marl")!,
            municipality: MunicipalityKey(rawValue: "05562024"), address: Self.company(state: .draft).details.address)
    }

    func found(
        _ state: CompanyState, only part: String? = nil, kind: CompanyKind = .organization,
        by person: DeviceRecordRow? = nil
    ) async throws -> CompanyIdentifier {
        let company = Self.company(state: state, only: part, kind: kind)
        let refusal = try await store.found(
            company, founder: membership(of: person ?? people[0], in: company))
        try requireEqual(refusal, nil, "a company of a fixture")
        return company.identifier
    }

    /// A verified company with the first person as its administrator.
    func active() async throws -> CompanyIdentifier {
        let company = try await found(.draft)
        try requireEqual(try await move(company, [.submit, .verify]), nil, "a company of a fixture")
        return company
    }

    @discardableResult
    func change(
        _ company: CompanyIdentifier, _ concern: CompanyConcern = CompanyConcern(),
        _ decide: @escaping @Sendable (CompanySnapshot) -> CompanyDecision
    ) async throws -> CompanyDecision? {
        try await store.change(
            company, concerning: concern, by: CompanyActor(.clerk, tenant: Fixtures.tenant), now: Fixtures.now, decide)
    }

    /// The steps in one decision; returns its refusal.
    func move(_ company: CompanyIdentifier, _ events: [CompanyState.Event]) async throws -> CompanyRefusal? {
        let decision = try await change(company) { _ in
            CompanyDecision(
                [.standing(level: .substantiell, approversNeeded: 1)] + events.map { .company($0, nil) })
        }
        return decision?.refusal
    }

    func leave(_ person: DeviceRecordRow, _ company: CompanyIdentifier) async throws -> CompanyRefusal? {
        let decision = try await change(company, CompanyConcern(actor: person.account)) { snapshot in
            MembershipRules.leave(in: snapshot, now: Fixtures.now)
        }
        return decision?.refusal
    }

    func join(
        _ person: DeviceRecordRow, _ company: CompanyIdentifier, roles: CompanyRoles = .administrator,
        until: Timestamp? = nil
    ) async throws -> MembershipIdentifier {
        let membership = MembershipRecord(
            identifier: .random(), company: company, account: person.account, roles: roles, level: .substantiell,
            since: Fixtures.now, validUntil: until)
        try await change(company) { _ in CompanyDecision([.newMembership(membership)]) }
        return membership.identifier
    }

    /// True while somebody may act for the company by a membership: what every token asks.
    func hasSeat(
        _ membership: MembershipIdentifier, in company: CompanyIdentifier, _ now: Timestamp = Fixtures.now
    ) async throws -> Bool {
        guard let facts = try await store.authority(of: membership, for: company, now: now) else { return false }
        return facts.isMemberActive && facts.isCompanyActive
    }

    /// An invitation by the first person that can be used; returns the digest of its code.
    func invite(into company: CompanyIdentifier) async throws -> (InvitationIdentifier, ContentDigest) {
        let snapshot = try await store.snapshot(
            of: company, concerning: CompanyConcern(actor: people[0].account))
        guard let inviter = snapshot?.actor else { throw ConformanceFailure(description: "no inviter") }
        let invitation = InvitationRecord(
            identifier: .random(), company: company, roles: .member,
            expectation: IdentityHash(rawValue: RandomBytes.text(32))!,
            invitedBy: inviter.membership.identifier, createdAt: Fixtures.now,
            expiresAt: Fixtures.now + InvitationRules.lifetime)
        let digest = ContentDigest(of: invitation.identifier.rawValue)
        try await change(company) { _ in
            CompanyDecision([
                .newInvitation(invitation, codeDigest: digest), .invitation(invitation.identifier, .send),
            ])
        }
        return (invitation.identifier, digest)
    }

    func accept(
        _ invitation: InvitationIdentifier, _ account: AccountIdentifier, _ company: CompanyIdentifier
    ) async throws -> CompanyRefusal? {
        let membership = MembershipIdentifier.random()
        let guest = InvitationRules.Guest(account: account, level: .substantiell, isExpected: true)
        let concern = CompanyConcern(actor: account, invitation: invitation)
        let decision = try await change(company, concern) { snapshot in
            InvitationRules.accept(
                by: guest, usesPrivateIdentity: true, membership: membership, in: snapshot, now: Fixtures.now)
        }
        return decision?.refusal
    }

    /// An extract that names one managing director; returns the power.
    func extract(of company: CompanyIdentifier) async throws -> RegisterPowerRecord {
        let evidence = CompanyEvidence(
            identifier: .random(), method: .registerExtract, performer: Fixtures.tenant, level: .hoch,
            asOf: CalendarDate(Fixtures.now), recordedAt: Fixtures.now)
        let power = RegisterPowerRecord(
            identifier: .random(), company: company, person: IdentityHash(rawValue: RandomBytes.text(32))!,
            kind: .managingDirector, representation: .joint(2), evidence: evidence.identifier, asOf: evidence.asOf)
        try await change(company) { _ in CompanyDecision([.evidence(evidence), .powers([power])]) }
        return power
    }
}
