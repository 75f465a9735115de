public import AccountDirectory
internal import IdentityCrypto
internal import OpenIDMessages

/// Break-glass (invariant I25): one person asks, another approves, the right lasts for hours, and the tenant's data
/// protection officer hears of it; where there is none, its administrators do. Where nobody would hear of it there is none.
extension AdministrationFlow {
    public func requestEmergency(
        reason: String, duration: Int64, in scope: TenantScope, by administrator: Administrator
    ) async throws -> Emergency {
        let now = clock.now()
        let emergency = Emergency(
            identifier: .random(), tenant: scope.tenant.identifier, requester: administrator.account,
            requesterSubject: administrator.subject, reason: reason, duration: duration, requestedAt: now)
        let isTold = try await store.request(
            emergency, in: scope,
            event: administrator.event(
                .emergencyRequested, object: emergency.identifier.rawValue, person: administrator.account,
                at: scope.tenant.identifier, now: now))
        guard isTold else { throw AdministrationProblem.nobodyToTell }
        return emergency
    }

    public func emergencies(in scope: TenantScope, page: PageRequest) async throws -> [Emergency] {
        try await store.emergencies(in: scope, page: page)
    }

    public func emergency(_ name: String, in scope: TenantScope, by administrator: Administrator) async throws
        -> Emergency
    {
        guard let identifier = EmergencyIdentifier(rawValue: name) else { throw AdministrationProblem.notFound }
        guard let found = try await store.emergency(identifier, in: scope) else {
            throw try await missed(.emergency(identifier), in: scope, by: administrator)
        }
        return found
    }

    /// The second person.
    ///
    /// - Parameter capability: for `.approveEmergency` at the tenant.
    public func approve(
        _ emergency: Emergency, in scope: TenantScope, by administrator: Administrator, _ capability: TenantCapability
    ) async throws -> AdminAssignment {
        let now = clock.now()
        let decision = AdministrationRules.assignment(
            for: emergency, identifier: .random(), approvedBy: capability.assignment, now: now)
        let approved: ApprovedAssignment
        do { approved = try decision.get() } catch { throw error.problem }
        let isWritten = try await store.approve(
            emergency, in: scope, approved, approver: administrator.account, now: now,
            event: administrator.event(
                .emergencyApproved, object: emergency.identifier.rawValue, person: emergency.requester,
                at: scope.tenant.identifier, now: now))
        guard isWritten else { throw AdministrationProblem.notPossibleNow }
        return approved.assignment
    }

    public func refuse(
        _ emergency: Emergency, in scope: TenantScope, by administrator: Administrator
    ) async throws {
        let event = administrator.event(
            .emergencyRefused, object: emergency.identifier.rawValue, person: emergency.requester,
            at: scope.tenant.identifier, now: clock.now())
        guard
            try await store.refuse(emergency, in: scope, approver: administrator.account, event: event)
        else { throw AdministrationProblem.notPossibleNow }
    }

    public func notices(in scope: TenantScope, page: PageRequest) async throws -> [AdministrationNotice] {
        try await store.notices(in: scope, page: page)
    }
}

extension Emergency.Objection {
    var problem: AdministrationProblem {
        switch self {
        case .ownRequest: .twoPeopleNeeded
        case .decided, .expired: .notPossibleNow
        }
    }
}
