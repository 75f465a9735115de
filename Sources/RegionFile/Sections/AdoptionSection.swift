import AccountDirectory
import OpenIDMessages

/// The section `adoptions`.
struct AdoptionSection {
    private static let keys = [
        "template", "version", "tenant", "contact", "privacy_uri", "initiate_login_uri", "legal_basis", "amount",
        "overrides", "approvals",
    ]

    private(set) var adoptions: [Adoption] = []
    private var names = NameTable("adoption")
    private let templates: TemplateSection
    private let tenants: TenantSection
    private let library: TemplateLibrary

    init(_ entries: [YAMLValue], _ templates: TemplateSection, _ tenants: TenantSection) {
        self.templates = templates
        self.tenants = tenants
        library = TemplateLibrary(templates: templates.templates)
        for entry in entries { read(entry) }
    }

    private mutating func read(_ value: YAMLValue) {
        guard let entry = value.mapping(keys: Self.keys) else { return }
        let key = entry.required("template") { templates.names.find($0) }.flatMap(ServiceIdentifier.init(rawValue:))
        let tenantName = entry.required("tenant") { tenants.reference($0) }
        let version = entry.required("version") { $0.version() }
        let fields = fields(entry)
        let overrides = entry.optional("overrides", default: MetadataPolicy()) { $0.policy() }
        let approvals = entry["approvals"].flatMap { Approvals($0) }
        guard let key, let tenantName, names.add("\(tenantName) \(key)", at: entry["tenant"]), let version,
            let overrides
        else { return }
        let terms = AdoptionTerms(version: version, fields: fields, overrides: overrides)
        // A template or tenant that could not be read was reported where it stands.
        guard let template = template(key, version, at: entry["version"]), let tenant = tenants.tenant(tenantName)
        else {
            return
        }
        do throws(AdoptionObjection) {
            let adopted = try AdoptedService(template, terms, at: tenant)
            if let review = approvals?.review, review.version != version {
                checkReview(review, of: terms, adopted, tenant, key, at: entry["approvals"])
            }
        } catch { return place(of: error, entry, value).refuse(error.sentence) }
        adoptions.append(adoption(key, tenantName, terms, approvals))
    }

    private func adoption(
        _ key: ServiceIdentifier, _ tenant: TenantIdentifier, _ terms: AdoptionTerms, _ approvals: Approvals?
    ) -> Adoption {
        let latest = library.latest(key)?.version ?? terms.version
        let inForce = approvals?.review.flatMap { review in
            Adoption(
                tenant: tenant, template: key, state: terms.version < latest ? .updateAvailable : .adopted,
                terms: terms, review: review, proposal: nil)
        }
        return inForce ?? Adoption(tenant: tenant, template: key, proposing: terms)
    }

    private func fields(_ entry: YAMLMapping) -> AdoptionTerms.Fields {
        AdoptionTerms.Fields(
            contact: entry["contact"]?.text(), privacyURI: entry["privacy_uri"]?.redirectURI(),
            initiateLoginURI: entry["initiate_login_uri"]?.redirectURI(), legalBasis: entry["legal_basis"]?.text(),
            amount: entry["amount"].flatMap(ServiceEntry.amount))
    }

    private func template(
        _ key: ServiceIdentifier, _ version: SemanticVersion, at value: YAMLValue?
    ) -> ServiceTemplate? {
        guard let known = library.templates[key] else { return nil }
        guard let template = known[version] else {
            let versions = known.keys.sorted().map { "`\($0)`" }.joined(separator: ", ")
            return value?.refused("template `\(key)` has no version `\(version)`; it has \(versions)")
        }
        return template
    }

    /// Two people looked at another version than the one that is pinned: fine as long as nothing is wider than what they
    /// saw (invariant I31).
    private func checkReview(
        _ review: Adoption.Review, of terms: AdoptionTerms, _ adopted: AdoptedService, _ tenant: Tenant,
        _ key: ServiceIdentifier, at value: YAMLValue?
    ) {
        guard let value, let seen = template(key, review.version, at: value) else { return }
        var earlier = terms
        earlier.version = review.version
        guard let step = review.version.step(to: terms.version),
            let before = try? AdoptedService(seen, earlier, at: tenant)
        else { return value.refuse("version `\(terms.version)` needs a review of its own") }
        let change = ServiceChange(from: before, to: adopted)
        guard UpdateWay(step, change) == .review else { return }
        let reason = change.widenings.first.map { ": " + $0.sentence } ?? ", as every major version"
        value.refuse("version `\(terms.version)` needs a review of its own\(reason)")
    }

    private func place(of objection: AdoptionObjection, _ entry: YAMLMapping, _ whole: YAMLValue) -> YAMLValue {
        let overrides = entry["overrides"]
        func override(_ name: String) -> YAMLValue? { overrides?.mapping(keys: nil)?[name] }
        let place: YAMLValue? =
            switch objection {
            case .policy(let error): override(error.parameter) ?? entry[error.parameter]
            case .notOverridable(let name): override(name)
            case .widens: overrides
            case .nobodyLeft: override("contexts")
            case .foreignHost(let host):
                [entry["privacy_uri"], entry["initiate_login_uri"]].compactMap(\.self).first {
                    $0.scalarText.flatMap(RedirectURI.init(rawValue:))?.host == host
                }
            case .notInCharge: entry["tenant"]
            case .otherVersion, .casesFailed: nil
            }
        return place ?? whole
    }
}

/// Who has looked at an adoption.
private struct Approvals {
    /// Nil, with a mistake, when the two are one; nil without one as long as somebody is missing.
    let review: Adoption.Review?

    init?(_ value: YAMLValue) {
        guard let entry = value.mapping(keys: ["service_owner", "dpo", "version", "note"]) else { return nil }
        var approvals: [Adoption.Role: String] = [:]
        for role in Adoption.Role.allCases { approvals[role] = entry[role.rawValue]?.text() }
        let version = entry.required("version") { $0.version() }
        let isWhole = approvals.count == Adoption.Role.allCases.count
        if isWhole, Set(approvals.values).count < approvals.count {
            value.refuse("the same person cannot approve twice")
        }
        review = version.flatMap { Adoption.Review(version: $0, approvals: approvals, note: entry["note"]?.text()) }
    }
}
