public import AccountDirectory
internal import OpenIDMessages

/// A tenant's own chain, for its administrators.
extension AuditFlow {
    /// Events of the tenant's chain, the latest first.
    ///
    /// - Parameter cursor: the number of the last event of the page before.
    public func page(
        in scope: TenantScope, _ filter: AuditFilter, before cursor: Int64?, limit: Int
    ) async throws -> AuditPage {
        try await page(of: AuditReach(scope), filter, before: cursor, limit: limit)
    }

    /// Walks the tenant's chain. What it finds is an event of the region, which names the administrator.
    public func verify(in scope: TenantScope, by administrator: Administrator) async throws -> Report {
        try await verify(
            .tenant(scope.tenant.identifier), by: .administrator(administrator.account),
            transaction: administrator.transaction)
    }
}

extension AuditEntry {
    /// What changed, as the tenant's administrators may know it (I24): a device under the name that it has at this tenant,
    /// so that two towns cannot see that they know the same one; what is the tenant's own under its own name; nothing else.
    public func object(in scope: TenantScope) -> String? {
        guard let object, let known = SecurityEvent.Kind(rawValue: kind) else { return nil }
        switch known.rawValue.prefix(while: { $0 != "." }) {
        // A code that was used twice tells of the client, the other events of a login of the device.
        case "auth" where known == .replayRejected: return object
        case "session" where known == .sessionReused: return object
        case "auth", "context", "device", "key":
            return DeviceIdentifier(rawValue: object).map {
                TenantPeopleFlow.name(of: $0, in: scope.tenant.sector).rawValue
            }
        case "session":
            return SessionIdentifier(rawValue: object).map { TenantPeopleFlow.name(of: $0, in: scope.tenant.sector) }
        case "admin", "client", "dsr", "operator", "proofing", "service", "template", "tenant", "token": return object
        default: return nil
        }
    }
}
