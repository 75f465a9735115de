public import AccountDirectory
internal import IdentityCrypto
public import OpenIDMessages

/// Administration: who may do what, and rights that are granted and revoked. Refusals are `AdministrationProblem`.
public struct AdministrationFlow: Sendable {
    let registry: ClientRegistry
    let access: AdministrationAccess
    let store: any AdministrationStore
    let clock: ProviderClock

    public func administrator(_ presented: PresentedAccessToken) async throws -> Administrator {
        try await access.administrator(presented)
    }

    /// A nonce for the next proof (RFC 9449 §8).
    public func nonce() -> String { access.proofs.nonce() }

    // MARK: Capabilities

    /// The scope in which somebody may do `action` at the tenant called `name`. A tenant that is none of somebody's
    /// business is answered like one that does not exist, and the attempt is written down (invariant I23).
    public func scope(
        for action: AdministrationAction, at name: String, by administrator: Administrator
    ) async throws -> (scope: TenantScope, capability: TenantCapability) {
        guard let identifier = TenantIdentifier(rawValue: name), let tenant = registry.tenant(identifier),
            tenant.identifier.rawValue != AdministrationPortal.tenantName
        else { throw AdministrationProblem.notFound }
        switch AdministrationRules.decide(action, at: tenant, by: administrator.assignments, now: clock.now()) {
        case .allowed(let capability):
            guard let scope = registry.scope(for: capability) else { throw AdministrationProblem.notFound }
            return (scope, capability)
        case .missingRight: throw AdministrationProblem.notAllowed
        case .stranger:
            try await recordProbe(at: identifier, object: nil, by: administrator)
            throw AdministrationProblem.notFound
        }
    }

    public func capability(
        for action: AdministrationAction, by administrator: Administrator
    ) throws(AdministrationProblem) -> RegionCapability {
        switch AdministrationRules.decideForRegion(action, by: administrator.assignments, now: clock.now()) {
        case .allowed(let capability): return capability
        case .missingRight: throw .notAllowed
        }
    }

    /// The tenants at which somebody administers anything, in the region's order.
    public func tenants(of administrator: Administrator) -> [Tenant] {
        let now = clock.now()
        return registry.region.tenants.filter { tenant in
            administrator.assignments.contains { AdministrationRules.covers($0.scope, tenant, at: now) }
        }
    }

    /// What a miss means: a name that another tenant has was a probe, which is written down in that tenant's trail. The
    /// answer is the same.
    public func missed(
        _ name: MissedName, in scope: TenantScope, by administrator: Administrator
    ) async throws -> AdministrationProblem {
        switch try await store.owner(of: name, otherThan: scope) {
        case nil: break
        case .region: try await recordProbe(at: nil, object: nil, by: administrator)
        case .tenant(let tenant): try await recordProbe(at: tenant, object: nil, by: administrator)
        case .sector(let sector):
            // Names of administration itself, and of tenants that are gone, are the region's business.
            let tenant = registry.region.tenants.first { $0.sector.rawValue == sector }
            try await recordProbe(at: tenant?.identifier, object: nil, by: administrator)
        }
        return .notFound
    }

    /// The same for a client, which the registry knows.
    public func missed(
        client name: String, in scope: TenantScope, by administrator: Administrator
    ) async throws -> AdministrationProblem {
        let foreign = registry.listing.first {
            $0.client.identifier.rawValue == name && $0.client.tenant != scope.tenant.identifier
        }
        if let foreign { try await recordProbe(at: foreign.client.tenant, object: name, by: administrator) }
        return .notFound
    }

    /// The same for a device of a person whom the tenant knows, under a name that it has elsewhere: nobody but the other town,
    /// or the person, can have told it.
    func missed(
        device name: TownDeviceName, among devices: [DeviceIdentifier], in scope: TenantScope,
        by administrator: Administrator
    ) async throws -> AdministrationProblem {
        let owner = registry.region.tenants.first { tenant in
            tenant.identifier != scope.tenant.identifier
                && devices.contains { TenantPeopleFlow.name(of: $0, in: tenant.sector) == name }
        }
        if let owner { try await recordProbe(at: owner.identifier, object: nil, by: administrator) }
        return .notFound
    }

