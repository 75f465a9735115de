public import AccountDirectory
public import OpenIDMessages

/// What a town's clerk does over the network for the account of a person at the desk. Accounts have no identifier there
/// (invariant I24): a clerk names the person, and then the candidate whom `find` has shown at this town.
extension DeskFlow {
    /// The person at the desk of the administrator's town. Refusals are `AdministrationProblem`, mistakes in what was sent
    /// `MessageError`.
    public func visit(
        of person: JSONObject, level: AssuranceLevel, in scope: TenantScope, by administrator: Administrator
    ) throws -> DeskVisit {
        guard scope.tenant.isLive else { throw AdministrationProblem.tenantNotActive }
        return DeskVisit(in: scope, level: level, person: try self.person(person), by: administrator)
    }

    /// The account of the candidate with this name among those who look like the person of the visit. A name that one of
    /// them has at another town was a probe, which is written down there; the answer is the same. It is never the clerk's
    /// own account (`DeskRefusal.ownAccount`).
    ///
    /// - Parameter member: where the name was sent.
    public func account(
        called name: String, in visit: DeskVisit, member: String = "candidate"
    ) async throws -> AccountIdentifier {
        let candidates = try await candidates(for: visit)
        guard let candidate = candidates.first(where: { $0.name(in: visit.scope) == name }) else {
            try await recordProbe(in: visit) { sector in candidates.contains { $0.name(in: sector) == name } }
            throw MessageError.unknown(member)
        }
        try visit.checkServes(candidate.account)
        return candidate.account
    }

    /// Nobody but the other town's clerk can have told the name.
    ///
    /// - Parameter isKnown: whether the name is one in that sector.
    private func recordProbe(in visit: DeskVisit, _ isKnown: (SectorIdentifier) -> Bool) async throws {
        let owner = enrolment.registry.region.tenants.first { $0.identifier != visit.tenant && isKnown($0.sector) }
        guard let owner else { return }
        let author = Author(visit.author.actor, at: owner.identifier, in: visit.author.transaction)
        try await store.record(author.event(.crossTenantProbe, time: clock.now()))
    }

    /// A candidate with the account's devices under the names that this town has for them.
    public struct TownCandidate: Sendable {
        public let candidate: DeskCandidate
        public let devices: [TenantPeopleFlow.Device]
    }

    /// As `find(for:)`: each of these people reads in their trail that somebody looked.
    public func findInTown(for visit: DeskVisit) async throws -> [TownCandidate] {
        try await find(for: visit).map { found in
            TownCandidate(
                candidate: found.candidate,
                devices: found.devices.map { TenantPeopleFlow.Device($0, in: visit.scope) })
        }
    }

    /// Locks the account. No level is asked for: whoever is in doubt locks, and the person gets it back at the level that it
    /// has.
    public func lock(_ account: AccountIdentifier, for reason: LockReason, in visit: DeskVisit) async throws {
        try await lock(account, for: reason, by: visit.author)
    }

    /// Blocks one device that the person lost, or takes it away for good, under the town's name for it.
    public func block(
        device name: String, of account: AccountIdentifier, forGood: Bool, in visit: DeskVisit
    ) async throws {
        let device = try await device(name, of: account, in: visit, member: "device")
        try await block(device, of: account, forGood: forGood, by: visit.author)
    }

    /// As `reactivate(_:visit:found:lifting:)`, with the town's name of a device that was found.
    public func reactivate(
        _ account: AccountIdentifier, visit: DeskVisit, foundDevice name: String?, lifting: Set<LockReason>
    ) async throws -> DeskReactivation {
        let found = try await name.asyncMap { try await device($0, of: account, in: visit, member: "found_device") }
        return try await reactivate(account, visit: visit, found: found, lifting: lifting)
    }

    /// The device of the account that has this name at the town.
    private func device(
        _ name: String, of account: AccountIdentifier, in visit: DeskVisit, member: String
    ) async throws -> DeviceIdentifier {
        let devices = try await store.devices(of: account).map(\.identifier)
        func device(in sector: SectorIdentifier) -> DeviceIdentifier? {
            devices.first { TenantPeopleFlow.name(of: $0, in: sector).rawValue == name }
        }
        guard let found = device(in: visit.scope.tenant.sector) else {
            try await recordProbe(in: visit) { device(in: $0) != nil }
            throw MessageError.unknown(member)
        }
        return found
    }
}
