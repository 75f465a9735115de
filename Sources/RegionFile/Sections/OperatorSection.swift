import AccountDirectory
import OpenIDMessages

/// The section `operators`.
struct OperatorSection {
    private(set) var names = NameTable("operator")
    private(set) var operators: [Operator] = []

    private static let keys = ["id", "name", "short_name", "contract"] + YAMLMapping.contactKeys

    init(_ entries: [YAMLValue]) {
        for entry in entries { read(entry) }
    }

    /// The operator that `value` refers to, by name. Nil, with a mistake, when there is none.
    func reference(_ value: YAMLValue) -> OperatorIdentifier? {
        names.find(value).flatMap(OperatorIdentifier.init(rawValue:))
    }

    private mutating func read(_ value: YAMLValue) {
        let entry = value.mapping(keys: Self.keys)
        let identifier = entry?.required("id") { $0.slug(OperatorIdentifier.self) }
        let isNew = names.add(identifier?.rawValue, at: entry?["id"])
        guard let entry else { return }
        let name = entry.required("name") { $0.text() }
        let shortName = entry.required("short_name") { $0.text() }
        let contact = entry.contact()
        let contract = entry["contract"]?.text()
        guard isNew, let identifier, let name, let shortName else { return }
        operators.append(
            Operator(
                identifier: identifier, name: name, shortName: shortName, contact: contact, contract: contract))
    }
}
