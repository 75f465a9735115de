public import AccountDirectory
internal import IdentityCrypto
public import OpenIDMessages

/// A clerk who may look after companies. Who is one is decided where it is made: at the desk's socket, or by an
/// administrator's capability.
public struct CompanyClerk: Sendable {
    /// The town; nil for the region's own clerk.
    public let tenant: TenantIdentifier?
    /// For the audit events.
    let actor: CompanyActor
    /// The clerk's own account, by which their own companies are known; nil at the local socket, where whoever keeps the
    /// machine answers for who sits there.
    let account: AccountIdentifier?

    /// Somebody at the local administration socket, for a town's office or, without a scope, for the region.
    public init(_ caller: LocalOperator, at scope: TenantScope? = nil) {
        tenant = scope?.tenant.identifier
        actor = CompanyActor(.clerk, tenant: tenant)
        account = nil
    }

    /// An administrator with a capability at the tenant.
    init(_ administrator: Administrator, in scope: TenantScope) {
        tenant = scope.tenant.identifier
        actor = CompanyActor(
            .administrator(administrator.account), tenant: tenant, transaction: administrator.transaction)
        account = administrator.account
    }
}

extension CompanyFlow {
    /// Records whom a register's extract names.
    ///
    /// - Parameter extract: `as_of` (a day), `level`, and `powers`: each `given_name`, `family_name`, `birthdate`, `kind`,
    ///   `representation` (`sole`, or `joint` with `signatories`); optionally `changed`, the members of `CompanyFacts`.
    public func record(
        extract: JSONObject, of company: CompanyIdentifier, by clerk: CompanyClerk
    ) async throws {
        let (evidence, powers, facts) = try named(extract, .registerExtract, of: company, by: clerk)
        try await act(on: company, by: clerk, recording: powers) { snapshot, now in
            CompanyRules.record(powers, evidence: evidence, changed: facts, in: snapshot, now: now)
        }
    }

    /// A trade office vouches for a company that stands in no register: it says whom the town's trade register names. A
    /// sole trader must be the founder; those who represent another company sign as for an extract.
    ///
    /// - Parameter proof: as an extract.
    public func verifyAtDesk(_ company: CompanyIdentifier, proof: JSONObject, by clerk: CompanyClerk) async throws {
        let (evidence, powers, facts) = try named(proof, .desk, of: company, by: clerk)
        let founder = try await founder(of: company)
        try await act(on: company, by: clerk, recording: powers) { snapshot, now in
            guard snapshot.company.details.kind == .soleTrader else {
                return CompanyRules.record(powers, evidence: evidence, changed: facts, in: snapshot, now: now)
            }
            guard powers.count == 1, facts == nil, let founder else { return .refused(.evidenceNotEnough) }
            return CompanyRules.verify(by: evidence, owner: powers[0], founder: founder, in: snapshot, now: now)
        }
    }

    /// True when these people are one, who owns the business alone and founded the account.
    func isFounder(_ powers: [RegisterPowerEntry], of company: CompanyIdentifier) async throws -> Bool {
        guard powers.count == 1, powers[0].kind == .owner, powers[0].representation == .sole else { return false }
        return try await founder(of: company)?.person == hashing.hash(powers[0].person, in: company)
    }

    /// Before it is verified nobody but the founder administers a company. Nil for a person whose day of birth is not
    /// recorded.
    private func founder(of company: CompanyIdentifier) async throws -> CompanyFounder? {
        let people = try await store.file(of: company)?.people
        guard let account = people?.first(where: { $0.membership.roles.contains(.orgAdmin) })?.membership.account,
            let person = try await person(of: account, in: company)
        else { return nil }
        return CompanyFounder(account: account, person: person)
    }

    /// Somebody as a company's register would name them.
    private func person(
        of account: AccountIdentifier, in company: CompanyIdentifier
    ) async throws -> IdentityHash? {
        try await store.profile(of: account).flatMap { ExpectedIdentity($0.person) }
            .map { hashing.hash($0, in: company) }
    }

