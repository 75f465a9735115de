import AccountDirectory
import IdentityCrypto
import OpenIDMessages

/// The section `templates`.
struct TemplateSection {
    private static let keys =
        ["key", "version", "publisher", "offered_by", "policy", "cases", "changelog", "signature"] + ServiceEntry.keys

    private(set) var templates: [ServiceTemplate] = []
    /// Every key once, whatever its versions.
    private(set) var names = NameTable("template")
    private var versions = NameTable("version")
    private var publishers: [String: TenantIdentifier] = [:]
    private let tenants: TenantSection
    private let services: ServiceSection
    private let checksSignatures: Bool

    init(_ entries: [YAMLValue], _ tenants: TenantSection, _ services: ServiceSection, checksSignatures: Bool) {
        self.tenants = tenants
        self.services = services
        self.checksSignatures = checksSignatures
        for entry in entries { read(entry) }
    }

    private mutating func read(_ value: YAMLValue) {
        guard let entry = value.mapping(keys: Self.keys) else { return }
        let key = entry.required("key") { templateKey($0) }
        let version = entry.required("version") { $0.version() }
        let publisher = entry.required("publisher") { tenants.reference($0) }
        let definition = ServiceEntry(entry).definition
        let offeredBy = entry.optional("offered_by", default: Tenant.Kind.allCases) { value in
            value.someDistinct { $0.choice(Tenant.Kind.self) }
        }
        let policy = entry.optional("policy", default: MetadataPolicy()) { $0.policy() }
        let cases = entry.list("cases").map(Self.testCase)
        let changelog = entry.required("changelog") { $0.text() }
        guard let key, let version, versions.add("\(key) \(version)", at: entry["version"]), let publisher,
            let definition, let offeredBy, let policy, let changelog,
            cases.allSatisfy({ $0 != nil }), isPublisher(publisher, of: key, at: entry["publisher"])
        else { return }
        let template = ServiceTemplate(
            key: key, version: version, publisher: publisher, definition: definition, offeredBy: Set(offeredBy),
            policy: policy, cases: cases.compactMap(\.self), changelog: changelog)
        do throws(ServiceTemplate.Mistake) {
            // What a region file can say, a signed document can.
            guard try ServiceTemplate(json: template.json) == template else { return value.refuse("is no template") }
        } catch { return place(of: error, entry, value).refuse(error.sentence) }
        if let objection = TemplateLibrary(templates: templates).purposeObjection(to: template) {
            (entry["purpose_version"] ?? value).refuse(objection)
        }
        if checksSignatures { checkSignature(entry, template) }
        templates.append(template)
    }

    /// The name of the service that the template makes.
    private mutating func templateKey(_ value: YAMLValue) -> ServiceIdentifier? {
        guard let key = value.wire(ServiceIdentifier.self, YAMLValue.slugForm) else { return nil }
        guard !services.names.contains(key.rawValue) else {
            return value.refused("there is a service \(quoted(key.rawValue)) already")
        }
        if !names.contains(key.rawValue) { names.add(key.rawValue, at: value) }
        return key
    }

    /// A key belongs to one publisher: what one town adopted does not come from another one later.
    private mutating func isPublisher(
        _ publisher: TenantIdentifier, of key: ServiceIdentifier, at value: YAMLValue?
    ) -> Bool {
        let known = publishers[key.rawValue] ?? publisher
        publishers[key.rawValue] = known
        if known != publisher { value?.refuse("template `\(key)` is published by `\(known)`") }
        return known == publisher
    }

    private func place(of mistake: ServiceTemplate.Mistake, _ entry: YAMLMapping, _ whole: YAMLValue) -> YAMLValue {
        switch mistake {
        case .message: whole
        case .policy: entry["policy"] ?? whole
        case .contradiction: entry["cases"] ?? whole
        }
    }

    private func checkSignature(_ entry: YAMLMapping, _ template: ServiceTemplate) {
        guard let value = entry["signature"] else { return _ = entry.required("signature") { $0.longText() } }
        guard let text = value.longText(), let publisher = tenants.tenant(template.publisher) else { return }
        do throws(JWSError) {
            try TemplateSignature.verify(text, over: template.json, keys: publisher.templateKeys)
        } catch {
            switch error {
            case .unknownKey: value.refuse("is by none of the `template_keys` of tenant `\(template.publisher)`")
            default: value.refuse("does not fit this template: let its publisher sign it (citizen-id template sign)")
            }
        }
    }

    private static func testCase(_ value: YAMLValue) -> TemplateCase? {
        let keys = ["name", "context", "level", "claims", "mandate_scope", "expected"]
        guard let entry = value.mapping(keys: keys) else { return nil }
        let name = entry.required("name") { $0.text() }
        let context = entry.required("context") { $0.choice(Service.Context.self) }
        let level = entry.required("level") { $0.level() }
        let claims = entry.value("claims", default: []) { $0.distinct { $0.claim() } }
        let scope = entry["mandate_scope"]?.text()
        let expected = entry.required("expected") { $0.choice(TemplateCase.Outcome.self) }
        guard let name, let context, let level, let expected else { return nil }
        return TemplateCase(
            name: name, context: context, level: level, claims: claims, mandateScope: scope, expected: expected)
    }
}

extension YAMLValue {
    /// A policy: operators by parameter.
    func policy() -> MetadataPolicy? {
        guard let parameters = mapping(keys: nil) else { return nil }
        var object = JSONObject()
        for name in parameters.names {
            guard let operators = parameters[name]?.mapping(keys: PolicyOperator.allCases.map(\.rawValue)) else {
                continue
            }
            var values = JSONObject()
            for key in operators.names { values[key] = operators.raw(key)?.policyValue() }
            object[name] = .object(values)
        }
        do throws(PolicyError) { return try MetadataPolicy(json: object) } catch {
            return (parameters[error.parameter] ?? self).refused(error.description)
        }
    }
}

extension ServiceEntry {
    /// As a template has it.
    var definition: ServiceDefinition? {
        guard let title, let contexts else { return nil }
        return ServiceDefinition(
            title: title, contexts: contexts, requiredLevel: requiredLevel, mandateScope: mandateScope, amount: amount,
            claims: claims, purpose: purpose, purposeVersion: purposeVersion, legalBasis: legalBasis,
            leikaKey: leikaKey)
    }
}
