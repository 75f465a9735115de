import AccountDirectory
import IdentityCrypto
import OpenIDMessages
import ProviderCore

extension FaultyStore {
    public func assignments(of account: AccountIdentifier, now: Timestamp) async throws -> [AdminAssignment] {
        try await call { try await store.assignments(of: account, now: now) }
    }

    public func assignments(in scope: TenantScope, page: PageRequest) async throws -> [AdminAssignment] {
        try await call { try await store.assignments(in: scope, page: page) }
    }

    public func assignment(
        _ identifier: AssignmentIdentifier, in scope: TenantScope
    ) async throws -> AdminAssignment? {
        try await call { try await store.assignment(identifier, in: scope) }
    }

    public func assignments(by capability: RegionCapability, page: PageRequest) async throws -> [AdminAssignment] {
        try await call { try await store.assignments(by: capability, page: page) }
    }

    public func assignment(
        _ identifier: AssignmentIdentifier, by capability: RegionCapability
    ) async throws -> AdminAssignment? {
        try await call { try await store.assignment(identifier, by: capability) }
    }

    public func grant(
        _ approved: ApprovedAssignment, telling town: TenantScope?, now: Timestamp, event: SecurityEvent
    ) async throws -> Bool {
        try await call { try await store.grant(approved, telling: town, now: now, event: event) }
    }

    public func revoke(_ assignment: AdminAssignment, event: SecurityEvent) async throws -> Bool {
        try await call { try await store.revoke(assignment, event: event) }
    }

    public func administrator(
        named subject: SubjectIdentifier, in sector: SubjectSector
    ) async throws -> AccountIdentifier? {
        try await call { try await store.administrator(named: subject, in: sector) }
    }

    public func hasRegionAdministrator(now: Timestamp) async throws -> Bool {
        try await call { try await store.hasRegionAdministrator(now: now) }
    }

    public func save(_ ticket: BootstrapTicket, event: SecurityEvent) async throws {
        try await call { try await store.save(ticket, event: event) }
    }

    public func bootstrap(
        _ ticket: HandleDigest, _ approved: ApprovedAssignment, now: Timestamp, event: SecurityEvent
    ) async throws -> Bool {
        try await call { try await store.bootstrap(ticket, approved, now: now, event: event) }
    }

    public func request(_ emergency: Emergency, in scope: TenantScope, event: SecurityEvent) async throws -> Bool {
        try await call { try await store.request(emergency, in: scope, event: event) }
    }

    public func emergencies(in scope: TenantScope, page: PageRequest) async throws -> [Emergency] {
        try await call { try await store.emergencies(in: scope, page: page) }
    }

    public func emergency(_ identifier: EmergencyIdentifier, in scope: TenantScope) async throws -> Emergency? {
        try await call { try await store.emergency(identifier, in: scope) }
    }

    public func approve(
        _ emergency: Emergency, in scope: TenantScope, _ approved: ApprovedAssignment, approver: AccountIdentifier,
        now: Timestamp, event: SecurityEvent
    ) async throws -> Bool {
        try await call {
            try await store.approve(emergency, in: scope, approved, approver: approver, now: now, event: event)
        }
    }

    public func refuse(
        _ emergency: Emergency, in scope: TenantScope, approver: AccountIdentifier, event: SecurityEvent
    ) async throws -> Bool {
        try await call { try await store.refuse(emergency, in: scope, approver: approver, event: event) }
    }

    public func notices(in scope: TenantScope, page: PageRequest) async throws -> [AdministrationNotice] {
        try await call { try await store.notices(in: scope, page: page) }
    }

    public func owner(of name: MissedName, otherThan scope: TenantScope) async throws -> NameOwner? {
        try await call { try await store.owner(of: name, otherThan: scope) }
    }

    public func record(_ event: SecurityEvent) async throws { try await call { try await store.record(event) } }
}

extension FaultyStore {
    public func counters(in scope: TenantScope, now: Timestamp) async throws -> TenantCounters {
        try await call { try await store.counters(in: scope, now: now) }
    }

    public func account(of subject: SubjectIdentifier, in scope: TenantScope) async throws -> AccountIdentifier? {
        try await call { try await store.account(of: subject, in: scope) }
    }

    public func sessions(
        of subject: SubjectIdentifier, in scope: TenantScope, now: Timestamp
    ) async throws -> [TenantSession] {
        try await call { try await store.sessions(of: subject, in: scope, now: now) }
    }

    public func end(
        _ session: SessionIdentifier, of subject: SubjectIdentifier, in scope: TenantScope, event: SecurityEvent
    ) async throws -> Bool {
        try await call { try await store.end(session, of: subject, in: scope, event: event) }
    }

    public func devices(of subject: SubjectIdentifier, in scope: TenantScope) async throws -> [DeviceRecordRow] {
        try await call { try await store.devices(of: subject, in: scope) }
    }

    public func suspend(
        _ device: DeviceIdentifier, of subject: SubjectIdentifier, in scope: TenantScope, by actor: SecurityEvent.Actor,
        transaction: TransactionIdentifier, time: Timestamp
    ) async throws -> Bool {
        try await call {
            try await store.suspend(
                device, of: subject, in: scope, by: actor, transaction: transaction, time: time)
        }
    }
}
