public import AccountDirectory
internal import IdentityCrypto
public import OpenIDMessages

/// People as one tenant may see them (invariant I24): by the pairwise subject that its portals know, never by name. What
/// an administrator looked at is written down, so that the person can read who has seen their data.
public struct TenantPeopleFlow: Sendable {
    let administration: AdministrationFlow
    let assurance: AssuranceFlow
    let store: any TenantPeopleStore
    let clock: ProviderClock
    let bell: LogoutBell

    public func counters(in scope: TenantScope) async throws -> TenantCounters {
        try await store.counters(in: scope, now: clock.now())
    }

    /// A subject that has a relation with the tenant, and whose it is; everybody else's is unknown.
    private func known(
        _ name: String, in scope: TenantScope, by administrator: Administrator
    ) async throws -> (subject: SubjectIdentifier, account: AccountIdentifier) {
        guard let subject = SubjectIdentifier(rawValue: name) else { throw AdministrationProblem.notFound }
        guard let account = try await store.account(of: subject, in: scope) else {
            throw try await administration.missed(.subject(subject), in: scope, by: administrator)
        }
        return (subject, account)
    }

    /// The same for a look, which is written down. The event names the person by their pseudonym alone: the subject would
    /// still lead to them when they are erased.
    private func seen(
        _ name: String, in scope: TenantScope, by administrator: Administrator
    ) async throws -> SubjectIdentifier {
        let (subject, account) = try await known(name, in: scope, by: administrator)
        try await administration.store.record(
            administrator.event(
                .subjectSeen, object: administrator.lookObject(.readSubject, at: scope.tenant.identifier),
                person: account, at: scope.tenant.identifier, now: clock.now()))
        return subject
    }

    /// Whether the tenant knows the subject.
    public func show(
        _ name: String, in scope: TenantScope, by administrator: Administrator
    ) async throws -> SubjectIdentifier {
        try await seen(name, in: scope, by: administrator)
    }

    /// A session under the name that it has for the subject.
    public struct Session: Sendable {
        public let name: SessionName
        public let session: TenantSession
    }

    public func sessions(
        of name: String, in scope: TenantScope, by administrator: Administrator
    ) async throws -> [Session] {
        let subject = try await seen(name, in: scope, by: administrator)
        return try await store.sessions(of: subject, in: scope, now: clock.now()).map { session in
            Session(name: session.identifier.name(for: subject), session: session)
        }
    }

    /// Ends a session in which the subject is signed in at the tenant, by the name that it has there. It ends everywhere: what
    /// is not to be trusted here is not to be trusted elsewhere.
    public func end(
        _ session: String, of name: String, in scope: TenantScope, by administrator: Administrator
    ) async throws {
        let (subject, account) = try await known(name, in: scope, by: administrator)
        guard let session = SessionName(rawValue: session) else { throw AdministrationProblem.notFound }
        let sessions = try await store.sessions(of: subject, in: scope, now: clock.now())
        guard let found = sessions.first(where: { $0.identifier.name(for: subject) == session })?.identifier else {
            throw try await administration.missed(.session(session, of: account), in: scope, by: administrator)
        }
        let event = administrator.event(
            .sessionEnded, object: found.rawValue, person: account, at: scope.tenant.identifier, now: clock.now())
        guard try await store.end(found, of: subject, in: scope, event: event) else {
            throw AdministrationProblem.notFound
        }
        bell.ring()
    }

    /// A device under the name that it has at this tenant alone: two tenants cannot see that they know the same one.
    public struct Device: Sendable {
        public let name: TownDeviceName
        public let ceiling: DeviceCeiling
        public let state: DeviceRecordRow.State
        public let createdAt: Timestamp
        let identifier: DeviceIdentifier

        init(_ row: DeviceRecordRow, in scope: TenantScope) {
            identifier = row.identifier
            name = TenantPeopleFlow.name(of: row.identifier, in: scope.tenant.sector)
            ceiling = row.ceiling
            state = row.state
            createdAt = row.createdAt
        }
    }

    public func devices(
        of name: String, in scope: TenantScope, by administrator: Administrator
    ) async throws -> [Device] {
        let subject = try await seen(name, in: scope, by: administrator)
        return try await devices(of: subject, in: scope)
    }

    /// Suspends a device of the person behind the subject.
    public func suspend(
        _ device: String, of name: String, in scope: TenantScope, by administrator: Administrator
    ) async throws {
        let (subject, _) = try await known(name, in: scope, by: administrator)
        guard let device = TownDeviceName(rawValue: device) else { throw AdministrationProblem.notFound }
        let rows = try await store.devices(of: subject, in: scope)
        guard let found = rows.first(where: { Self.name(of: $0.identifier, in: scope.tenant.sector) == device }) else {
            throw try await administration.missed(
                device: device, among: rows.map(\.identifier), in: scope, by: administrator)
        }
        let isSuspended = try await store.suspend(
            found.identifier, of: subject, in: scope, by: .administrator(administrator.account),
            transaction: administrator.transaction, time: clock.now())
        guard isSuspended else { throw AdministrationProblem.notPossibleNow }
        bell.ring()
    }

    /// Why logins of the person have their level, with each device that can log in, the oldest first.
    public func explainLevel(
        of name: String, in scope: TenantScope, by administrator: Administrator
    ) async throws -> [(device: TownDeviceName, explained: SignedExplanation)] {
        let subject = try await seen(name, in: scope, by: administrator)
        var explained: [(device: TownDeviceName, explained: SignedExplanation)] = []
        for device in try await devices(of: subject, in: scope) where device.state == .active {
            guard let one = try await assurance.explain(device.identifier, called: device.name, of: subject) else {
                continue
            }
            explained.append((device.name, one))
        }
        return explained
    }

    /// Why one login at the tenant has its level, by the `txn` of the portal's token and of the trail. The look is written
    /// down, as every other one at a person.
    public func explainLogin(
        _ name: String, in scope: TenantScope, by administrator: Administrator
    ) async throws -> SignedExplanation {
        guard let transaction = TransactionIdentifier(rawValue: name) else { throw AdministrationProblem.notFound }
        guard let (explained, account) = try await assurance.explain(transaction, in: scope) else {
            throw try await administration.missed(.login(transaction), in: scope, by: administrator)
        }
        try await administration.store.record(
            administrator.event(
                .subjectSeen, object: administrator.lookObject(.readAudit, at: scope.tenant.identifier),
                person: account, at: scope.tenant.identifier, now: clock.now()))
        return explained
    }

    private func devices(of subject: SubjectIdentifier, in scope: TenantScope) async throws -> [Device] {
        try await store.devices(of: subject, in: scope).map { Device($0, in: scope) }
    }

    /// The device's own identifier has 128 random bits: its digest under the sector's name gives nothing away.
    static func name(of device: DeviceIdentifier, in sector: SectorIdentifier) -> TownDeviceName {
        // The base64url of 16 bytes always has 22 unreserved characters.
        TownDeviceName(rawValue: "dv_" + name(of: device.rawValue, "device-name", in: sector))!
    }

    /// A session in a tenant's trail, which knows no subjects: for all of them under the same name, at this tenant alone.
    static func name(of session: SessionIdentifier, in sector: SectorIdentifier) -> String {
        "se_" + name(of: session.rawValue, "session-name", in: sector)
    }

    private static func name(of identifier: String, _ kind: String, in sector: SectorIdentifier) -> String {
        let text = "citizen-id/\(kind)/v1\n\(sector)\n\(identifier)"
        return Base64URL.encode(Digest.sha256(Array(text.utf8)).prefix(16))
    }
}
