public import AccountDirectory
public import OpenIDMessages

/// A company that a clerk may deal with. Only `CompanyOfficeFlow` makes it.
public struct CompanyCase: Sendable {
    let company: CompanyIdentifier
    let clerk: CompanyClerk

    fileprivate init(_ company: CompanyIdentifier, clerk: CompanyClerk) {
        self.company = company
        self.clerk = clerk
    }
}

/// What a clerk sees of a company: its facts and how far it is proved, and of people only how many there are.
public struct CompanyOfficeView: Sendable, Equatable {
    public let company: CompanyRecord
    /// Of how many people whom the register names, how many have signed.
    public let powersNamed: Int
    public let powersSigned: Int
    public let administrators: Int
    public let members: Int
    /// The newest first.
    public let evidence: [CompanyEvidence]

    init(_ file: CompanyFile) {
        company = file.company
        powersNamed = file.powers.count
        powersSigned = file.powers.count { $0.state == .signed }
        administrators = file.people.count { $0.membership.roles.contains(.orgAdmin) }
        members = file.people.count
        evidence = file.evidence
    }
}

/// A town's office and its companies: verify, freeze, end a freeze, close. `CompanyFlow` does it; here is who may reach which
/// company, and why something is refused, as a `CompanyOfficeRefusal`.
///
/// A sole trader's facts are personal data: each look at them, in a list too, is an event that its owner reads.
public struct CompanyOfficeFlow: Sendable {
    let companies: CompanyFlow
    let administration: AdministrationFlow
    let store: any CompanyStore & CompanyOfficeStore & TenantPeopleStore & AuditStore
    let clock: ProviderClock

    // MARK: Which company

    /// Those that were submitted and are not closed: for the region's own clerk.
    public func list(page: PageRequest, for clerk: CompanyClerk) async throws -> [CompanyRecord] {
        try await seen(try await store.companies(page: page), by: clerk)
    }

    /// Those that belong to the tenant.
    public func list(
        in scope: TenantScope, page: PageRequest, for administrator: Administrator
    ) async throws -> [CompanyRecord] {
        guard scope.tenant.isLive else { throw AdministrationProblem.tenantNotActive }
        return try await seen(
            try await store.companies(in: scope, page: page), by: CompanyClerk(administrator, in: scope))
    }

    private func seen(_ companies: [CompanyRecord], by clerk: CompanyClerk) async throws -> [CompanyRecord] {
        let traders = companies.filter { $0.details.kind == .soleTrader }
        try await store.record(traders.map { .seen($0.identifier, by: clerk.actor, at: clock.now()) })
        return companies
    }

    /// Any company, for a clerk at the local administration socket.
    public func open(_ name: String, by clerk: CompanyClerk) async throws -> CompanyCase {
        guard let identifier = CompanyIdentifier(rawValue: name), try await store.file(of: identifier) != nil else {
            throw CompanyOfficeRefusal.unknownCompany
        }
        return CompanyCase(identifier, clerk: clerk)
    }

    /// The verified company with an identity, for a clerk at the local administration socket.
    public func open(_ identity: CompanyIdentity, by clerk: CompanyClerk) async throws -> CompanyCase {
        guard let company = try await store.company(with: identity) else { throw CompanyOfficeRefusal.unknownCompany }
        return CompanyCase(company.identifier, clerk: clerk)
    }

    /// A company of the tenant, or an application that no office has taken up, for an administrator of the tenant. Every
    /// other one is unknown, and the attempt is written down (invariant I23). The office of a tenant that is not live is
    /// closed.
    public func open(
        _ name: String, in scope: TenantScope, by administrator: Administrator
    ) async throws -> CompanyCase {
        guard scope.tenant.isLive else { throw AdministrationProblem.tenantNotActive }
        guard let identifier = CompanyIdentifier(rawValue: name) else { throw AdministrationProblem.notFound }
        guard try await store.company(identifier, in: scope) != nil else {
            throw try await administration.missed(.company(identifier), in: scope, by: administrator)
        }
        return CompanyCase(identifier, clerk: CompanyClerk(administrator, in: scope))
    }

    // MARK: What is done with it

    /// The look is written down.
    public func show(_ opened: CompanyCase) async throws -> CompanyOfficeView {
        let view = try await view(opened)
        try await store.record([.seen(opened.company, by: opened.clerk.actor, at: clock.now())])
        return view
    }

