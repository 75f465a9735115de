public import AccountDirectory
internal import IdentityCrypto
public import OpenIDMessages

/// What a clerk does at a town's desk for a person who stands in front of it.
public struct DeskFlow: Sendable {
    let enrolment: EnrolmentFlow
    let store: any AccountStore & EnrolmentStore & DeviceStore & EvidenceStore & AuditStore
    let identification: DeskIdentification
    let clock: ProviderClock
    let bell: LogoutBell

    private var hashes: PersonHashes { identification.hashes }

    /// Reads a person's file and checks what a clerk can mistype. Throws `MessageError`.
    public func person(_ json: JSONObject) throws -> PersonRecord {
        let person = try PersonRecord(json: json)
        try PersonRules.check(person, today: CalendarDate(inGermanyAt: clock.now()))
        return person
    }

    /// Reads how the clerk proved who stands there (`DeskEvidence`). Throws `MessageError`, and
    /// `DeskRefusal.documentExpired` for a document whose last day is over.
    public func evidence(_ json: JSONObject?, of visit: DeskVisit) throws -> DeskEvidence? {
        guard let json else { return nil }
        let today = CalendarDate(inGermanyAt: clock.now())
        let evidence = try DeskEvidence(json: json, level: visit.level, link: visit.link, today: today)
        if let day = evidence.expired(before: today) { throw DeskRefusal.documentExpired(day) }
        return evidence
    }

    /// Accounts like the person at the desk, with their devices, for the clerk's eyes: each of these people reads in their
    /// trail that somebody looked.
    public func find(for visit: DeskVisit) async throws -> [(candidate: DeskCandidate, devices: [DeviceRecordRow])] {
        var found: [(DeskCandidate, [DeviceRecordRow])] = []
        for candidate in try await shown(similar(to: visit), in: visit) {
            found.append((candidate, try await store.devices(of: candidate.account)))
        }
        return found
    }

    /// Accounts as a clerk sees them; each of these people reads that somebody looked.
    private func shown(_ profiles: [AccountProfile], in visit: DeskVisit) async throws -> [DeskCandidate] {
        let now = clock.now()
        try await store.record(profiles.map { visit.event(.subjectSeen, person: $0.identifier, now: now) })
        return profiles.map(DeskCandidate.init)
    }

    /// Accounts whose person has the same names and birth date, or the same upstream identity.
    public func candidates(for visit: DeskVisit) async throws -> [DeskCandidate] {
        try await similar(to: visit).map(DeskCandidate.init)
    }

    /// A ticket for the person's first device, or for a further one. Whoever looks like somebody with an account is
    /// shown to the clerk, who decides; a program never does (I1). What was looked at when a known person came for a
    /// further device stands behind the account from then on, as with `renew`. Throws `DeskRefusal`.
    public func ticket(for visit: DeskVisit, decision: DuplicateDecision? = nil) async throws -> DeskTicket {
        let similar = try await similar(to: visit)
        for profile in similar { try visit.checkServes(profile.identifier) }
        switch decision {
        case nil:
            if similar.isEmpty, let ticket = try await register(visit) { return ticket }
            // Also those who were registered between the look and the write.
            let alike = similar.isEmpty ? try await self.similar(to: visit) : similar
            let question = try await openCase(visit)
            return .similar(try await shown(alike, in: visit), case: question)
        case .otherPerson:
            if let linked = try await linked(visit) { throw DeskRefusal.linkKnown(linked.identifier) }
            guard try await answerCase(visit, as: .otherPerson),
                let ticket = try await register(visit, isOtherPerson: true)
            else { throw DeskRefusal.nothingToDecide }
            return ticket
        case .samePerson(let account):
            if let linked = try await linked(visit), linked.identifier != account {
                throw DeskRefusal.linkKnown(linked.identifier)
            }
            guard let profile = similar.first(where: { $0.identifier == account }) else {
                throw try await store.profile(of: account) == nil
                    ? DeskRefusal.unknownAccount : DeskRefusal.otherPerson
            }
            if visit.evidence != nil { try checkLevel(of: visit, for: profile) }
            _ = try await answerCase(visit, as: .samePerson)
            return try await furtherDevice(of: profile, visit)
        }
    }

