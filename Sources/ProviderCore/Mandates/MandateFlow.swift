public import AccountDirectory
internal import OpenIDMessages

/// What people do with mandates: ask for them, approve, let rest, end, and look at them.
///
/// Throws `DeviceRefusal`, or a fault of the store.
public struct MandateFlow: Sendable {
    let registry: ClientRegistry
    let store: any MandateStore
    let clock: ProviderClock

    /// Asks for a mandate. It is active at once when the person may grant it and no other approval is needed; it waits
    /// for others when more are needed, or when the person asked for their own.
    public func propose(_ proposal: MandateProposal, by device: VerifiedDevice) async throws -> MandateRecord {
        let drafting = drafting(proposal, by: device)
        return try await store.propose(proposal, by: device.account.identifier, at: drafting.now) { parties in
            drafting.draft(parties)
        }.get()
    }

    /// Throws what a proposal would be refused with now; writes nothing.
    func check(_ proposal: MandateProposal, by device: VerifiedDevice) async throws {
        let drafting = drafting(proposal, by: device)
        let parties = try await store.parties(to: proposal, by: device.account.identifier, now: drafting.now)
        _ = try (parties.map { drafting.draft($0) } ?? .unknown).get()
    }

    private func drafting(_ proposal: MandateProposal, by device: VerifiedDevice) -> Drafting {
        let scopes = registry.servicesWithMandates.compactMap { $0.mandateScope.flatMap(MandateScope.init(rawValue:)) }
        return Drafting(
            proposal: proposal, identifier: .random(), account: device.account.identifier,
            device: device.device.identifier, now: clock.now(), scopes: Set(scopes),
            tenants: Set(registry.region.tenants.map(\.identifier)))
    }

    /// Approves a mandate that waits for it. It is active as soon as enough approvals count.
    public func approve(_ mandate: MandateIdentifier, by device: VerifiedDevice) async throws -> MandateRecord {
        let now = clock.now()
        let identifier = device.device.identifier
        let account = device.account.identifier
        return try await store.approve(mandate, by: account, on: identifier, at: now) { situation in
            Self.judgeApproval(situation, on: identifier, today: CalendarDate(inGermanyAt: now), account: account)
        }.get()
    }

    /// Ends a mandate, and with it what was delegated from it. From the return of this call on it allows nothing.
    public func revoke(_ mandate: MandateIdentifier, by device: VerifiedDevice) async throws -> MandateRecord {
        let account = device.account.identifier
        return try await store.move(mandate, .revoke, by: account, at: clock.now()) { situation in
            Self.judgeRevocation(situation, account: account)
        }.get()
    }

    /// Lets a mandate rest.
    public func suspend(_ mandate: MandateIdentifier, by device: VerifiedDevice) async throws -> MandateRecord {
        try await move(mandate, .suspend, by: device) { actor, _ in
            MandateApprovalRules.maySuspend(actor) ? nil : .notEntitled
        }
    }

    /// Brings back a mandate that rests.
    public func resume(_ mandate: MandateIdentifier, by device: VerifiedDevice) async throws -> MandateRecord {
        try await move(mandate, .resume, by: device) { actor, grantee in
            MandateApprovalRules.mayResume(actor, grantee: grantee)
        }
    }

    /// A mandate that concerns the person.
    public func mandate(_ identifier: MandateIdentifier, for account: AccountIdentifier) async throws -> MandateRecord {
        guard let record = try await store.mandate(identifier, for: account) else {
            throw DeviceRefusal(.unknownMandate, .mandateUnknown)
        }
        return record
    }

    /// The mandates that a person holds, in all companies, the latest first.
    public func held(by account: AccountIdentifier) async throws -> [MandateRecord] {
        try await store.mandates(heldBy: account)
    }

    /// The mandates for, from and to a company. Whoever grants rights there sees all of them, another member their own.
    public func mandates(
        of company: CompanyIdentifier, for account: AccountIdentifier
    ) async throws -> [MandateRecord] {
        guard let actor = try await store.actor(account, in: company, now: clock.now()) else {
            throw DeviceRefusal(.unknownMandate, .mandateUnknown)
        }
        let all = try await store.mandates(of: company)
        return MandateApprovalRules.maySuspend(actor) ? all : all.filter { $0.grantee == account }
    }

    private func move(
        _ mandate: MandateIdentifier, _ event: MandateState.Event, by device: VerifiedDevice,
        _ objection: @escaping @Sendable (MandateActor, AccountIdentifier?) -> MandateRefusal?
    ) async throws -> MandateRecord {
        let account = device.account.identifier
        return try await store.move(mandate, event, by: account, at: clock.now()) { situation in
            guard situation.concerns(account) else { return .unknown }
            guard let actor = situation.roles[situation.record.mandate.grantor] else { return .refused(.notEntitled) }
            if let refusal = objection(actor, situation.record.grantee) { return .refused(refusal) }
            return situation.record.mandate.state.allows(event) ? .done(()) : .refused(.notInThatState)
        }.get()
    }

    private static func judgeApproval(
        _ situation: MandateSituation, on device: DeviceIdentifier, today: CalendarDate, account: AccountIdentifier
    ) -> MandateOutcome<ApprovalDecision> {
        guard situation.concerns(account) else { return .unknown }
        guard situation.areCompaniesActive else { return .refused(.grantorNotActive) }
        guard situation.isGranteeActive else { return .refused(.granteeNotActive) }
        if situation.record.mandate.parent != nil, situation.parent?.state != .active {
            return .refused(.parentNotActive)
        }
        guard let actor = situation.roles[situation.record.mandate.grantor] else { return .refused(.notEntitled) }
        let decision = MandateApprovalRules.decide(
            situation.record.mandate, by: actor, on: device, situation.approvalFacts(today))
        if case .refused(let refusal) = decision { return .refused(refusal) }
        return .done(decision)
    }

    private static func judgeRevocation(
        _ situation: MandateSituation, account: AccountIdentifier
    ) -> MandateOutcome<Void> {
        guard situation.concerns(account) else { return .unknown }
        let may = MandateApprovalRules.mayRevoke(
            account: account, roles: Array(situation.roles.values), grantee: situation.record.grantee,
            parentGrantee: situation.parent?.grantee)
        guard may else { return .refused(.notEntitled) }
        return situation.record.mandate.state.allows(.revoke) ? .done(()) : .refused(.notInThatState)
    }
}

extension MandateSituation {
    /// Somebody else hears of no mandate.
    fileprivate func concerns(_ account: AccountIdentifier) -> Bool { !roles.isEmpty || record.grantee == account }
}