    private func view(_ opened: CompanyCase) async throws -> CompanyOfficeView {
        CompanyOfficeView(try await file(opened))
    }

    /// Records whom a register's extract names; those people sign then, each with the own phone.
    ///
    /// - Parameter extract: `as_of`, `level`, `company` (what it says of the company: `register` or `euid`, and `name`,
    ///   `w_idnr`, `ust_idnr`, `lei`), `powers` and `changed` as in `CompanyFlow.record(extract:of:by:)`.
    public func record(extract json: JSONObject, _ opened: CompanyCase) async throws -> CompanyOfficeView {
        let extract = try read { () throws(MessageError) in try StatedExtract(json: json) }
        let named = extract.named
        let file = try await file(opened)
        let company = file.company
        if let name = extract.company.difference(from: company.details) {
            throw CompanyOfficeRefusal.differentFact(name)
        }
        let objections = [
            CompanyEvidenceObjection(to: named.evidence, for: company, now: clock.now()),
            company.details.isRegistered ? nil : .inNoRegister,
            CompanyEvidenceObjection(to: named.powers, in: company.state),
            CompanyEvidenceObjection(to: named.changed, of: company.details),
            CompanyRules.isOutdated(named.evidence.asOf, by: file.powers) ? .outdated : nil,
        ]
        try await act(opened, objections) {
            try await companies.record(extract: named.json, of: opened.company, by: opened.clerk)
        }
        return try await view(opened)
    }

    /// The town's trade office vouches for a company that stands in no register, and says whom its trade register names. A
    /// sole trader is the applicant, and active then; others sign, each with the own phone.
    ///
    /// - Parameter proof: `as_of`, `level` and `powers` as in `CompanyFlow.record(extract:of:by:)`.
    public func verifyAtDesk(_ proof: JSONObject, _ opened: CompanyCase) async throws -> CompanyOfficeView {
        let named = try read { () throws(MessageError) in try StatedPowers(json: proof) }
        let file = try await file(opened)
        let company = file.company
        if let trade = company.details.trade, trade.tenant != opened.clerk.tenant {
            throw CompanyOfficeRefusal.evidence(.otherOffice)
        }
        let isFounders = try await companies.isFounder(named.powers, of: opened.company)
        let objections = [
            company.details.isRegistered ? CompanyEvidenceObjection.inRegister : nil,
            CompanyEvidenceObjection(to: named.evidence, for: company, now: clock.now()),
            CompanyEvidenceObjection(to: named.powers, in: company.state),
            company.details.kind == .soleTrader && !isFounders ? .otherOwner : nil,
            CompanyEvidenceObjection(to: named.changed, of: company.details),
            CompanyRules.isOutdated(named.evidence.asOf, by: file.powers) ? .outdated : nil,
        ]
        try await act(opened, objections) {
            try await companies.verifyAtDesk(opened.company, proof: named.json, by: opened.clerk)
        }
        return try await view(opened)
    }

    /// Freezes a company.
    ///
    /// - Parameter json: `reason`, and `method`, `as_of` and `level` of what says so: a dispute needs none.
    public func freeze(_ json: JSONObject, _ opened: CompanyCase) async throws -> CompanyOfficeView {
        var proof = json
        proof["reason"] = nil
        let reason = try read { () throws(MessageError) in
            var reader = MemberReader(json)
            return try reader.choice("reason", as: FreezeReason.self)
        }
        guard reason.isClerks else { throw CompanyOfficeRefusal.reasonNotClerks }
        let given = proof.isEmpty ? nil : proof
        let company = try await file(opened).company
        let objection =
            try given.map { try CompanyEvidenceObjection(to: stated($0), for: company, now: clock.now()) }
            ?? .noEvidence
        try await act(opened, [objection]) {
            try await companies.freeze(opened.company, for: reason, proof: given, by: opened.clerk)
        }
        return try await view(opened)
    }

    /// Closes a frozen company with proof that it is over; its members are told.
    ///
    /// - Parameter proof: `method`, `as_of` and `level`.
    public func close(_ proof: JSONObject, _ opened: CompanyCase) async throws -> CompanyOfficeView {
        let objection = try await objection(to: proof, opened)
        do {
            try await act(opened, [objection]) {
                try await companies.close(opened.company, proof: proof, by: opened.clerk)
            }
        } catch CompanyOfficeRefusal.wrongState {
            let company = try await file(opened).company
            throw CompanyOfficeRefusal.notClosable(company.state, company.freezeReason)
        }
        return try await view(opened)
    }

