/// The members of a YAML mapping by their keys.
struct YAMLMapping {
    let place: Place
    let mistakes: MistakeCollector
    private(set) var names: [String] = []
    private var members: [String: YAMLValue] = [:]

    init(place: Place, mistakes: MistakeCollector) {
        self.place = place
        self.mistakes = mistakes
    }

    /// Adds a member; false when the key is already there.
    mutating func add(_ name: String, _ value: YAMLValue) -> Bool {
        guard members.updateValue(value, forKey: name) == nil else { return false }
        names.append(name)
        return true
    }

    /// The members of both; where both have one, that of `later`.
    func replacing(with later: YAMLMapping) -> YAMLMapping {
        var result = self
        result.members.merge(later.members) { $1 }
        result.names += later.names.filter { members[$0] == nil }
        return result
    }

    /// True when the key is there, even with the value null.
    func contains(_ key: String) -> Bool { members[key] != nil }

    /// The value of `key`; nil when the key is missing or its value null.
    subscript(key: String) -> YAMLValue? { members[key].flatMap { $0.isNull ? nil : $0 } }

    /// The value of `key`, even null; nil when the key is missing.
    func raw(_ key: String) -> YAMLValue? { members[key] }

    /// The value of a key that must be there.
    func required<Value>(_ key: String, _ read: (YAMLValue) -> Value?) -> Value? {
        guard let value = self[key] else {
            if let empty = members[key] {
                empty.refuse("`\(key)` must not be empty")
            } else {
                mistakes.add(place, "missing key `\(key)`")
            }
            return nil
        }
        return read(value)
    }

    /// The value of a key that may be missing.
    func value<Value>(_ key: String, default standard: Value, _ read: (YAMLValue) -> Value?) -> Value {
        self[key].flatMap(read) ?? standard
    }

    /// The value of a key that may be missing; nil, with a mistake, when it is there and cannot be read.
    func optional<Value>(_ key: String, default standard: Value, _ read: (YAMLValue) -> Value?) -> Value? {
        guard let value = self[key] else { return standard }
        return read(value)
    }

    /// The elements of a list that may be missing.
    func list(_ key: String) -> [YAMLValue] { value(key, default: []) { $0.elements() } }
}
