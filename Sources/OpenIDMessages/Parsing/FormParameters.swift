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
        try self.init(
            parsing: text.withContiguousStorageIfAvailable { unsafe Array($0) } ?? Array(text),
            maximumLength: maximumLength)
    }

    public init(parsing text: [UInt8], maximumLength: Int = 65_536) throws(FormError) {
        pairs = []
        guard text.count <= maximumLength else { throw .tooLong }
        guard !text.isEmpty else { return }
        var reader = FormReader(text)
        // Hashes of the names: to compare each name with all before it would cost as much as reading them.
        var hashes: [Int] = []
        repeat {
            guard pairs.count < Self.maximumCount else { throw .tooManyParameters }
            guard let name = reader.name(), !name.isEmpty, let value = reader.value() else { throw .malformed }
            let hash = name.hashValue
            guard !hashes.contains(hash) || !pairs.contains(where: { $0.name == name }) else { throw .duplicate(name) }
            hashes.append(hash)
            pairs.append((name, value))
        } while reader.takeSeparator()
    }

    /// The value of `name`, or nil when it is absent or empty.
    public subscript(name: String) -> String? {
        // Also one that was added to what was read, after an empty one. By place: to take out each pair counted references for
        // its name and its value.
        pairs.indices.first { pairs[$0].name == name && !pairs[$0].value.isEmpty }.map { pairs[$0].value }
    }

    /// The names in their order.
    public var names: [String] { pairs.map(\.name) }
    public var isEmpty: Bool { pairs.isEmpty }

    /// Adds a parameter to be sent.
    public mutating func append(_ name: String, _ value: String) { pairs.append((name, value)) }

    /// Joins the parameters of a query and a body; a name in both is a duplicate.
    public func joined(with other: FormParameters) throws(FormError) -> FormParameters {
        guard !isEmpty else { return other }
        var result = self
        for pair in other.pairs {
            guard !pairs.contains(where: { $0.name == pair.name }) else { throw .duplicate(pair.name) }
            result.pairs.append(pair)
        }
        return result
    }

    /// The bytes of `encoded`, which is not built for it.
    public var encodedLength: Int {
        pairs.reduce(max(0, pairs.count - 1)) {
            $0 + Self.encodedLength($1.name) + 1 + Self.encodedLength($1.value)
        }
    }

    /// The parameters as `application/x-www-form-urlencoded` text.
    public var encoded: String {
        var output: [UInt8] = []
        output.reserveCapacity(encodedLength)
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
    public static func percentDecode(_ text: String) -> String? { percentDecode(Array(text.utf8)) }

    static func percentDecode(_ text: [UInt8]) -> String? { FormReader.decode(text) }

    private static func encodedLength(_ text: String) -> Int {
        let bytes = text.utf8.span
        var length = bytes.count
        for index in bytes.indices where !CharacterClass.isUnreserved(bytes[index]) { length += 2 }
        return length
    }

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
}

/// Reads the names and values of a form one after another. What needs no decoding, which is most of an honest request, is
/// taken as it stands.
private struct FormReader {
    /// What a byte means in a form.
    private enum Kind: UInt8 {
        case plain, equals, ampersand
        /// An escape, a space, part of a character beyond ASCII, or a control character, which no form may have.
        case other
    }

    private static let kinds: [Kind] = (UInt8.min...UInt8.max).map { byte in
        switch byte {
        case UInt8(ascii: "="): .equals
        case UInt8(ascii: "&"): .ampersand
        case UInt8(ascii: "+"), UInt8(ascii: "%"), 0..<0x20, 0x7F...: .other
        default: .plain
        }
    }

    private static let digits: [UInt8] = (UInt8.min...UInt8.max).map { byte in
        UInt8(Character(Unicode.Scalar(byte)).hexDigitValue ?? 0xFF)
    }

    private let text: [UInt8]
    private let kinds = Self.kinds
    private let digits = Self.digits
    private var position = 0

    init(_ text: [UInt8]) { self.text = text }

    static func decode(_ text: [UInt8]) -> String? {
        var reader = FormReader(text)
        return reader.component { _ in false }
    }

    /// The text before the next `=` or `&`; nil when it is malformed.
    mutating func name() -> String? { component { $0 == .equals || $0 == .ampersand } }

    /// The text before the next `&`; empty when there is no `=` before it.
    mutating func value() -> String? {
        guard position < text.count, kinds[Int(text[position])] == .equals else { return "" }
        position += 1
        return component { $0 == .ampersand }
    }

    /// Goes behind the `&` at which a value ended; false at the end.
    mutating func takeSeparator() -> Bool {
        guard position < text.count else { return false }
        position += 1
        return true
    }

    @inline(__always)
    private mutating func component(until isEnd: (Kind) -> Bool) -> String? {
        // Copies: what only this loop sees stays in registers.
        let (text, kinds, start) = (text, kinds, position)
        var end = start
        var isPlain = true
        while end < text.count {
            let kind = kinds[Int(text[end])]
            if isEnd(kind) { break }
            if kind == .other { isPlain = false }
            end += 1
        }
        position = end
        return isPlain ? String(decoding: text[start..<end], as: UTF8.self) : decoded(start..<end)
    }

    private func decoded(_ range: Range<Int>) -> String? {
        let (text, digits) = (text, digits)
        var output = [UInt8](repeating: 0, count: range.count)
        var written = output.mutableSpan
        var count = 0
        var index = range.lowerBound
        var union: UInt8 = 0
        while index < range.upperBound {
            var byte = text[index]
            index += 1
            if byte == UInt8(ascii: "%") {
                guard index + 1 < range.upperBound else { return nil }
                let (high, low) = (digits[Int(text[index])], digits[Int(text[index + 1])])
                guard high | low < 16 else { return nil }
                byte = high << 4 | low
                index += 2
            } else if byte == UInt8(ascii: "+") {
                byte = 0x20
            }
            guard byte >= 0x20, byte != 0x7F else { return nil }
            written[count] = byte
            union |= byte
            count += 1
        }
        let decoded = output[..<count]
        // Validating is generic code of the standard library, which ASCII can do without.
        return union < 0x80 ? String(decoding: decoded, as: UTF8.self) : String(validating: decoded, as: UTF8.self)
    }
}