    /// Nil when somebody looks alike, and no clerk has said that it is another person.
    private func register(_ visit: DeskVisit, isOtherPerson: Bool = false) async throws -> DeskTicket? {
        let now = clock.now()
        let account = AccountRecord(identifier: .random(), person: visit.person, level: visit.level, state: .pending)
        let (ticket, issued) = enrolment.makeTicket(
            for: account, purpose: .first, tenant: visit.tenant, level: visit.level, now: now)
        let blockCode = RandomBytes.digits(18)
        let outcome = try await store.register(
            NewAccount(
                account, ticket: ticket, createdAt: now, likeness: hashes.likeness(of: visit.person),
                link: link(visit),
                blockDigest: SecretDigest(of: blockCode), evidence: visit.proof(of: account.identifier, now: now),
                isOtherPerson: isOtherPerson),
            events: [.accountRegistered, .ticketIssued].map {
                visit.event($0, person: account.identifier, now: now)
            })
        switch outcome {
        case .registered: return .issued(issued, account: account.identifier, blockCode: blockCode)
        case .similar: return nil
        case .linkKnown(let known): throw DeskRefusal.linkKnown(known)
        }
    }

    private func furtherDevice(of profile: AccountProfile, _ visit: DeskVisit) async throws -> DeskTicket {
        let account = AccountRecord(
            identifier: profile.identifier, person: profile.person, level: profile.level, state: profile.state)
        let now = clock.now()
        // Evidence is at the account's level or above, and raises it to its own.
        let (ticket, issued) = enrolment.makeTicket(
            for: account, purpose: profile.state == .pending ? .first : .desk, tenant: visit.tenant,
            level: visit.evidence == nil ? min(visit.level, profile.level) : visit.level, now: now)
        if visit.evidence != nil {
            _ = try await prove(profile, visit, ticket: ticket, now: now)
        } else {
            let change = try await store.issue(
                ticket, event: visit.event(.ticketIssued, person: profile.identifier, now: now))
            if case .notPossible(let state) = change { throw DeskRefusal.notOpen(state) }
            try settle(change)
        }
        return .issued(issued, account: profile.identifier, blockCode: nil)
    }

    /// Locks an account. Throws `DeskRefusal`.
    public func lock(_ account: AccountIdentifier, for reason: LockReason, in scope: TenantScope) async throws {
        try await lock(account, for: reason, by: Author(.clerk, at: scope.tenant.identifier))
    }

    func lock(_ account: AccountIdentifier, for reason: LockReason, by author: Author) async throws {
        try settle(try await store.lock(account, for: reason, by: author, time: clock.now()))
        bell.ring()
    }

    /// Blocks one device that was lost, or takes it away for good. Throws `DeskRefusal`.
    public func block(
        _ device: DeviceIdentifier, of account: AccountIdentifier, forGood: Bool, in scope: TenantScope
    ) async throws {
        try await block(device, of: account, forGood: forGood, by: Author(.clerk, at: scope.tenant.identifier))
    }

    func block(
        _ device: DeviceIdentifier, of account: AccountIdentifier, forGood: Bool, by author: Author
    ) async throws {
        let change = try await store.change(
            device, of: account, by: forGood ? .revoke : .reportLost, approval: nil, author: author,
            time: clock.now())
        switch change {
        case .changed: bell.ring()
        case .unknown: throw DeskRefusal.unknownDevice
        case .notPossible(let state): throw DeskRefusal.notPossible(state: state.rawValue)
        }
    }

