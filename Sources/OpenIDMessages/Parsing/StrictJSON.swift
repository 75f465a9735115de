/// Why a text is not the JSON that CitizenID accepts.
public enum StrictJSONError: Error, Sendable, Equatable {
    case tooLong
    case tooDeep
    case tooManyValues
    case duplicateName
    case invalidUTF8
    case invalidNumber
    case invalidString
    case syntax(offset: Int)
}

/// Reads JSON (RFC 8259) where security depends on there being one reading of a text.
///
/// Beyond the grammar it refuses what readers disagree about: names that occur twice, invalid UTF-8 and lone
/// surrogates, integers beyond 64 bits and numbers that are not finite. Nesting and length are bounded.
public enum StrictJSON {
    /// The deepest nesting that is read.
    public static let maximumDepth = 16
    /// The longest text that is read, in bytes, unless a caller sets its own limit.
    public static let defaultMaximumLength = 65_536

    /// Reads one value.
    ///
    /// - Parameter maximumValues: how many values the text may hold, inner ones and empty ones too. Each costs far more than
    ///   its bytes: of what strangers send they are counted.
    public static func parse(
        _ bytes: [UInt8], maximumLength: Int = defaultMaximumLength, maximumValues: Int = .max
    ) throws(StrictJSONError) -> JSONValue {
        guard bytes.count <= maximumLength else { throw .tooLong }
        var reader = JSONReader(bytes: bytes, valuesLeft: maximumValues)
        return try reader.document()
    }

    /// Reads one object.
    public static func parseObject(
        _ bytes: [UInt8], maximumLength: Int = defaultMaximumLength, maximumValues: Int = .max
    ) throws(StrictJSONError) -> JSONObject {
        guard
            case .object(let object) = try parse(bytes, maximumLength: maximumLength, maximumValues: maximumValues)
        else { throw .syntax(offset: 0) }
        return object
    }
}

private struct JSONReader {
    let bytes: [UInt8]
    var valuesLeft: Int
    var position = 0

    init(bytes: [UInt8], valuesLeft: Int) {
        self.bytes = bytes
        self.valuesLeft = valuesLeft
    }

    mutating func document() throws(StrictJSONError) -> JSONValue {
        let result = try value(depth: 0)
        skipWhiteSpace()
        guard position == bytes.count else { throw .syntax(offset: position) }
        return result
    }

    private var current: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skipWhiteSpace() {
        while let byte = current, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard current == byte else { return false }
        position += 1
        return true
    }

    private mutating func value(depth: Int) throws(StrictJSONError) -> JSONValue {
        guard valuesLeft > 0 else { throw .tooManyValues }
        valuesLeft -= 1
        skipWhiteSpace()
        switch current {
        case UInt8(ascii: "{"): return try object(depth: depth + 1)
        case UInt8(ascii: "["): return try array(depth: depth + 1)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try literal("true", .bool(true))
        case UInt8(ascii: "f"): return try literal("false", .bool(false))
        case UInt8(ascii: "n"): return try literal("null", .null)
        default: return try number()
        }
    }

    private mutating func literal(_ text: StaticString, _ value: JSONValue) throws(StrictJSONError) -> JSONValue {
        for byte in text.description.utf8 where !take(byte) { throw .syntax(offset: position) }
        return value
    }

