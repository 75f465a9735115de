import Testing

/// The targets of Scripts/fuzz, built and run without libFuzzer: a promise that is not kept ends the tests.
@Suite("What Scripts/fuzz feeds keeps its promises with what is changed a little")
struct FuzzTargetTests {
    @Test("each target takes its seeds", arguments: FuzzTarget.allCases)
    func seeds(target: FuzzTarget) throws {
        let seeds = try target.seeds()
        #expect(!seeds.isEmpty && seeds.allSatisfy(target.takes))
    }

    @Test("each target bears a thousand changes of them", arguments: FuzzTarget.allCases)
    func changes(target: FuzzTarget) throws {
        var random = Repeatable(state: 7)
        let seeds = try target.seeds().filter { $0.count <= 4096 }
        let first = try #require(seeds.first)
        for _ in 0..<1000 {
            var bytes = seeds.randomElement(using: &random) ?? first
            for _ in 0..<Int.random(in: 1...3, using: &random) { Self.change(&bytes, &random) }
            _ = target.takes(bytes)
        }
    }

    private static func change(_ bytes: inout [UInt8], _ random: inout Repeatable) {
        let place = Int.random(in: 0...bytes.count, using: &random)
        switch Int.random(in: 0..<5, using: &random) {
        case 0: bytes.removeSubrange(place...)
        case 1: bytes.insert(.random(in: 0...255, using: &random), at: place)
        case 2 where place < bytes.count: bytes.remove(at: place)
        case 3: bytes.insert(contentsOf: bytes[place...].prefix(16), at: place)
        default: if place < bytes.count { bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random) }
        }
    }

    /// SplitMix64: the same changes each time.
    private struct Repeatable: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = (state ^ state >> 30) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
            return mixed ^ mixed >> 31
        }
    }
}
