internal import AccountDirectory
internal import OpenIDMessages
internal import ProviderCore
internal import RegionFile

/// What a plan leaves in the trail: an event for each entry in the chain of each town whose it is, with the names of what
/// changes and never a value.
struct RegionChangeEvents {
    var time: Timestamp
    var actor: SecurityEvent.Actor

    func events(of plan: RegionPlan) -> [SecurityEvent] {
        plan.removed.flatMap(removed) + plan.changed.flatMap(changed) + plan.added.flatMap(added)
    }

    private func added(_ entry: RegionPlan.Entry) -> [SecurityEvent] {
        switch entry.kind {
        case .region: everywhere(.regionChanged, entry)
        case .operator: everywhere(.operatorAdded, entry)
        // The state in which a town begins is an event of its own.
        case .tenant: []
        case .service: events(.serviceAdded, entry)
        case .template: events(.templatePublished, entry)
        case .adoption: adopted(entry).map { events($0, entry) } ?? []
        case .client: events(.clientRegistered, entry)
        }
    }

    private func changed(_ entry: RegionPlan.Entry) -> [SecurityEvent] {
        switch entry.kind {
        case .region: everywhere(.regionChanged, entry)
        case .operator: everywhere(.operatorChanged, entry)
        case .tenant: town(entry)
        case .service: events(.serviceChanged, entry)
        case .template: events(.templatePublished, entry)
        case .adoption: adopted(entry).map { events($0, entry) } ?? []
        case .client: events(.clientChanged, entry)
        }
    }

    private func removed(_ entry: RegionPlan.Entry) -> [SecurityEvent] {
        switch entry.kind {
        case .region: []
        case .operator: everywhere(.operatorRemoved, entry)
        // The town has no chain of its own any more that anybody would read.
        case .tenant: [event(.tenantRemoved, nil, entry.identifier)]
        case .service: events(.serviceRemoved, entry)
        case .template: events(.templateRemoved, entry)
        case .adoption: events(.templateWithdrawn, entry)
        case .client: events(.clientRemoved, entry)
        }
    }

    /// What else changes at a town than its state, which is an event of its own.
    private func town(_ entry: RegionPlan.Entry) -> [SecurityEvent] {
        let members = entry.members.filter { $0 != "state" }
        return members.isEmpty
            ? [] : entry.tenants.map { event(.tenantChanged, $0, members.joined(separator: ", ")) }
    }

    /// Where an adoption of the file stands after it was added or changed; nil when nothing happened at the town: a later
    /// version that it could have adopted is not offered any more.
    private func adopted(_ entry: RegionPlan.Entry) -> SecurityEvent.Kind? {
        let (proposed, waiting) = (AdoptionState.proposed.rawValue, AdoptionState.updateAvailable.rawValue)
        let wasInForce = entry.earlierState != nil && entry.earlierState != proposed
        if entry.state == proposed { return wasInForce ? .templateWithdrawn : .templateProposed }
        guard wasInForce else { return .templateAdopted }
        guard entry.members == ["state"] else { return .templateUpgraded }
        return entry.state == waiting ? .templateUpdateAvailable : nil
    }

    private func events(_ kind: SecurityEvent.Kind, _ entry: RegionPlan.Entry) -> [SecurityEvent] {
        entry.tenants.map { event(kind, $0, object(entry)) }
    }

    /// In the region's chain, too.
    private func everywhere(_ kind: SecurityEvent.Kind, _ entry: RegionPlan.Entry) -> [SecurityEvent] {
        [event(kind, nil, object(entry))] + events(kind, entry)
    }

    /// `marl-portal: redirect_uris, state suspended`: a state is said, as nothing of anybody is in it.
    private func object(_ entry: RegionPlan.Entry) -> String {
        let members = entry.members.map { $0 == "state" ? "state " + (entry.state ?? "") : $0 }
        let name = entry.kind == .adoption ? String(entry.identifier.prefix { $0 != " " }) : entry.identifier
        return members.isEmpty ? name : name + ": " + members.joined(separator: ", ")
    }

    private func event(_ kind: SecurityEvent.Kind, _ tenant: TenantIdentifier?, _ object: String) -> SecurityEvent {
        SecurityEvent(kind, time: time, tenant: tenant, object: object, actor: actor)
    }
}
