/// Why the members of a message do not make that message.
public enum MessageError: Error, Sendable, Equatable {
    /// A member that must be there is not.
    case missing(String)
    /// A member has the wrong type or a malformed value.
    case malformed(String)
    /// A member that this version of the message does not know.
    case unknown(String)

    /// The member's name; of one in an inner object with the outer names before it.
    public var member: String {
        switch self {
        case .missing(let name), .malformed(let name), .unknown(let name): name
        }
    }

    /// What is wrong with it, in one word.
    public var kind: Kind {
        switch self {
        case .missing: .missing
        case .malformed: .malformed
        case .unknown: .unknown
        }
    }

    public enum Kind: String, Sendable, Hashable, CaseIterable {
        case missing, malformed, unknown
    }

    public init(_ kind: Kind, member: String) {
        switch kind {
        case .missing: self = .missing(member)
        case .malformed: self = .malformed(member)
        case .unknown: self = .unknown(member)
        }
    }
}

/// Reads the members of one JSON object, each once, and refuses those that nobody asked for.
public struct MemberReader {
    /// A list: messages have few members, and hashing their names costs more than looking through them.
    private let members: [JSONObject.Member]
    /// Which of them were read. To take them out would copy them all.
    private var isRead: [Bool]

    public init(_ object: JSONObject) {
        members = object.members
        isRead = [Bool](repeating: false, count: object.members.count)
    }

    /// The value of `name`, if it is there.
    public mutating func optional(_ name: String) -> JSONValue? {
        guard let index = index(of: name) else { return nil }
        isRead[index] = true
        return members[index].value
    }

    /// True when `name` is there and was not read yet.
    public func has(_ name: String) -> Bool { index(of: name) != nil }

    private func index(of name: String) -> Int? {
        members.indices.first { !isRead[$0] && members[$0].name == name }
    }

    /// The value of `name`.
    public mutating func value(_ name: String) throws(MessageError) -> JSONValue {
        guard let value = optional(name) else { throw .missing(name) }
        return value
    }

    /// A string of at most `maximumLength` UTF-8 bytes without control characters.
    public mutating func string(_ name: String, maximumLength: Int = 1024) throws(MessageError) -> String {
        guard let text = try value(name).string, Self.isText(text, maximumLength: maximumLength) else {
            throw .malformed(name)
        }
        return text
    }

    /// Whether `string(_:maximumLength:)` reads such a text.
    public static func isText(_ text: String, maximumLength: Int = 1024) -> Bool {
        text.utf8.count <= maximumLength && !hasControlCharacters(text)
    }

    /// A string as `string(_:maximumLength:)`, or nil when the member is absent.
    public mutating func optionalString(_ name: String, maximumLength: Int = 1024) throws(MessageError) -> String? {
        has(name) ? try string(name, maximumLength: maximumLength) : nil
    }

    /// A wire value.
    public mutating func wire<Value: WireValue>(_ name: String, as type: Value.Type = Value.self) throws(MessageError)
        -> Value
    {
        guard let value = Value(rawValue: try string(name, maximumLength: 4096)) else { throw .malformed(name) }
        return value
    }

    /// A wire value, or nil when the member is absent.
    public mutating func optionalWire<Value: WireValue>(
        _ name: String, as type: Value.Type = Value.self
    ) throws(MessageError) -> Value? {
        has(name) ? try wire(name) : nil
    }

    /// A nonce of the device protocol: exactly 32 bytes in base64url (docs/protocol.md §2).
    public mutating func statementNonce(_ name: String) throws(MessageError) -> Nonce {
        let nonce = try wire(name, as: Nonce.self)
        guard Base64URL.decode(nonce.rawValue)?.count == 32 else { throw .malformed(name) }
        return nonce
    }

    /// One of the cases of an enumeration.
    public mutating func choice<Value: RawRepresentable<String>>(
        _ name: String, as type: Value.Type = Value.self
    ) throws(MessageError) -> Value {
        guard let value = Value(rawValue: try string(name, maximumLength: 128)) else { throw .malformed(name) }
        return value
    }

    /// A time in seconds since 1970 (RFC 7519 §2, NumericDate without a fraction), up to the year 9999.
    public mutating func time(_ name: String) throws(MessageError) -> Timestamp {
        guard let seconds = try value(name).integer, (0...253_402_300_799).contains(seconds) else {
            throw .malformed(name)
        }
        return Timestamp(seconds: seconds)
    }

    /// A time as `time(_:)`, or nil when the member is absent.
    public mutating func optionalTime(_ name: String) throws(MessageError) -> Timestamp? {
        has(name) ? try time(name) : nil
    }

    /// An integer that is not negative.
    public mutating func count(_ name: String) throws(MessageError) -> Int64 {
        guard let value = try value(name).integer, value >= 0 else { throw .malformed(name) }
        return value
    }

    /// A truth value.
    public mutating func bool(_ name: String) throws(MessageError) -> Bool {
        guard let value = try value(name).bool else { throw .malformed(name) }
        return value
    }

    /// A truth value, or nil when the member is absent.
    public mutating func optionalBool(_ name: String) throws(MessageError) -> Bool? {
        has(name) ? try bool(name) : nil
    }

    /// The most strings that `strings(_:)` reads.
    static let maximumStrings = 64

    /// At most 64 strings, each 1 to 128 UTF-8 bytes long and without control characters.
    public mutating func strings(_ name: String) throws(MessageError) -> [String] {
        guard let values = try value(name).strings, values.count <= Self.maximumStrings,
            values.allSatisfy({ (1...128).contains($0.utf8.count) && !Self.hasControlCharacters($0) })
        else { throw .malformed(name) }
        return values
    }

    /// The members of an inner object.
    public mutating func object(_ name: String) throws(MessageError) -> JSONObject {
        guard let object = try value(name).object else { throw .malformed(name) }
        return object
    }

    /// The members of an inner object, or nil when the member is absent.
    public mutating func optionalObject(_ name: String) throws(MessageError) -> JSONObject? {
        has(name) ? try object(name) : nil
    }

    /// At most 64 inner objects.
    public mutating func objects(_ name: String) throws(MessageError) -> [JSONObject] {
        guard let values = try value(name).array, values.count <= 64 else { throw .malformed(name) }
        let objects = values.compactMap(\.object)
        guard objects.count == values.count else { throw .malformed(name) }
        return objects
    }

    /// Control characters of ASCII and of Latin 1 (Unicode's category Cc).
    private static func hasControlCharacters(_ text: String) -> Bool {
        let bytes = text.utf8.span
        // Nearly all texts have none, nor what those of Latin 1 begin with: looked at without a branch for each byte, so that
        // the processor looks at many at once.
        var found: UInt8 = 0
        for index in bytes.indices {
            let byte = bytes[index]
            found |= (byte < 0x20 ? 1 : 0) | (byte == 0x7F ? 1 : 0) | (byte == 0xC2 ? 1 : 0)
        }
        guard found != 0 else { return false }
        var previous: UInt8 = 0
        for index in bytes.indices {
            let byte = bytes[index]
            // Those of Latin 1 are C2 80 to C2 9F.
            if byte < 0x20 || byte == 0x7F || previous == 0xC2 && byte < 0xA0 { return true }
            previous = byte
        }
        return false
    }

    /// Refuses members that were not read.
    public func finish() throws(MessageError) {
        let unread = members.indices.filter { !isRead[$0] }
        if let name = unread.map({ members[$0].name }).min() { throw .unknown(name) }
    }
}
