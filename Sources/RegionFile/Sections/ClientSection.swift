import AccountDirectory
import OpenIDMessages

/// The section `clients`.
struct ClientSection {
    private(set) var clients: [Client] = []
    private var names = NameTable("client")
    private let tenants: TenantSection
    private let offers: ServiceOffers
    private let region: RegionHead

    init(_ entries: [YAMLValue], _ tenants: TenantSection, _ offers: ServiceOffers, _ region: RegionHead) {
        self.tenants = tenants
        self.offers = offers
        self.region = region
        for entry in entries { read(entry) }
    }

    private mutating func read(_ value: YAMLValue) {
        guard let entry = value.mapping(keys: ClientKey.all) else { return }
        let identifier = entry.required("id") {
            $0.wire(ClientIdentifier.self, "1 to 128 letters, digits and any of `-._~`")
        }
        let isNew = names.add(identifier?.rawValue, at: entry["id"])
        let tenantName = entry.required("tenant") { tenants.reference($0) }
        let tenant = tenantName.flatMap { tenants.tenant($0) }
        let served = entry["served_tenants"]?.distinct { tenants.reference($0) } ?? []
        let isOneForAll = entry["served_tenants"] != nil
        let services =
            entry["services"]?.distinct {
                isOneForAll ? offers.oneForAll($0, of: tenantName) : offers.reference($0, at: tenantName)
            } ?? []
        guard var client = ClientEntry.read(entry, identifier, tenantName, floor: tenant?.floor) else { return }
        client.services = services
        client.servedTenants = served
        client.state = entry.value("state", default: .live) { $0.choice(OfferState.self) }
        if isOneForAll { checkTowns(of: client, entry) }
        if let tenant {
            let rules = ClientRules(
                tenant: tenant, isDevelopment: region.isDevelopment, isNotified: region.isNotified)
            let towns = isOneForAll ? served.compactMap { tenants.tenant($0) } : [tenant]
            let offered = towns.flatMap { offers.services(services, at: $0) }
            let objections =
                rules.objections(to: client) + rules.objections(to: client, serving: towns)
                + rules.objections(to: client, askingFor: offered)
            for objection in objections {
                ClientKey.place(of: objection, in: entry, value).refuse(objection.message)
            }
        }
        if isNew { clients.append(client) }
    }

    /// A town is served because it adopted one of the services (invariant I28).
    private func checkTowns(of client: Client, _ entry: YAMLMapping) {
        // What could not be read was reported where it stands.
        guard let list = entry["served_tenants"], list.isList, let towns = list.elements() else { return }
        guard !towns.isEmpty else { return list.refuse("a client that serves several towns names at least one") }
        guard let services = entry["services"], services.isList, let named = services.elements(), !named.isEmpty else {
            return list.refuse("a client that serves several towns has `services`: templates of its own tenant")
        }
        guard client.services.count == named.count else { return }
        for town in towns {
            guard let name = town.scalarText.flatMap(TenantIdentifier.init(rawValue:)), tenants.tenant(name) != nil,
                !offers.hasAdopted(name, anyOf: client.services)
            else { continue }
            town.refuse("tenant `\(name)` has adopted none of the services of this client")
        }
    }
}