    /// Reads evidence with the people whom it names, and what is otherwise than it was.
    private func named(
        _ json: JSONObject, _ method: CompanyEvidence.Method, of company: CompanyIdentifier, by clerk: CompanyClerk
    ) throws(MessageError) -> (CompanyEvidence, [RegisterPowerRecord], CompanyFacts?) {
        let now = clock.now()
        var reader = MemberReader(json)
        let evidence = try evidence(&reader, method, by: clerk, now: now)
        guard let list = try reader.value("powers").array, list.count <= CompanyRules.powersAtMost else {
            throw .malformed("powers")
        }
        let facts = try reader.optionalObject("changed").map { json throws(MessageError) in
            try CompanyFacts(json: json)
        }
        try reader.finish()
        var powers: [RegisterPowerRecord] = []
        for element in list {
            guard let object = element.object else { throw .malformed("powers") }
            let entry = try RegisterPowerEntry(json: object)
            guard entry.person.birthdate <= CalendarDate(inGermanyAt: now) else { throw .malformed("birthdate") }
            powers.append(
                RegisterPowerRecord(
                    identifier: .random(), company: company, person: hashing.hash(entry.person, in: company),
                    kind: entry.kind, representation: entry.representation, evidence: evidence.identifier,
                    asOf: evidence.asOf))
        }
        return (evidence, powers, facts)
    }

    /// Freezes a company: nobody acts for it any more.
    ///
    /// - Parameter proof: as for `cure`, of whatever says so; nil for a dispute alone.
    public func freeze(
        _ company: CompanyIdentifier, for reason: FreezeReason, proof: JSONObject? = nil, by clerk: CompanyClerk
    ) async throws {
        let evidence = try proof.map { proof throws(MessageError) in try self.evidence(proof, by: clerk) }
        try await act(on: company, by: clerk) { snapshot, now in
            CompanyRules.freeze(for: reason, by: evidence, in: snapshot, now: now)
        }
    }

    /// Ends a freeze with new proof.
    ///
    /// - Parameters:
    ///   - proof: `as_of`, `level`, `method` (`register_extract` or `desk`).
    ///   - account: whom the clerk appoints as administrator; needed when the company has none.
    public func cure(
        _ company: CompanyIdentifier, proof: JSONObject, appointing account: AccountIdentifier?,
        by clerk: CompanyClerk
    ) async throws {
        let evidence = try evidence(proof, by: clerk)
        let membership = MembershipIdentifier.random()
        try await act(on: company, by: clerk, appointing: account) { snapshot, now in
            CompanyRules.cure(by: evidence, appointing: account, membership: membership, in: snapshot, now: now)
        }
    }

    /// Closes a frozen company, e.g. one that was dissolved: its mandates and invitations end at once, its memberships
    /// after the grace in which its people can still see it.
    ///
    /// - Parameter proof: as for `cure`.
    public func close(_ company: CompanyIdentifier, proof: JSONObject, by clerk: CompanyClerk) async throws {
        let evidence = try evidence(proof, by: clerk)
        try await act(on: company, by: clerk) { snapshot, now in
            CompanyRules.closeFrozen(by: evidence, in: snapshot, now: now)
        }
    }

    /// What a clerk looked at: `as_of`, `level`, `method` (`register_extract` or `desk`).
    private func evidence(_ proof: JSONObject, by clerk: CompanyClerk) throws(MessageError) -> CompanyEvidence {
        var reader = MemberReader(proof)
        let method = try reader.choice("method", as: CompanyEvidence.Method.self)
        guard method != .upstream else { throw MessageError.malformed("method") }
        let evidence = try evidence(&reader, method, by: clerk, now: clock.now())
        try reader.finish()
        return evidence
    }

    private func evidence(
        _ reader: inout MemberReader, _ method: CompanyEvidence.Method, by clerk: CompanyClerk, now: Timestamp
    ) throws(MessageError) -> CompanyEvidence {
        let asOf = try reader.wire("as_of", as: CalendarDate.self)
        guard let level = AssuranceLevel(name: try reader.string("level", maximumLength: 16)) else {
            throw .malformed("level")
        }
        return CompanyEvidence(
            identifier: .random(), method: method, performer: clerk.tenant, level: level, asOf: asOf,
            recordedAt: now)
    }

    /// - Parameters:
    ///   - powers: whom the clerk records.
    ///   - appointed: whom the clerk appoints; the snapshot's actor.
    private func act(
        on company: CompanyIdentifier, by clerk: CompanyClerk, recording powers: [RegisterPowerRecord] = [],
        appointing appointed: AccountIdentifier? = nil,
        _ rule: @escaping @Sendable (CompanySnapshot, Timestamp) -> CompanyDecision
    ) async throws {
        var identity: ClerkIdentity?
        if let account = clerk.account {
            identity = ClerkIdentity(account: account, person: try await person(of: account, in: company))
        }
        let concern = CompanyConcern(actor: appointed, clerk: clerk.account)
        try await change(company, concerning: concern, by: clerk.actor) { [identity] snapshot, now in
            if let identity,
                ClerkRules.isOwn(identity, recording: powers, appointing: appointed, in: snapshot)
            {
                return .refused(.selfApproval)
            }
            return rule(snapshot, now)
        }
    }
}
