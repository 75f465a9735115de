import AccountDirectory
import OpenIDMessages

/// The section `clients`.
struct ClientSection {
    private(set) var clients: [Client] = []
    private var names = NameTable("client")
    private let tenants: TenantSection
    private let offers: ServiceOffers
    private let isDevelopment: Bool

    init(_ entries: [YAMLValue], _ tenants: TenantSection, _ offers: ServiceOffers, isDevelopment: Bool) {
        self.tenants = tenants
        self.offers = offers
        self.isDevelopment = isDevelopment
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
        let services = entry["services"]?.distinct { offers.reference($0, at: tenantName) } ?? []
        guard var client = ClientEntry.read(entry, identifier, tenantName, floor: tenant?.floor) else { return }
        client.services = services
        client.state = entry.value("state", default: .live) { $0.choice(OfferState.self) }
        if let tenant {
            let rules = ClientRules(tenant: tenant, isDevelopment: isDevelopment)
            let offered = offers.services(services, at: tenant)
            for objection in rules.objections(to: client) + rules.objections(to: client, askingFor: offered) {
                ClientKey.place(of: objection, in: entry, value).refuse(objection.message)
            }
        }
        if isNew { clients.append(client) }
    }
}
