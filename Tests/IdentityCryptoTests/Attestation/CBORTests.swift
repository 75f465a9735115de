import Foundation
import OpenIDMessages
import TestVectors
import Testing

@testable import IdentityCrypto

/// Bytes from hexadecimal text; blanks in it are for the eye.
func hex(_ text: String) -> [UInt8] { Hexadecimal.decode(text.filter { $0 != " " })! }

/// A generator whose numbers a seed decides: a failure can be had again.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed }

    /// SplitMix64.
    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}

@Suite("CTAP 2.1 §8: CBOR in canonical form alone")
struct CBORTests {
    static let sample: CBORValue = [
        "fmt": .text("tpm"), "list": .array([.unsigned(0), .unsigned(24), .negative(499), .bool(true), .null]),
        "bytes": .bytes(Array(0..<40)), "inner": ["a": .text("ü"), "b": .unsigned(1 << 40)],
    ]

    @Test("what is written is read again")
    func roundTrip() throws {
        let read = try CBORReader.read(Self.sample.encoded)
        #expect(read.encoded == Self.sample.encoded)
        #expect(read.map?["list"]?.array?[2].integer == -500)
        #expect(read.map?["inner"]?.map?.names == ["a", "b"])
    }

    @Test(
        "what is not canonical is refused, each for its reason",
        arguments: [
            ("", .truncated), ("18", .truncated), ("4401", .truncated), ("a1", .truncated), ("8201", .truncated),
            ("0000", .trailingBytes), ("1817", .notShortest), ("1900ff", .notShortest), ("1a0000ffff", .notShortest),
            ("1b00000000ffffffff", .notShortest), ("3817", .notShortest), ("5801aa", .notShortest),
            ("780161", .notShortest), ("980100", .notShortest), ("b801 0000", .notShortest),
            ("5f4101ff", .indefiniteLength), ("7f6161ff", .indefiniteLength), ("9f01ff", .indefiniteLength),
            ("bf6161f5ff", .indefiniteLength), ("ff", .indefiniteLength), ("1c", .reserved), ("fd", .reserved),
            ("c000", .unsupported), ("f7", .unsupported), ("f90000", .unsupported),
            ("fb3ff0000000000000", .unsupported),
            ("f8ff", .unsupported), ("61ff", .invalidText), ("62c080", .invalidText), ("63eda080", .invalidText),
            ("a201000100", .keyOrder), ("a202000100", .keyOrder), ("a2616100 0100", .keyOrder),
            ("a262616100 616200", .keyOrder), ("a2616200 616100", .keyOrder),
            // Lengths that no input has.
            ("9b7fffffffffffffff", .truncated), ("bb7fffffffffffffff", .truncated), ("5bffffffffffffffff", .truncated),
        ] as [(String, CBORError)])
    func refused(text: String, error: CBORError) {
        #expect(throws: error) { try CBORReader.read(hex(text)) }
    }

    @Test("depth, number of items and length have limits")
    func limits() throws {
        let deep = { (depth: Int) in [UInt8](repeating: 0x81, count: depth - 1) + [0] }
        #expect(throws: Never.self) { try CBORReader.read(deep(CBORReader.maximumDepth)) }
        #expect(throws: CBORError.tooDeep) { try CBORReader.read(deep(CBORReader.maximumDepth + 1)) }
        #expect(throws: CBORError.tooDeep) { try CBORReader.read(deep(60_000)) }
        let wide = { (count: Int) in CBORValue.array([CBORValue](repeating: .null, count: count)).encoded }
        #expect(throws: Never.self) { try CBORReader.read(wide(CBORReader.maximumItems - 1)) }
        #expect(throws: CBORError.tooManyItems) { try CBORReader.read(wide(CBORReader.maximumItems)) }
        let long = CBORValue.bytes([UInt8](repeating: 0, count: CBORReader.maximumLength)).encoded
        #expect(throws: CBORError.tooLong) { try CBORReader.read(long) }
    }

    @Test("every truncation is refused")
    func truncations() {
        let bytes = Self.sample.encoded
        for length in bytes.indices {
            #expect(throws: CBORError.truncated) { try CBORReader.read(Array(bytes[..<length])) }
        }
    }

    @Test("whatever is read is the only spelling of what was read: bit flips and noise")
    func canonical() {
        func check(_ bytes: [UInt8]) {
            guard let value = try? CBORReader.read(bytes) else { return }
            #expect(value.encoded == bytes)
        }
        let bytes = Self.sample.encoded
        for bit in 0..<bytes.count * 8 {
            var flipped = bytes
            flipped[bit / 8] ^= 1 << UInt8(bit % 8)
            check(flipped)
            #expect(flipped.count == bytes.count && (try? CBORReader.read(flipped)) != (try? CBORReader.read(bytes)))
        }
        var generator = SeededGenerator(seed: 20_260_101)
        for _ in 0..<20_000 {
            check((0..<Int.random(in: 0...24, using: &generator)).map { _ in .random(in: 0...255, using: &generator) })
        }
        for _ in 0..<20_000 {
            var changed = bytes
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                changed[Int.random(in: changed.indices, using: &generator)] = .random(in: 0...255, using: &generator)
            }
            check(changed)
        }
    }
}

@Suite(
    "RFC 8949 Appendix A: the published examples",
    .enabled(if: TestVectors.directory != nil, "public test vectors are not here: set CITIZENID_VECTORS"))
struct CBORAppendixTests {
    @Test("what attestation uses is read and written alike, anything else is refused")
    func examples() throws {
        let file = try #require(TestVectors.read("cbor/appendix_a.json"))
        let cases = try #require(try JSONSerialization.jsonObject(with: Data(file)) as? [[String: Any]])
        var (read, refused) = (0, 0)
        for example in cases {
            let bytes = hex(try #require(example["hex"] as? String))
            // Floating-point numbers, tags, `undefined` and other simple values, and indefinite lengths.
            let isForeign =
                [0xc0...0xdb, 0xe0...0xf3, 0xf7...0xff].contains { $0.contains(Int(bytes[0])) }
                || bytes.contains(0x9f) || bytes.contains(0xbf) || [0x5f, 0x7f].contains(bytes[0])
            if let value = try? CBORReader.read(bytes) {
                #expect(!isForeign && value.encoded == bytes)
                if let number = example["decoded"] as? NSNumber, let integer = value.integer {
                    #expect(number.int64Value == integer)
                }
                if let text = example["decoded"] as? String { #expect(value.text == text) }
                read += 1
            } else {
                #expect(isForeign, "\(example["hex"] ?? "")")
                refused += 1
            }
        }
        #expect(read == 37 && refused == cases.count - 37, "\(read) of \(cases.count)")
    }
}
