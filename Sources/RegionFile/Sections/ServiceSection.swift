import AccountDirectory
import OpenIDMessages

/// The section `services`.
struct ServiceSection {
    private static let keys =
        ["id", "publisher", "version", "served_tenants", "state", "contact"] + ServiceEntry.keys

    private(set) var services: [Service] = []
    private(set) var names = NameTable("service")
    private let tenants: TenantSection

    init(_ entries: [YAMLValue], _ tenants: TenantSection) {
        self.tenants = tenants
        for entry in entries { read(entry) }
    }

    private mutating func read(_ value: YAMLValue) {
        guard let entry = value.mapping(keys: Self.keys) else { return }
        let identifier = entry.required("id") { $0.wire(ServiceIdentifier.self, YAMLValue.slugForm) }
        let isNew = names.add(identifier?.rawValue, at: entry["id"])
        let publisher = entry.required("publisher") { tenants.reference($0) }
        let version = entry.required("version") { $0.version() }
        let definition = ServiceEntry(entry)
        let served = entry.required("served_tenants") { $0.distinct { tenants.reference($0) } }
        let state = entry.value("state", default: OfferState.live) { $0.choice(OfferState.self) }
        let contact = entry["contact"]?.text()
        guard isNew, let identifier, let title = definition.title, let publisher, let version,
            let contexts = definition.contexts, let served
        else { return }
        services.append(
            Service(
                identifier: identifier, title: title, publisher: publisher, version: version.description,
                contexts: contexts, requiredLevel: definition.requiredLevel, mandateScope: definition.mandateScope,
                amount: definition.amount, servedTenants: served, claims: definition.claims,
                purpose: definition.purpose, purposeVersion: definition.purposeVersion,
                legalBasis: definition.legalBasis, leikaKey: definition.leikaKey, contact: contact, state: state))
    }
}
