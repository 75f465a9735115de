public import OpenIDMessages

/// What may become of one metadata parameter: a combination of operators that do not contradict each other
/// (OpenID Federation 1.0 §6.1.2).
///
/// Operators on lists take lists of strings, which is what §6.1.3.1 makes mandatory. A list counts as a set: its order
/// says nothing, and what occurs twice counts once.
public struct ParameterPolicy: Sendable, Equatable {
    /// The value that the parameter gets; `null` removes it.
    public internal(set) var value: JSONValue?
    public internal(set) var add: [String]?
    public internal(set) var `default`: JSONValue?
    public internal(set) var atLeast: AssuranceLevel?
    public internal(set) var oneOf: [String]?
    public internal(set) var subsetOf: [String]?
    public internal(set) var supersetOf: [String]?
    public internal(set) var essential: Bool?

    init() {}

    /// Reads the operators of a parameter. Unlike in a federation, an operator that is not known here is refused and not
    /// passed over: a policy that is only half understood protects nobody.
    public init(_ parameter: String, json object: JSONObject) throws(PolicyError) {
        for member in object.members {
            guard let name = PolicyOperator(rawValue: member.name) else {
                throw PolicyError(parameter, .unknown(member.name))
            }
            guard set(name, member.value) else { throw PolicyError(parameter, .malformed(name)) }
        }
        try check(parameter)
    }

    /// Takes the value of an operator; false when it has a type that the operator does not take.
    private mutating func set(_ name: PolicyOperator, _ json: JSONValue) -> Bool {
        switch name {
        case .value:
            value = json
            return json == .null || json.isPolicyValue
        case .default:
            self.default = json
            return json.isPolicyValue
        case .add: return Self.set(&add, json)
        case .oneOf: return Self.set(&oneOf, json)
        case .subsetOf: return Self.set(&subsetOf, json)
        case .supersetOf: return Self.set(&supersetOf, json)
        case .atLeast:
            atLeast = json.level
            return atLeast != nil
        case .essential:
            essential = json.bool
            return essential != nil
        }
    }

    private static func set(_ list: inout [String]?, _ json: JSONValue) -> Bool {
        list = json.strings.map(\.distinct)
        return list != nil
    }

    /// The operators as they were read, in their order of application.
    public var json: JSONObject {
        var object = JSONObject()
        object["value"] = value
        object["add"] = add.map { .strings($0) }
        object["default"] = self.default
        object["at_least"] = atLeast.map { .string($0.name) }
        object["one_of"] = oneOf.map { .strings($0) }
        object["subset_of"] = subsetOf.map { .strings($0) }
        object["superset_of"] = supersetOf.map { .strings($0) }
        object["essential"] = essential.map { .bool($0) }
        return object
    }
}

extension ParameterPolicy {
    /// What each operator demands beside each other one (§6.1.3.1). It holds for what was read and for what was merged.
    func check(_ parameter: String) throws(PolicyError) {
        for (one, other, isAllowed) in combinations where !isAllowed {
            throw PolicyError(parameter, .combination(one, other))
        }
    }

    private var combinations: [(PolicyOperator, PolicyOperator, Bool)] { valueCombinations + otherCombinations }

    private var valueCombinations: [(PolicyOperator, PolicyOperator, Bool)] {
        guard let value else { return [] }
        let list = value.strings
        return [
            (.value, .add, add.map { add in list.map { add.isSubset(of: $0) } ?? false } ?? true),
            (.value, .default, self.default == nil || value != .null),
            (.value, .oneOf, oneOf.map { oneOf in value.string.map(oneOf.contains) ?? false } ?? true),
            (.value, .subsetOf, subsetOf.map { subset in list?.isSubset(of: subset) ?? false } ?? true),
            (
                .value, .supersetOf,
                supersetOf.map { superset in list.map { superset.isSubset(of: $0) } ?? false } ?? true
            ),
            (.value, .atLeast, atLeast.map { least in value.level.map { $0 >= least } ?? false } ?? true),
            (.value, .essential, value != .null || essential != true),
        ]
    }

    private var otherCombinations: [(PolicyOperator, PolicyOperator, Bool)] {
        let levels = oneOf.map { $0.compactMap { JSONValue.string($0).level } }
        return [
            (.add, .oneOf, add == nil || oneOf == nil),
            (.add, .subsetOf, add.map { add in subsetOf.map { add.isSubset(of: $0) } ?? true } ?? true),
            (.oneOf, .subsetOf, oneOf == nil || subsetOf == nil),
            (.oneOf, .supersetOf, oneOf == nil || supersetOf == nil),
            (
                .subsetOf, .supersetOf,
                supersetOf.map { least in subsetOf.map { least.isSubset(of: $0) } ?? true } ?? true
            ),
            (.atLeast, .add, atLeast == nil || add == nil),
            (.atLeast, .subsetOf, atLeast == nil || subsetOf == nil),
            (.atLeast, .supersetOf, atLeast == nil || supersetOf == nil),
            (.atLeast, .oneOf, atLeast.map { least in levels?.contains { $0 >= least } ?? true } ?? true),
        ]
    }
}

extension JSONValue {
    /// True for the types that `value` and `default` take.
    fileprivate var isPolicyValue: Bool {
        switch self {
        case .null, .object: false
        case .bool, .integer, .number, .string, .array: true
        }
    }

    /// A level by its name; `undefined` is none.
    var level: AssuranceLevel? { string.flatMap(AssuranceLevel.init(name:)).flatMap { $0 == .undefined ? nil : $0 } }
}

extension [String] {
    /// The elements, each once, in the order in which they come first.
    var distinct: [String] {
        var seen: Set<String> = []
        return filter { seen.insert($0).inserted }
    }

    func isSubset(of other: [String]) -> Bool { allSatisfy(other.contains) }
}
