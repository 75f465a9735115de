/// A JSON value (RFC 8259 §3) as `StrictJSON` reads it and as messages are written.
public enum JSONValue: Sendable, Hashable {
    case null
    case bool(Bool)
    /// A number without fraction and exponent that fits 64 bits.
    case integer(Int64)
    /// Any other finite number.
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object(JSONObject)

    /// The text, if this is a string.
    public var string: String? { if case .string(let value) = self { value } else { nil } }
    /// The integer, if this is one.
    public var integer: Int64? { if case .integer(let value) = self { value } else { nil } }
    /// The truth value, if this is one.
    public var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
    /// The elements, if this is an array.
    public var array: [JSONValue]? { if case .array(let value) = self { value } else { nil } }
    /// The members, if this is an object.
    public var object: JSONObject? { if case .object(let value) = self { value } else { nil } }
    /// The elements, if this is an array of strings.
    public var strings: [String]? {
        guard let array else { return nil }
        var result: [String] = []
        for element in array {
            guard let text = element.string else { return nil }
            result.append(text)
        }
        return result
    }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByArrayLiteral
{
    public init(stringLiteral value: String) { self = .string(value) }
    public init(integerLiteral value: Int64) { self = .integer(value) }
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }

    /// An array of strings.
    public static func strings(_ values: some Sequence<String>) -> JSONValue { .array(values.map { .string($0) }) }
}

/// The members of a JSON object in their order; no name occurs twice.
public struct JSONObject: Sendable, Hashable, ExpressibleByDictionaryLiteral {
    /// One name and its value.
    public struct Member: Sendable, Hashable {
        public var name: String
        public var value: JSONValue
    }

    public private(set) var members: [Member] = []

    public init() {}

    /// The names are to be different, as in every literal of a dictionary.
    public init(dictionaryLiteral elements: (String, JSONValue)...) {
        members.reserveCapacity(elements.count)
        for (name, value) in elements { append(name, value) }
    }

    /// Makes room for `count` members in all.
    public mutating func reserveCapacity(_ count: Int) { members.reserveCapacity(count) }

    /// Adds a member of a name that is not there yet, which is not looked for; nothing where there is no value.
    public mutating func append(_ name: String, _ value: JSONValue?) {
        guard let value else { return }
        assert(index(of: name) == nil, "\(name) is there already")
        members.append(Member(name: name, value: value))
    }

    /// The value of `name`. Setting nil removes the member; setting a new name appends it.
    public subscript(name: String) -> JSONValue? {
        get { index(of: name).map { members[$0].value } }
        set {
            switch (index(of: name), newValue) {
            case (let index?, let value?): members[index].value = value
            case (let index?, nil): members.remove(at: index)
            case (nil, let value?): members.append(Member(name: name, value: value))
            case (nil, nil): break
            }
        }
    }

    /// By place: to take out each member counted references for its name and its value.
    private func index(of name: String) -> Int? { members.indices.first { members[$0].name == name } }

    /// An object of members of which the caller knows that no name occurs twice.
    init(uniqueMembers: [Member]) { members = uniqueMembers }

    /// The names in their order.
    public var names: [String] { members.map(\.name) }
    public var isEmpty: Bool { members.isEmpty }

    /// The compact UTF-8 text of the object.
    public var serialized: [UInt8] { JSONValue.object(self).serialized }
    /// The compact text of the object.
    public var text: String { String(decoding: serialized, as: UTF8.self) }
}
