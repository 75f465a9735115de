import AccountDirectory
import OpenIDMessages

/// The section `services`.
struct ServiceSection {
    private static let keys = [
        "id", "title", "publisher", "version", "contexts", "required_level", "mandate_scope", "served_tenants",
    ]

    private(set) var services: [Service] = []
    private var names = NameTable("service")
    private let tenants: TenantSection

    init(_ entries: [YAMLValue], _ tenants: TenantSection) {
        self.tenants = tenants
        for entry in entries { read(entry) }
    }

    private mutating func read(_ value: YAMLValue) {
        guard let entry = value.mapping(keys: Self.keys) else { return }
        let identifier = entry.required("id") { $0.wire(ServiceIdentifier.self, YAMLValue.slugForm) }
        let isNew = names.add(identifier?.rawValue, at: entry["id"])
        let title = entry.required("title", Self.title)
        let publisher = entry.required("publisher") { tenants.reference($0) }
        let version = entry.required("version", Self.version)
        let contexts = entry.required("contexts") { $0.someDistinct { $0.choice(Service.Context.self) } }
        // A forgotten level must not make a service one that needs no login.
        if !entry.contains("required_level") {
            entry.mistakes.add(
                entry.place, "missing key `required_level`; write `null` when the service needs no login")
        }
        let requiredLevel = entry["required_level"].flatMap { $0.level() }
        let mandateScope = entry["mandate_scope"].flatMap(Self.mandateScope)
        let served = entry.required("served_tenants") { $0.distinct { tenants.reference($0) } }
        guard isNew, let identifier, let title, let publisher, let version, let contexts, let served else { return }
        services.append(
            Service(
                identifier: identifier, title: title, publisher: publisher, version: version, contexts: contexts,
                requiredLevel: requiredLevel, mandateScope: mandateScope, servedTenants: served))
    }

    private static func title(_ value: YAMLValue) -> LocalizedText? {
        guard let title = value.mapping(keys: ["de", "en"]) else { return nil }
        let german = title.required("de") { $0.text() }
        let english = title["en"]?.text()
        return german.map { LocalizedText(german: $0, english: english) }
    }

    /// A semantic version without suffixes: three numbers without leading zeros.
    private static func version(_ value: YAMLValue) -> String? {
        guard let text = value.text() else { return nil }
        let numbers = text.split(separator: ".", omittingEmptySubsequences: false)
        guard numbers.count == 3, numbers.allSatisfy({ part in UInt32(part).map { String($0) == part } ?? false })
        else { return value.refused("\(quoted(text)) is no version: write three numbers, like `1.0.0`") }
        return text
    }

    private static func mandateScope(_ value: YAMLValue) -> String? {
        guard let text = value.text() else { return nil }
        return MandateScope(rawValue: text) != nil
            ? text
            : value.refused("\(quoted(text)) is no scope: small letters and dots, like `parking.permit`")
    }
}