    /// Gives an account back to its person, or cancels its closing: never at a lower level than it had (R1, R2).
    ///
    /// - Parameters:
    ///   - found: a suspended or locked device that the person has again.
    ///   - lifting: what is over, as `AccountRules.reactivation` has it.
    /// - Throws: `DeskRefusal`.
    public func reactivate(
        _ account: AccountIdentifier, visit: DeskVisit, found: DeviceIdentifier? = nil,
        lifting: Set<LockReason> = []
    ) async throws -> DeskReactivation {
        let now = clock.now()
        guard let profile = try await store.profile(of: account) else { throw DeskRefusal.unknownAccount }
        let identification = AccountRules.Identification(
            level: visit.level,
            isAccountsPerson: try await similar(to: visit).contains { $0.identifier == account })
        let reactivation: AccountRules.Reactivation
        do {
            reactivation = try AccountRules.reactivation(
                of: profile.state, locks: profile.locks, level: profile.level, by: identification,
                lifting: lifting, eraseAt: profile.eraseAt, now: now)
        } catch {
            try await store.record(visit.event(.proofingFailed, now: now))
            throw DeskRefusal(error, level: profile.level)
        }
        let record = AccountRecord(
            identifier: account, person: profile.person, level: profile.level, state: profile.state)
        let (ticket, issued) = enrolment.makeTicket(
            for: record, purpose: .reactivation, tenant: visit.tenant, level: visit.level, now: now)
        let change = try await store.reactivate(
            profile, as: reactivation, found: found, ticket: ticket, by: visit.author, time: now)
        bell.ring()
        guard change == .awaitsDevice else {
            try settle(change)
            return .active
        }
        return .awaitsDevice(issued)
    }

    /// Writes what new evidence proved, for instance a new name (I5, I6), or the same data in the place of evidence that
    /// expired. Names or birth date may differ from what is known, not both, unless an upstream identity shows that it is
    /// the same person. An identity elsewhere that was shown belongs to the account from then on, and whoever looks like the
    /// person with the new data is a question for the clerks (I1). Throws `DeskRefusal`.
    public func rename(_ account: AccountIdentifier, visit: DeskVisit) async throws -> DeskRename {
        guard let profile = try await store.profile(of: account) else { throw DeskRefusal.unknownAccount }
        return try await prove(profile, visit, now: clock.now())
    }

    /// Writes that the account's person proved anew who they are, for instance by a new passport in the place of one that
    /// will expire. Names and birth date are those of the account; with others it is a `rename`. Throws `DeskRefusal`.
    public func renew(_ account: AccountIdentifier, visit: DeskVisit) async throws -> DeskRename {
        let profile = try await identification.profile(of: account, in: visit)
        return try await prove(profile, visit, now: clock.now())
    }

    private func checkLevel(of visit: DeskVisit, for profile: AccountProfile) throws(DeskRefusal) {
        guard visit.level >= profile.level else { throw .levelTooLow(needed: profile.level) }
    }

    /// - Parameter ticket: for a further device of the person, in the same write.
    private func prove(
        _ profile: AccountProfile, _ visit: DeskVisit, ticket: TicketRecord? = nil, now: Timestamp
    ) async throws -> DeskRename {
        let account = profile.identifier
        try checkLevel(of: visit, for: profile)
        let linked = try await linked(visit)?.identifier
        if let linked, linked != account { throw DeskRefusal.linkKnown(linked) }
        let isLinked = linked == account
        guard isLinked || profile.person.mayBecome(visit.person) else {
            try await store.record(visit.event(.proofingFailed, now: now))
            throw DeskRefusal.otherPerson
        }
        let change = AttributeChange(from: profile.person, to: visit.person)
        let person = profile.person.superseded(by: visit.person)
        let isNewLink = visit.link != nil && !isLinked
        let isNews = try await isNews(change, making: person, of: profile, in: visit, now: now)
        guard isNewLink || isNews else { throw DeskRefusal.nothingChanged }
        let issued = ticket.map { _ in visit.event(.ticketIssued, person: account, now: now) }
        let outcome = try await store.supersede(
            profile, by: person, likeness: hashes.likeness(of: person), change: change,
            evidence: visit.proof(of: account, now: now), link: isNewLink ? link(visit) : nil, ticket: ticket,
            events: Self.events(of: change, to: profile, in: visit, now: now) + [issued].compactMap(\.self), time: now)
        if case .notPossible(let state) = outcome, ticket != nil, !state.takesTickets {
            throw DeskRefusal.notOpen(state)
        }
        try settle(outcome)
        return DeskRename(change: change, case: try await openCase(visit, of: person, earlier: profile))
    }

