internal import AccountDirectory
internal import OpenIDMessages
internal import ProviderCore
internal import RegionFile

extension RegionDesk {
    /// What the store has to do when a region takes the place of another one.
    ///
    /// - Parameter plan: the difference, each entry of which leaves its events; nil for the first region, which is nobody's
    ///   change.
    static func change(
        from old: Region?, to new: Region, _ plan: RegionPlan?, _ document: String, by actor: SecurityEvent.Actor,
        now: Timestamp
    ) -> RegionChange {
        let before = old?.tenants ?? []
        let states = Dictionary(before.map { ($0.identifier, $0.state) }) { first, _ in first }
        let moved = new.tenants.filter { $0.state != states[$0.identifier] ?? (old == nil ? $0.state : nil) }
        let archived = moved.filter { $0.state == .archived }.map { tenant in
            ArchivedTenant(
                tenant, clients: ((old?.clients ?? []) + new.clients).filter { $0.tenant == tenant.identifier })
        }
        let sectors = Dictionary((before + new.tenants).map { ($0.sector, $0.identifier) }) { first, _ in first }
        let events =
            [SecurityEvent(.regionApplied, time: now, object: new.name, actor: actor)]
            + moved.map { tenant in
                SecurityEvent(
                    tenant.state == .archived ? .tenantArchived : .tenantChanged, time: now, tenant: tenant.identifier,
                    object: tenant.state.rawValue, actor: actor)
            }
            + (plan.map(RegionChangeEvents(time: now, actor: actor).events) ?? [])
        return RegionChange(document: document, sectors: sectors, archived: archived, events: events)
    }
}

extension ArchivedTenant {
    init(_ tenant: Tenant, clients: [Client]) {
        self.init(
            tenant: tenant.identifier,
            sectors: [tenant.sector] + clients.compactMap { $0.sectorIdentifierURI?.sector },
            clients: clients.map(\.identifier))
    }
}
