extension CBORValue {
    /// The bytes in CTAP2's canonical form. Maps come out in canonical order, however they were made.
    var encoded: [UInt8] {
        switch self {
        case .unsigned(let number): Self.head(0, number)
        case .negative(let number): Self.head(1, number)
        case .bytes(let bytes): Self.head(2, UInt64(bytes.count)) + bytes
        case .text(let text): Self.head(3, UInt64(text.utf8.count)) + Array(text.utf8)
        case .array(let items): Self.head(4, UInt64(items.count)) + items.flatMap(\.encoded)
        case .map(let map): Self.head(5, UInt64(map.entries.count)) + Self.sorted(map)
        case .bool(let value): [value ? 0xf5 : 0xf4]
        case .null: [0xf6]
        }
    }

    private static func sorted(_ map: CBORMap) -> [UInt8] {
        map.entries.map { (key: $0.key.encoded, value: $0.value.encoded) }.sorted { left, right in
            let (leftMajor, rightMajor) = (left.key[0] >> 5, right.key[0] >> 5)
            guard leftMajor == rightMajor else { return leftMajor < rightMajor }
            guard left.key.count == right.key.count else { return left.key.count < right.key.count }
            return left.key.lexicographicallyPrecedes(right.key)
        }.flatMap { $0.key + $0.value }
    }

    private static func head(_ major: UInt8, _ argument: UInt64) -> [UInt8] {
        let (information, width): (UInt8, Int) =
            switch argument {
            case 0..<24: (UInt8(argument), 0)
            case 0..<0x100: (24, 1)
            case 0..<0x1_0000: (25, 2)
            case 0..<0x1_0000_0000: (26, 4)
            default: (27, 8)
            }
        let big = (0..<width).reversed().map { UInt8(truncatingIfNeeded: argument >> (8 * UInt64($0))) }
        return [major << 5 | information] + big
    }
}

extension CBORValue: ExpressibleByDictionaryLiteral {
    init(dictionaryLiteral elements: (String, CBORValue)...) {
        self = .map(CBORMap(entries: elements.map { (.text($0.0), $0.1) }))
    }
}
