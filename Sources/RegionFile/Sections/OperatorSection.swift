import AccountDirectory
import OpenIDMessages

/// The section `operators`.
struct OperatorSection {
    private(set) var names = NameTable("operator")
    private(set) var operators: [Operator] = []

    init(_ entries: [YAMLValue]) {
        for entry in entries { read(entry) }
    }

    private mutating func read(_ value: YAMLValue) {
        let entry = value.mapping(keys: ["id", "name", "short_name"])
        let identifier = entry?.required("id") { $0.slug() }
        let isNew = names.add(identifier?.rawValue, at: entry?["id"])
        guard let entry else { return }
        let name = entry.required("name") { $0.text() }
        let shortName = entry.required("short_name") { $0.text() }
        guard isNew, let identifier, let name, let shortName else { return }
        operators.append(Operator(identifier: identifier, name: name, shortName: shortName))
    }
}
