public import OpenIDMessages

/// Templates and adoptions, wherever they come from: the region file, or people who use the library.
///
/// The region file wins: what it says of a template's version, or of a tenant and a template, nobody else says.
public struct TemplateLibrary: Sendable, Equatable {
    public private(set) var templates: [ServiceIdentifier: [SemanticVersion: ServiceTemplate]] = [:]
    public private(set) var adoptions: [Adoption] = []

    public init(templates: [ServiceTemplate] = [], adoptions: [Adoption] = []) {
        for template in templates { add(template) }
        for adoption in adoptions { add(adoption) }
    }

    /// This library and what another one adds to it.
    public func joined(with other: TemplateLibrary) -> TemplateLibrary {
        var result = self
        for template in other.templates.values.flatMap(\.values) { result.add(template) }
        for adoption in other.adoptions { result.add(adoption) }
        return result
    }

    /// This library without what these tenants have adopted.
    public func without(adoptionsOf tenants: Set<TenantIdentifier>) -> TemplateLibrary {
        var result = self
        result.adoptions.removeAll { tenants.contains($0.tenant) }
        return result
    }

    private mutating func add(_ template: ServiceTemplate) {
        // A key belongs to the tenant that published it first: another one cannot put its own versions under it.
        if let known = templates[template.key]?.values.first, known.publisher != template.publisher { return }
        if templates[template.key]?[template.version] == nil {
            templates[template.key, default: [:]][template.version] = template
        }
    }

    private mutating func add(_ adoption: Adoption) {
        guard self.adoption(of: adoption.template, at: adoption.tenant) == nil else { return }
        adoptions.append(adoption)
    }

    public func template(_ key: ServiceIdentifier, _ version: SemanticVersion) -> ServiceTemplate? {
        templates[key]?[version]
    }

    /// The latest version of a template.
    public func latest(_ key: ServiceIdentifier) -> ServiceTemplate? {
        templates[key]?.max { $0.key < $1.key }?.value
    }

    /// What stands against a further version: another purpose than an earlier version's wants a higher purpose version,
    /// and the purpose version never falls. Under one number people would agree to one text and be asked with another one
    /// (invariant I37). Nil when nothing does.
    public func purposeObjection(to template: ServiceTemplate) -> String? {
        let (version, definition) = (template.version, template.definition)
        for (known, other) in (templates[template.key] ?? [:]).sorted(by: { $0.key < $1.key }) where known != version {
            let other = other.definition
            let (earlier, later) = known < version ? (other, definition) : (definition, other)
            guard let purpose = earlier.purpose else { continue }
            let isOther = later.purpose != nil && later.purpose != purpose
            guard later.purposeVersion < earlier.purposeVersion + (isOther ? 1 : 0) else { continue }
            let bound = known < version ? "above" : "below"
            return isOther
                ? "version \(known) has another purpose: its purpose_version must be \(bound) \(other.purposeVersion)"
                : "version \(known) has the purpose_version \(other.purposeVersion), which never falls"
        }
        return nil
    }

    /// The adoption of a template by a tenant, unless it is over.
    public func adoption(of key: ServiceIdentifier, at tenant: TenantIdentifier) -> Adoption? {
        adoptions.first { $0.template == key && $0.tenant == tenant && $0.state != .withdrawn }
    }

    /// The service that an adoption gives a tenant now; nil when nothing is in force, or when what is in force is no longer
    /// possible, because a host is gone or the template is.
    public func service(_ adoption: Adoption, at tenant: Tenant) -> AdoptedService? {
        guard adoption.tenant == tenant.identifier, let terms = adoption.terms,
            let template = template(adoption.template, terms.version)
        else { return nil }
        return try? AdoptedService(template, terms, at: tenant)
    }
}
