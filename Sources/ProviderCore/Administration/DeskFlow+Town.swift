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

    /// The account of the candidate with this name among those who look like the person of the visit.
    public func account(called name: String, in visit: DeskVisit) async throws -> AccountIdentifier {
        let candidate = try await candidates(for: visit).first { $0.name(in: visit.scope) == name }
        guard let candidate else { throw MessageError.unknown("candidate") }
        return candidate.account
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

    /// As `reactivate(_:visit:found:liftsOrder:)`, with the town's name of a device that was found.
    public func reactivate(
        _ account: AccountIdentifier, visit: DeskVisit, foundDevice name: String?, liftsOrder: Bool
    ) async throws -> DeskReactivation {
        var found: DeviceIdentifier?
        if let name {
            found = try await store.devices(of: account)
                .first { TenantPeopleFlow.name(of: $0.identifier, in: visit.scope.tenant.sector) == name }?.identifier
            guard found != nil else { throw MessageError.unknown("found_device") }
        }
        return try await reactivate(account, visit: visit, found: found, liftsOrder: liftsOrder)
    }
}
