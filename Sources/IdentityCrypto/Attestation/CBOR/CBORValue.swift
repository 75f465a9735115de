/// A data item of CBOR (RFC 8949) in the subset that attestation objects and COSE keys are made of: no tags, no
/// floating-point numbers, no simple values beside `false`, `true` and `null`.
indirect enum CBORValue: Sendable, Equatable {
    case unsigned(UInt64)
    /// The number −1 − n (RFC 8949 §3.1, major type 1).
    case negative(UInt64)
    case bytes([UInt8])
    case text(String)
    case array([CBORValue])
    case map(CBORMap)
    case bool(Bool)
    case null

    /// The number, where a signed 64-bit integer can hold it.
    var integer: Int64? {
        switch self {
        case .unsigned(let number): Int64(exactly: number)
        case .negative(let number): Int64(exactly: number).map { -1 - $0 }
        default: nil
        }
    }

    var bytes: [UInt8]? { if case .bytes(let bytes) = self { bytes } else { nil } }
    var text: String? { if case .text(let text) = self { text } else { nil } }
    var array: [CBORValue]? { if case .array(let items) = self { items } else { nil } }
    var map: CBORMap? { if case .map(let map) = self { map } else { nil } }

    /// A list of byte strings; nil when another thing is among them.
    var listOfBytes: [[UInt8]]? {
        guard let array else { return nil }
        let items = array.compactMap(\.bytes)
        return items.count == array.count ? items : nil
    }
}

/// A map whose keys occur once, in the order of CTAP2's canonical form.
struct CBORMap: Sendable, Equatable {
    let entries: [(key: CBORValue, value: CBORValue)]

    subscript(name: String) -> CBORValue? { self[.text(name)] }
    subscript(label: Int64) -> CBORValue? {
        self[label < 0 ? .negative(UInt64(-(label + 1))) : .unsigned(UInt64(label))]
    }

    subscript(key: CBORValue) -> CBORValue? { entries.first { $0.key == key }?.value }

    /// The keys, where all are texts.
    var names: [String]? {
        let names = entries.compactMap(\.key.text)
        return names.count == entries.count ? names : nil
    }

    static func == (left: Self, right: Self) -> Bool {
        left.entries.count == right.entries.count
            && zip(left.entries, right.entries).allSatisfy { $0.key == $1.key && $0.value == $1.value }
    }
}

/// Why bytes are not one data item in CTAP2's canonical form.
enum CBORError: Error, Equatable {
    case truncated
    /// Bytes after the data item.
    case trailingBytes
    /// A length or number in more bytes than it needs (CTAP 2.1 §8).
    case notShortest
    case indefiniteLength
    /// Additional information 28 to 30 (RFC 8949 §3).
    case reserved
    /// A tag, a floating-point number or a simple value that attestation does not use.
    case unsupported
    case invalidText
    /// A key that is there twice, or keys that are not in canonical order.
    case keyOrder
    case tooDeep
    case tooManyItems
    case tooLong
}