    private mutating func object(depth: Int) throws(StrictJSONError) -> JSONValue {
        guard depth <= StrictJSON.maximumDepth else { throw .tooDeep }
        position += 1
        var members: [JSONObject.Member] = []
        // Names of large objects go into a set: comparing each with all others costs time that grows with the square
        // of their number. For the few names of our messages comparing is the cheaper way.
        var names: Set<String> = []
        skipWhiteSpace()
        if take(UInt8(ascii: "}")) { return .object([:]) }
        // A list that grows member by member is made anew twice on the way.
        members.reserveCapacity(4)
        repeat {
            skipWhiteSpace()
            guard current == UInt8(ascii: "\"") else { throw .syntax(offset: position) }
            let name = try string()
            skipWhiteSpace()
            guard take(UInt8(ascii: ":")) else { throw .syntax(offset: position) }
            let value = try value(depth: depth)
            guard isNew(name, among: members, &names) else { throw .duplicateName }
            members.append(JSONObject.Member(name: name, value: value))
            skipWhiteSpace()
        } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "}")) else { throw .syntax(offset: position) }
        return .object(JSONObject(uniqueMembers: members))
    }

    private func isNew(_ name: String, among members: [JSONObject.Member], _ names: inout Set<String>) -> Bool {
        guard members.count >= 24 else { return !members.contains { $0.name == name } }
        if names.isEmpty { names = Set(members.map(\.name)) }
        return names.insert(name).inserted
    }

    private mutating func array(depth: Int) throws(StrictJSONError) -> JSONValue {
        guard depth <= StrictJSON.maximumDepth else { throw .tooDeep }
        position += 1
        var elements: [JSONValue] = []
        skipWhiteSpace()
        if take(UInt8(ascii: "]")) { return .array(elements) }
        repeat {
            elements.append(try value(depth: depth))
            skipWhiteSpace()
        } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "]")) else { throw .syntax(offset: position) }
        return .array(elements)
    }

    private mutating func digits() -> Int {
        let start = position
        while let byte = current, byte >= 0x30, byte <= 0x39 { position += 1 }
        return position - start
    }

    /// RFC 8259 §6.
    private mutating func number() throws(StrictJSONError) -> JSONValue {
        let start = position
        _ = take(UInt8(ascii: "-"))
        let firstDigit = position
        guard digits() > 0 else { throw .syntax(offset: position) }
        guard bytes[firstDigit] != 0x30 || position == firstDigit + 1 else { throw .invalidNumber }
        var isInteger = true
        if take(UInt8(ascii: ".")) {
            isInteger = false
            guard digits() > 0 else { throw .invalidNumber }
        }
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            isInteger = false
            if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
            guard digits() > 0 else { throw .invalidNumber }
        }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        if isInteger {
            guard let value = Int64(text) else { throw .invalidNumber }
            return .integer(value)
        }
        guard let value = Double(text), value.isFinite else { throw .invalidNumber }
        return .number(value)
    }

    /// RFC 8259 §7.
    private mutating func string() throws(StrictJSONError) -> String {
        position += 1
        let start = position
        var union: UInt8 = 0
        var end = start
        // Sixteen at a time without a branch for each, so that the processor looks at them at once.
        while end + 16 <= bytes.count {
            var (found, all): (UInt8, UInt8) = (0, 0)
            for index in end..<(end + 16) {
                let byte = bytes[index]
                found |= (byte < 0x20 ? 1 : 0) | (byte == UInt8(ascii: "\"") ? 1 : 0)
                found |= byte == UInt8(ascii: "\\") ? 1 : 0
                all |= byte
            }
            guard found == 0 else { break }
            union |= all
            end += 16
        }
        while end < bytes.count, Self.isPlain(bytes[end]) {
            union |= bytes[end]
            end += 1
        }
        position = end
        switch current {
        case UInt8(ascii: "\""):
            // No escapes: the usual case needs no buffer.
            guard let text = Self.text(bytes[start..<end], isASCII: union < 0x80) else { throw .invalidUTF8 }
            position += 1
            return text
        case UInt8(ascii: "\\"): return try stringWithEscapes(from: start)
        case nil: throw .syntax(offset: position)
        default: throw .invalidString
        }
    }

    /// What stands for itself in a string, and does not end it.
    private static func isPlain(_ byte: UInt8) -> Bool {
        byte >= 0x20 && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
    }

    /// Validating is generic code of the standard library, which ASCII can do without.
    private static func text(_ bytes: ArraySlice<UInt8>, isASCII: Bool) -> String? {
        isASCII ? String(decoding: bytes, as: UTF8.self) : String(validating: bytes, as: UTF8.self)
    }

    private mutating func stringWithEscapes(from start: Int) throws(StrictJSONError) -> String {
        var buffer = Array(bytes[start..<position])
        while let byte = current {
            position += 1
            switch byte {
            case UInt8(ascii: "\""):
                guard let text = String(validating: buffer, as: UTF8.self) else { throw .invalidUTF8 }
                return text
            case UInt8(ascii: "\\"):
                buffer.append(contentsOf: String(try escapedScalar()).utf8)
            case 0..<0x20: throw .invalidString
            default: buffer.append(byte)
            }
        }
        throw .syntax(offset: position)
    }

    private mutating func escapedScalar() throws(StrictJSONError) -> Character {
        guard let byte = current else { throw .syntax(offset: position) }
        position += 1
        switch byte {
        case UInt8(ascii: "\""): return "\""
        case UInt8(ascii: "\\"): return "\\"
        case UInt8(ascii: "/"): return "/"
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): return try unicodeEscape()
        default: throw .invalidString
        }
    }

    private mutating func unicodeEscape() throws(StrictJSONError) -> Character {
        let first = try hexadecimalUnit()
        if let scalar = Unicode.Scalar(first) { return Character(scalar) }
        guard first < 0xDC00, take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) else { throw .invalidString }
        let second = try hexadecimalUnit()
        guard second >= 0xDC00, second <= 0xDFFF,
            let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
        else { throw .invalidString }
        return Character(scalar)
    }

    private mutating func hexadecimalUnit() throws(StrictJSONError) -> UInt32 {
        var unit: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = current, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
                throw .invalidString
            }
            unit = unit << 4 | UInt32(digit)
            position += 1
        }
        return unit
    }
}