    /// - Parameter tenant: who was probed; nil for the region.
    func recordProbe(
        at tenant: TenantIdentifier?, object: String?, by administrator: Administrator
    ) async throws {
        try await store.record(
            administrator.event(.crossTenantProbe, object: object, at: tenant, now: clock.now()))
    }

    /// Writes down what an administrator who has logged in wanted and may not (checklist O2). What they were not even told
    /// of is a probe, and written down as that.
    ///
    /// - Parameters:
    ///   - name: the tenant's, as the address has it; nil for the region.
    ///   - route: method and path with its parameters in braces: no name of anybody.
    public func recordRefusal(
        of problem: AdministrationProblem, at name: String?, route: String, by administrator: Administrator
    ) async throws {
        guard problem.status == 403 else { return }
        let tenant = name.flatMap(TenantIdentifier.init(rawValue:)).flatMap { registry.tenant($0)?.identifier }
        try await store.record(
            administrator.event(.administrationRefused, object: route, at: tenant, now: clock.now()))
    }

    // MARK: The first administrator (checklist R1)

    public struct IssuedTicket: Sendable {
        public let text: String
        public let expiresAt: Timestamp
    }

    /// A ticket for the first administrator, good once and for 15 minutes. Nil when there is an administrator of the
    /// region and `recover` does not say that nobody can reach them.
    public func issueBootstrapTicket(recover: Bool) async throws -> IssuedTicket? {
        let now = clock.now()
        if !recover, try await store.hasRegionAdministrator(now: now) { return nil }
        let handle = OneTimeHandle(.bootstrapTicket)
        let ticket = BootstrapTicket(handle: handle.digest, expiresAt: now + Lifetime.bootstrapTicket)
        try await store.save(ticket, event: SecurityEvent(.bootstrapTicketIssued, time: now, actor: .clerk))
        return IssuedTicket(text: handle.text, expiresAt: ticket.expiresAt)
    }

    public func bootstrap(_ text: String, by administrator: Administrator) async throws -> AdminAssignment {
        let now = clock.now()
        guard let handle = OneTimeHandle(parsing: text, as: .bootstrapTicket) else {
            throw AdministrationProblem.ticketUnknown
        }
        let approved = AdministrationRules.bootstrap(
            account: administrator.account, subject: administrator.subject, identifier: .random(), now: now)
        guard !AdministrationRules.conflicts(approved.assignment, with: administrator.assignments) else {
            throw AdministrationProblem.conflictingDuty
        }
        let isWritten = try await store.bootstrap(
            handle.digest, approved, now: now,
            event: administrator.event(
                .administratorGranted, object: approved.assignment.identifier.rawValue,
                person: administrator.account, at: nil, now: now))
        guard isWritten else { throw AdministrationProblem.ticketUnknown }
        return approved.assignment
    }

    // MARK: Assignments

    /// A right that somebody wants to give.
    public struct Wish: Sendable {
        public var subject: SubjectIdentifier
        public var role: AdministrationRole
        /// Nil begins now.
        public var validFrom: Timestamp?
        public var validUntil: Timestamp

        public init(
            subject: SubjectIdentifier, role: AdministrationRole, validFrom: Timestamp?, validUntil: Timestamp
        ) {
            self.subject = subject
            self.role = role
            self.validFrom = validFrom
            self.validUntil = validUntil
        }
    }

