/// Why a query or a form was refused.
public enum FormError: Error, Sendable, Equatable {
    case tooLong
    case tooManyParameters
    case malformed
    /// A parameter that occurs more than once (RFC 6749 §3.1), by its name.
    case duplicate(String)
}

/// The parameters of a query or of an `application/x-www-form-urlencoded` body; each name at most once.
///
/// A parameter without a value counts as absent (RFC 6749 §3.1). Names and values are UTF-8 without control
/// characters.
public struct FormParameters: Sendable, Equatable {
    private var pairs: [(name: String, value: String)]

    /// The most parameters that are read.
    public static let maximumCount = 64

    public init() { pairs = [] }

    /// Parameters to be sent, in this order.
    public init(_ pairs: KeyValuePairs<String, String>) { self.pairs = pairs.map { ($0.key, $0.value) } }

    /// Reads the text after `?` or a form body.
    public init(parsing text: some Collection<UInt8>, maximumLength: Int = 65_536) throws(FormError) {
        guard text.count <= maximumLength else { throw .tooLong }
        // An array: a generic collection costs a call or more for each byte.
        try self.init(parsing: Array(text), maximumLength: maximumLength)
    }

    public init(parsing text: [UInt8], maximumLength: Int = 65_536) throws(FormError) {
        pairs = []
        guard text.count <= maximumLength else { throw .tooLong }
        guard !text.isEmpty else { return }
        for part in text.split(separator: UInt8(ascii: "&"), omittingEmptySubsequences: false) {
            guard pairs.count < Self.maximumCount else { throw .tooManyParameters }
            let halves = part.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = Self.decode(halves[0]), !name.isEmpty, let value = Self.decode(halves.dropFirst().first)
            else { throw .malformed }
            guard !pairs.contains(where: { $0.name == name }) else { throw .duplicate(name) }
            pairs.append((name, value))
        }
    }

    /// The value of `name`, or nil when it is absent or empty.
    public subscript(name: String) -> String? {
        pairs.first { $0.name == name && !$0.value.isEmpty }?.value
    }

    /// The names in their order.
    public var names: [String] { pairs.map(\.name) }
    public var isEmpty: Bool { pairs.isEmpty }

    /// Adds a parameter to be sent.
    public mutating func append(_ name: String, _ value: String) { pairs.append((name, value)) }

    /// Joins the parameters of a query and a body; a name in both is a duplicate.
    public func joined(with other: FormParameters) throws(FormError) -> FormParameters {
        var result = self
        for pair in other.pairs {
            guard !pairs.contains(where: { $0.name == pair.name }) else { throw .duplicate(pair.name) }
            result.pairs.append(pair)
        }
        return result
    }

    /// The bytes of all names and values; `encoded` is not shorter.
    public var length: Int { pairs.reduce(0) { $0 + $1.name.utf8.count + $1.value.utf8.count } }

    /// The parameters as `application/x-www-form-urlencoded` text.
    public var encoded: String {
        var output: [UInt8] = []
        output.reserveCapacity(length + 2 * pairs.count)
        for (index, pair) in pairs.enumerated() {
            if index > 0 { output.append(UInt8(ascii: "&")) }
            Self.encode(pair.name, to: &output)
            output.append(UInt8(ascii: "="))
            Self.encode(pair.value, to: &output)
        }
        return String(decoding: output, as: UTF8.self)
    }

    public static func == (left: FormParameters, right: FormParameters) -> Bool {
        left.pairs.elementsEqual(right.pairs) { $0.name == $1.name && $0.value == $1.value }
    }

    /// The percent-encoding of `text` that leaves unreserved characters (RFC 3986 §2.3) as they are.
    public static func percentEncode(_ text: String) -> String {
        var output: [UInt8] = []
        encode(text, to: &output)
        return String(decoding: output, as: UTF8.self)
    }

    /// The text that percent-encoded `text` stands for; `+` is a space. Nil when it is malformed.
    public static func percentDecode(_ text: String) -> String? { decode(Array(text.utf8)[...]) }

    private static let hexadecimal = [UInt8]("0123456789ABCDEF".utf8)

    private static func encode(_ text: String, to output: inout [UInt8]) {
        let bytes = text.utf8.span
        for index in bytes.indices {
            let byte = bytes[index]
            if CharacterClass.isUnreserved(byte) {
                output.append(byte)
            } else {
                output.append(UInt8(ascii: "%"))
                output.append(hexadecimal[Int(byte >> 4)])
                output.append(hexadecimal[Int(byte & 15)])
            }
        }
    }

    private static func decode(_ text: ArraySlice<UInt8>?) -> String? {
        guard let text else { return "" }
        var output: [UInt8] = []
        output.reserveCapacity(text.count)
        var union: UInt8 = 0
        var iterator = text.makeIterator()
        while let byte = iterator.next() {
            var decoded = byte
            switch byte {
            case UInt8(ascii: "+"): decoded = 0x20
            case UInt8(ascii: "%"):
                guard let high = iterator.next().flatMap(hexadecimalValue),
                    let low = iterator.next().flatMap(hexadecimalValue)
                else { return nil }
                decoded = high << 4 | low
            default: break
            }
            guard decoded >= 0x20, decoded != 0x7F else { return nil }
            output.append(decoded)
            union |= decoded
        }
        // Validating is generic code of the standard library, which ASCII can do without.
        return union < 0x80 ? String(decoding: output, as: UTF8.self) : String(validating: output, as: UTF8.self)
    }

    private static func hexadecimalValue(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