    /// Ends a freeze with new proof.
    ///
    /// - Parameters:
    ///   - proof: `method`, `as_of` and `level`.
    ///   - account: whom the clerk appoints as administrator; needed when the company has none.
    public func cure(
        _ proof: JSONObject, appointing account: AccountIdentifier?, _ opened: CompanyCase
    ) async throws -> CompanyOfficeView {
        try await act(opened, [try await objection(to: proof, opened)]) {
            try await companies.cure(opened.company, proof: proof, appointing: account, by: opened.clerk)
        }
        return try await view(opened)
    }

    /// Ends a freeze as an administrator of the tenant, who knows people by the `sub` of the tenant's portals.
    public func cure(
        _ proof: JSONObject, appointing subject: SubjectIdentifier?, _ opened: CompanyCase, in scope: TenantScope,
        by administrator: Administrator
    ) async throws -> CompanyOfficeView {
        var account: AccountIdentifier?
        if let subject {
            account = try await store.account(of: subject, in: scope)
            guard account != nil else {
                // A person of another town was probed.
                _ = try await administration.missed(.subject(subject), in: scope, by: administrator)
                throw CompanyOfficeRefusal.appointment
            }
        }
        return try await cure(proof, appointing: account, opened)
    }

    // MARK: What is shared

    private func file(_ opened: CompanyCase) async throws -> CompanyFile {
        guard let file = try await store.file(of: opened.company) else { throw CompanyOfficeRefusal.unknownCompany }
        return file
    }

    /// What could be said against day, level and kind of a proof with a `method`.
    private func objection(to proof: JSONObject, _ opened: CompanyCase) async throws -> CompanyEvidenceObjection? {
        let company = try await file(opened).company
        if let objection = CompanyEvidenceObjection(to: try stated(proof), for: company, now: clock.now()) {
            return objection
        }
        return switch proof["method"]?.string.flatMap(CompanyEvidence.Method.init(rawValue:)) {
        case .desk where company.details.isRegistered: .inRegister
        case .registerExtract where !company.details.isRegistered: .inNoRegister
        default: nil
        }
    }

    /// - Parameter proof: with a `method`, which `CompanyFlow` reads.
    private func stated(_ proof: JSONObject) throws(CompanyOfficeRefusal) -> StatedEvidence {
        var rest = proof
        rest["method"] = nil
        return try read { () throws(MessageError) in
            var reader = MemberReader(rest)
            let evidence = try StatedEvidence(&reader)
            try reader.finish()
            return evidence
        }
    }

    private func read<Value>(_ body: () throws(MessageError) -> Value) throws(CompanyOfficeRefusal) -> Value {
        do throws(MessageError) { return try body() } catch { throw .unreadable(error) }
    }

    /// Does it, and says plainly why the rules refuse it.
    ///
    /// - Parameter objections: what could be said against the evidence if the rules refuse it, the first first.
    private func act(
        _ opened: CompanyCase, _ objections: [CompanyEvidenceObjection?] = [], _ body: () async throws -> Void
    ) async throws {
        do { try await body() } catch let refusal as DeviceRefusal {
            throw try await explained(refusal, opened, objections.compactMap(\.self).first)
        } catch let error as MessageError { throw CompanyOfficeRefusal.unreadable(error) }
    }

    private func explained(
        _ refusal: DeviceRefusal, _ opened: CompanyCase, _ objection: CompanyEvidenceObjection?
    ) async throws -> CompanyOfficeRefusal {
        switch refusal.reason {
        case .companyEvidence: objection.map(CompanyOfficeRefusal.evidence) ?? .evidenceNotEnough
        case .companyState: .wrongState(try await file(opened).company.state)
        case .companyKnown: .companyKnown
        case .lastAdministrator: .administratorMissing
        case .companyLevel, .companyRequest: .appointment
        case .companyRole:
            try await file(opened).company.approversNeeded > 1 ? .representedTogether : .administratorThere
        case .selfApproval: .ownCompany
        case .companyUnknown: .unknownCompany
        default: .notPossible
        }
    }
}
