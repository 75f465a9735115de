import AccountDirectory
import OpenIDMessages

/// What a client's tenant offers: services of the region and adopted templates.
struct ServiceOffers {
    let services: ServiceSection
    let templates: TemplateSection
    let adoptions: AdoptionSection

    /// Before the name of a template that the client's town may adopt, or give back, through the interface.
    static let adoptable = "template:"

    /// A service that `tenant` offers. Nil, with a mistake, when there is none of that name or it does not.
    ///
    /// `template:NAME` names the service of a template that the file need not know: it may be published and adopted while
    /// the provider runs. The client has it as long as an adoption is in force, and is held to I34 and I35 then.
    func reference(_ value: YAMLValue, at tenant: TenantIdentifier?) -> ServiceIdentifier? {
        if let text = value.scalarText, text.hasPrefix(Self.adoptable) { return adoptable(text, value) }
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
        guard !isOffered else { return name }
        let remedy = isTemplate ? "; if it may adopt the template later, write `\(Self.adoptable)\(name)`" : ""
        return value.refused("tenant `\(tenant)` does not offer service `\(name)`\(remedy)")
    }

    private func adoptable(_ text: String, _ value: YAMLValue) -> ServiceIdentifier? {
        let name = text.dropFirst(Self.adoptable.count)
        guard name.wholeMatch(of: /[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?/) != nil,
            let service = ServiceIdentifier(rawValue: String(name))
        else { return value.refused("`template:` is followed by the key of a template") }
        guard !services.names.contains(service.rawValue) else {
            return value.refused("`\(service)` is a service of the region, not a template")
        }
        return service
    }

    /// A template that `publisher` has published, for a client that serves the towns which adopted it. Nil, with a mistake,
    /// when it is none, or another town's.
    func oneForAll(_ value: YAMLValue, of publisher: TenantIdentifier?) -> ServiceIdentifier? {
        guard let name = templates.names.find(value).flatMap(ServiceIdentifier.init(rawValue:)), let publisher else {
            return nil
        }
        // What could not be read was reported where it stands.
        guard let template = templates.templates.first(where: { $0.key == name }) else { return name }
        guard template.publisher == publisher else {
            return value.refused(
                "template `\(name)` is published by tenant `\(template.publisher)`, whose client serves other towns with it"
            )
        }
        return name
    }

    /// True when the town has adopted one of these templates, be it on terms that wait for approval.
    func hasAdopted(_ town: TenantIdentifier, anyOf services: [ServiceIdentifier]) -> Bool {
        adoptions.adoptions.contains { $0.tenant == town && services.contains($0.template) }
    }

    /// The services of these names as `tenant` offers them: also on terms that wait for approval there.
    func services(_ names: [ServiceIdentifier], at tenant: Tenant) -> [Service] {
        names.flatMap { name in
            services.services.filter { $0.identifier == name } + adopted(name, at: tenant)
        }
    }

    private func adopted(_ name: ServiceIdentifier, at tenant: Tenant) -> [Service] {
        let terms = adoptions.adoptions.filter { $0.template == name && $0.tenant == tenant.identifier }
            .flatMap { [$0.terms, $0.proposal?.terms].compactMap(\.self) }
        return terms.compactMap { terms in
            let template = templates.templates.first { $0.key == name && $0.version == terms.version }
            return template.flatMap { try? AdoptedService($0, terms, at: tenant).service }
        }
    }
}
