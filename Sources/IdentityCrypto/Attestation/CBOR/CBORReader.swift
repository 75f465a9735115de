/// Reads CBOR strictly: only CTAP2's canonical form (CTAP 2.1 §8), which every WebAuthn attestation object and COSE key
/// is written in. Whoever reads leniently can be shown one thing where another verifier sees another.
struct CBORReader {
    static let maximumLength = 65_536
    static let maximumDepth = 8
    static let maximumItems = 512

    private let bytes: [UInt8]
    private var position = 0
    private var itemsLeft = maximumItems

    private init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// The one data item that `bytes` consist of.
    static func read(_ bytes: [UInt8]) throws(CBORError) -> CBORValue {
        guard bytes.count <= maximumLength else { throw .tooLong }
        var reader = CBORReader(bytes)
        let value = try reader.item(depth: 1)
        guard reader.position == bytes.count else { throw .trailingBytes }
        return value
    }

    private mutating func item(depth: Int) throws(CBORError) -> CBORValue {
        guard depth <= Self.maximumDepth else { throw .tooDeep }
        guard itemsLeft > 0 else { throw .tooManyItems }
        itemsLeft -= 1
        let initial = try byte()
        let (major, information) = (initial >> 5, initial & 0x1f)
        switch major {
        case 0: return .unsigned(try argument(information))
        case 1: return .negative(try argument(information))
        case 2: return .bytes(try string(information))
        case 3:
            guard let text = String(validating: try string(information), as: UTF8.self) else { throw .invalidText }
            return .text(text)
        case 4: return .array(try array(information, depth: depth))
        case 5: return .map(try map(information, depth: depth))
        case 7: return try simple(information)
        default: throw .unsupported
        }
    }

    private mutating func array(_ information: UInt8, depth: Int) throws(CBORError) -> [CBORValue] {
        var items: [CBORValue] = []
        for _ in 0..<(try count(information, bytesPerItem: 1)) { items.append(try item(depth: depth + 1)) }
        return items
    }

    private mutating func map(_ information: UInt8, depth: Int) throws(CBORError) -> CBORMap {
        var entries: [(key: CBORValue, value: CBORValue)] = []
        var last: ArraySlice<UInt8>?
        for _ in 0..<(try count(information, bytesPerItem: 2)) {
            let start = position
            let key = try item(depth: depth + 1)
            let encoded = bytes[start..<position]
            if let last { guard Self.precedes(last, encoded) else { throw .keyOrder } }
            last = encoded
            entries.append((key, try item(depth: depth + 1)))
        }
        return CBORMap(entries: entries)
    }

    /// CTAP 2.1 §8: by major type, then the shorter one, then byte by byte. Equal keys are in no order.
    private static func precedes(_ left: ArraySlice<UInt8>, _ right: ArraySlice<UInt8>) -> Bool {
        let (leftMajor, rightMajor) = ((left.first ?? 0) >> 5, (right.first ?? 0) >> 5)
        guard leftMajor == rightMajor else { return leftMajor < rightMajor }
        guard left.count == right.count else { return left.count < right.count }
        return left.lexicographicallyPrecedes(right)
    }

    private mutating func simple(_ information: UInt8) throws(CBORError) -> CBORValue {
        switch information {
        case 20: return .bool(false)
        case 21: return .bool(true)
        case 22: return .null
        case 28...30: throw .reserved
        case 31: throw .indefiniteLength
        default: throw .unsupported
        }
    }

    private mutating func string(_ information: UInt8) throws(CBORError) -> [UInt8] {
        let count = try count(information, bytesPerItem: 1)
        defer { position += count }
        return Array(bytes[position..<position + count])
    }

    /// A length, after a look at what is left: a length alone must not make anybody reserve memory.
    private mutating func count(_ information: UInt8, bytesPerItem: Int) throws(CBORError) -> Int {
        let count = try argument(information)
        guard count <= UInt64((bytes.count - position) / bytesPerItem) else { throw .truncated }
        return Int(count)
    }

    /// The argument of an item's head (RFC 8949 §3), in its shortest form.
    private mutating func argument(_ information: UInt8) throws(CBORError) -> UInt64 {
        switch information {
        case 0..<24: return UInt64(information)
        case 24...27:
            let width = 1 << (information - 24)
            var value: UInt64 = 0
            for _ in 0..<width { value = value << 8 | UInt64(try byte()) }
            let floor: UInt64 = width == 1 ? 24 : 1 << (4 * UInt64(width))
            guard value >= floor else { throw .notShortest }
            return value
        case 31: throw .indefiniteLength
        default: throw .reserved
        }
    }

    private mutating func byte() throws(CBORError) -> UInt8 {
        guard position < bytes.count else { throw .truncated }
        defer { position += 1 }
        return bytes[position]
    }
}