    public func grant(
        _ wish: Wish, in scope: TenantScope, by administrator: Administrator
    ) async throws -> AdminAssignment {
        let tenant = scope.tenant
        let place: AdministrationScope =
            wish.role.reach == .operated
            ? .operated(by: tenant.operatorIdentifier, for: tenant.identifier) : .tenant(tenant.identifier)
        do { return try await grant(wish, at: place, in: scope, by: administrator) } catch AdministrationProblem
            .unknownAdministrator
        {
            // Whoever says the `sub` that somebody has at another town's portals probes that town.
            _ = try await missed(.subject(wish.subject), in: scope, by: administrator)
            throw AdministrationProblem.unknownAdministrator
        }
    }

    public func grant(
        _ wish: Wish, by capability: RegionCapability, _ administrator: Administrator
    ) async throws -> AdminAssignment {
        try await grant(wish, at: .region, in: nil, by: administrator)
    }

    private func grant(
        _ wish: Wish, at place: AdministrationScope, in scope: TenantScope?, by administrator: Administrator
    ) async throws -> AdminAssignment {
        let now = clock.now()
        let tenant = scope?.tenant
        guard let sector = AdministrationPortal.sector,
            let account = try await store.administrator(named: wish.subject, in: sector)
        else { throw AdministrationProblem.unknownAdministrator }
        let assignment = AdminAssignment(
            identifier: .random(), account: account, subject: wish.subject, role: wish.role, scope: place,
            validFrom: wish.validFrom ?? now, validUntil: wish.validUntil, grantedBy: nil, grantedAt: now)
        let decision = AdministrationRules.grant(
            assignment, by: administrator.assignments, granter: administrator.account,
            held: try await store.assignments(of: account, now: now), tenant: tenant, now: now)
        let approved: ApprovedAssignment
        do { approved = try decision.get() } catch { throw error.problem }
        let right = administrator.assignments.first { $0.identifier == approved.assignment.grantedBy }
        let isWritten = try await store.grant(
            approved, telling: right?.scope == .region ? scope : nil, now: now,
            event: administrator.event(
                .administratorGranted, object: assignment.identifier.rawValue, person: account, at: tenant?.identifier,
                now: now))
        guard isWritten else { throw AdministrationProblem.notPossibleNow }
        return approved.assignment
    }

    /// Ends an assignment that the administrator may end, at once.
    public func revoke(_ assignment: AdminAssignment, by administrator: Administrator) async throws {
        let now = clock.now()
        guard
            AdministrationRules.mayRevoke(
                assignment, by: administrator.assignments, revoker: administrator.account, now: now)
        else { throw AdministrationProblem.notAllowed }
        let event = administrator.event(
            .administratorRevoked, object: assignment.identifier.rawValue, person: assignment.account,
            at: assignment.scope.tenant, now: now)
        guard try await store.revoke(assignment, event: event) else { throw AdministrationProblem.notPossibleNow }
    }

    public func assignments(in scope: TenantScope, page: PageRequest) async throws -> [AdminAssignment] {
        try await store.assignments(in: scope, page: page)
    }

    public func assignment(_ name: String, in scope: TenantScope, by administrator: Administrator) async throws
        -> AdminAssignment
    {
        guard let identifier = AssignmentIdentifier(rawValue: name) else { throw AdministrationProblem.notFound }
        guard let found = try await store.assignment(identifier, in: scope) else {
            throw try await missed(.assignment(identifier), in: scope, by: administrator)
        }
        return found
    }

    public func assignments(by capability: RegionCapability, page: PageRequest) async throws -> [AdminAssignment] {
        try await store.assignments(by: capability, page: page)
    }

    public func assignment(_ name: String, by capability: RegionCapability) async throws -> AdminAssignment {
        guard let identifier = AssignmentIdentifier(rawValue: name),
            let found = try await store.assignment(identifier, by: capability)
        else { throw AdministrationProblem.notFound }
        return found
    }
}

extension AdministrationRules.GrantObjection {
    var problem: AdministrationProblem {
        switch self {
        case .roleNotGrantable: .roleNotGrantable
        case .scopeExceeded: .scopeExceeded
        case .ownAssignment: .ownAssignment
        case .conflictingDuty: .conflictingDuty
        case .wrongDates: .wrongDates
        }
    }
}
