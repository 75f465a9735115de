/// The names of one kind that a region gives out, each to one bearer, and where it gave them.
struct NameTable {
    /// What the names are, e.g. `tenant`.
    let noun: String
    private var places: [String: Place] = [:]
    /// False once a bearer's name could not be read: then an unknown name may be that one.
    private var isComplete = true

    init(_ noun: String) { self.noun = noun }

    /// Gives the name out. False, with a mistake at `value`, when it already has a bearer; nil marks an unreadable name.
    @discardableResult
    mutating func add(_ name: String?, at value: YAMLValue?) -> Bool {
        guard let name, let value else {
            isComplete = false
            return false
        }
        if let first = places[name] {
            value.refuse("duplicate \(noun) \(quoted(name)), first in \(first.seen(from: value.place))")
            return false
        }
        places[name] = value.place
        return true
    }

    /// True when somebody bears the name.
    func contains(_ name: String) -> Bool { places[name] != nil }

    /// The name that `value` refers to; nil, with a mistake, when nobody bears it.
    func find(_ value: YAMLValue) -> String? {
        guard let name = value.text() else { return nil }
        guard places[name] == nil else { return name }
        guard isComplete else { return nil }
        return value.refused(
            "unknown \(noun) \(quoted(name))" + Suggestion.phrase(for: name, among: places.keys))
    }
}