    /// Others who look like a person from a rename on: a program merges nobody (I1).
    private func openCase(
        _ visit: DeskVisit, of person: PersonRecord, earlier profile: AccountProfile
    ) async throws -> DuplicateCaseIdentifier? {
        guard let likeness = hashes.likeness(of: person), likeness != hashes.likeness(of: profile.person),
            try await store.accounts(like: likeness).contains(where: { $0.identifier != profile.identifier })
        else { return nil }
        return try await openCase(visit)
    }

    private func link(_ visit: DeskVisit) -> IdentityLink? {
        visit.link.map { IdentityLink(upstream: $0.upstream, digest: hashes.link($0), level: visit.level) }
    }

    /// Other data, a higher level, a document that somebody looked at, or what nothing proves any more.
    private func isNews(
        _ change: AttributeChange, making person: PersonRecord, of profile: AccountProfile, in visit: DeskVisit,
        now: Timestamp
    ) async throws -> Bool {
        guard person == profile.person, visit.level == profile.level, visit.evidence == nil else { return true }
        let proved = try await store.verifiedAttributes(of: profile.identifier).filter { $0.counts(at: now) }.map(
            \.claim)
        return !change.proved.allSatisfy(proved.contains)
    }

    /// That the level rose, and each claim that was proved or rests on an old identity.
    private static func events(
        of change: AttributeChange, to profile: AccountProfile, in visit: DeskVisit, now: Timestamp
    ) -> [SecurityEvent] {
        func event(_ kind: SecurityEvent.Kind, _ object: String) -> SecurityEvent {
            visit.event(kind, object: object, person: profile.identifier, now: now)
        }
        return (visit.level > profile.level ? [event(.ticketIssued, visit.level.name)] : [])
            + change.proved.map { event(.attributeVerified, $0) } + change.stale.map { event(.attributeStale, $0) }
    }

    /// A fresh code that locks the account, for its person who lost theirs: identified as for an account that is given back,
    /// because whoever has the code can lock the account. Throws `DeskRefusal`.
    public func freshBlockCode(of account: AccountIdentifier, visit: DeskVisit) async throws -> String {
        _ = try await identification.profile(of: account, in: visit)
        let code = RandomBytes.digits(18)
        try settle(
            try await store.replaceBlockCode(
                of: account, with: SecretDigest(of: code), by: visit.author, time: clock.now()))
        return code
    }

    /// The questions that a town's clerks have not answered.
    public func openCases(in scope: TenantScope) async throws -> [DuplicateCase] {
        try await store.openCases(in: scope)
    }

    // MARK: Who is it

    private func similar(to visit: DeskVisit) async throws -> [AccountProfile] {
        try await identification.similar(to: visit)
    }

    private func linked(_ visit: DeskVisit) async throws -> AccountProfile? {
        try await identification.linked(visit)
    }

    /// Nil without a birth date: then only an upstream identity made them look alike.
    private func openCase(_ visit: DeskVisit) async throws -> DuplicateCaseIdentifier? {
        guard let likeness = hashes.likeness(of: visit.person) else { return nil }
        return try await store.openCase(
            like: likeness, in: visit.scope, event: visit.event(.proofingStarted, now: clock.now())
        ).identifier
    }

    private func answerCase(_ visit: DeskVisit, as state: DuplicateCase.State) async throws -> Bool {
        guard let likeness = hashes.likeness(of: visit.person) else { return false }
        return try await store.answerCase(
            like: likeness, in: visit.scope, as: state,
            event: visit.event(.duplicateAnswered, now: clock.now()))
    }

    private func settle(_ change: AccountChange) throws(DeskRefusal) {
        switch change {
        case .changed, .awaitsDevice: return
        case .unknown: throw .unknownAccount
        case .notPossible(let state): throw .notPossible(state: state.rawValue)
        case .deviceRefused(.notPossible(let state)): throw .notPossible(state: state.rawValue)
        case .deviceRefused: throw .unknownDevice
        }
    }
}

extension DeskRefusal {
    init(_ objection: AccountRules.Objection, level: AssuranceLevel) {
        self =
            switch objection {
            case .nothingToLift: .nothingToLift
            case .otherPerson: .otherPerson
            case .levelTooLow: .levelTooLow(needed: level)
            case .orderedByAuthority: .orderedByAuthority
            case .deceased: .deceased
            case .tooLate: .tooLate
            }
    }
}
