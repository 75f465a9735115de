import AccountDirectory
import OpenIDMessages

/// What a client's tenant offers: services of the region and adopted templates.
struct ServiceOffers {
    let services: ServiceSection
    let templates: TemplateSection
    let adoptions: AdoptionSection

    /// A service that `tenant` offers. Nil, with a mistake, when there is none of that name or it does not.
    func reference(_ value: YAMLValue, at tenant: TenantIdentifier?) -> ServiceIdentifier? {
        let isTemplate = value.scalarText.map(templates.names.contains) ?? false
        let found = isTemplate ? templates.names.find(value) : services.names.find(value)
        guard let name = found.flatMap(ServiceIdentifier.init(rawValue:)), let tenant else { return nil }
        let service = services.services.first { $0.identifier == name }
        // What could not be read was reported where it stands.
        guard service != nil || isTemplate && templates.templates.contains(where: { $0.key == name }) else {
            return name
        }
        let isOffered =
            service.map { $0.servedTenants.contains(tenant) }
            ?? adoptions.adoptions.contains { $0.template == name && $0.tenant == tenant }
        return isOffered ? name : value.refused("tenant `\(tenant)` does not offer service `\(name)`")
    }
}
