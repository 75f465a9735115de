import AccountDirectory
import OpenIDMessages
import Testing

/// SplitMix64: the same numbers for the same seed on every run.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }
}

@Suite("Properties of merged policies")
struct PolicyPropertyTests {
    /// Policies of a list `l`, a level `v` and a text `t` with random operators; those that contradict themselves are
    /// drawn again.
    private static func policy(_ random: inout SplitMix) -> MetadataPolicy {
        while true {
            let object: JSONObject = [
                "l": .object(listOperators(&random)), "v": .object(levelOperators(&random)),
                "t": .object(textOperators(&random)),
            ]
            if let policy = try? MetadataPolicy(json: object) { return policy }
        }
    }

    private static func some(_ words: [String], _ random: inout SplitMix) -> JSONValue {
        .strings(words.filter { _ in Bool.random(using: &random) }.shuffled(using: &random))
    }

    private static func operators(
        _ random: inout SplitMix, _ values: [(String, (inout SplitMix) -> JSONValue)]
    ) -> JSONObject {
        var object = JSONObject()
        for (name, value) in values where Int.random(in: 0..<3, using: &random) == 0 { object[name] = value(&random) }
        return object
    }

    private static func listOperators(_ random: inout SplitMix) -> JSONObject {
        let words = ["a", "b", "c", "d"]
        return operators(
            &random,
            ["value", "add", "default", "subset_of", "superset_of"].map { name in (name, { some(words, &$0) }) }
                + [("essential", { .bool(Bool.random(using: &$0)) })])
    }

    private static func levelOperators(_ random: inout SplitMix) -> JSONObject {
        let levels = ["normal", "substantiell", "hoch"]
        func level(_ random: inout SplitMix) -> JSONValue { .string(levels.randomElement(using: &random)!) }
        return operators(
            &random,
            [
                ("value", { Bool.random(using: &$0) ? .null : level(&$0) }), ("default", level), ("at_least", level),
                ("one_of", { some(levels, &$0) }), ("essential", { .bool(Bool.random(using: &$0)) }),
            ])
    }

    private static func textOperators(_ random: inout SplitMix) -> JSONObject {
        let words = ["x", "y", "z"]
        return operators(
            &random,
            [
                ("value", { .string(words.randomElement(using: &$0)!) }),
                ("default", { .string(words.randomElement(using: &$0)!) }), ("one_of", { some(words, &$0) }),
                ("essential", { .bool(Bool.random(using: &$0)) }),
            ])
    }

    private static func metadata(_ random: inout SplitMix) -> JSONObject {
        var object = JSONObject()
        if Bool.random(using: &random) { object["l"] = some(["a", "b", "c", "d"], &random) }
        if Bool.random(using: &random) { object["v"] = .string(["normal", "hoch"].randomElement(using: &random)!) }
        if Bool.random(using: &random) { object["t"] = .string(["x", "y"].randomElement(using: &random)!) }
        return object
    }

    private func merged(_ one: MetadataPolicy?, _ other: MetadataPolicy?) -> MetadataPolicy? {
        guard let one, let other else { return nil }
        return try? one.merged(with: other)
    }

    @Test(arguments: 0..<16) func `merging is associative, and so are its refusals`(seed: Int) {
        var random = SplitMix(state: UInt64(seed))
        var (allowed, refused) = (0, 0)
        for _ in 0..<500 {
            let (a, b, c) = (Self.policy(&random), Self.policy(&random), Self.policy(&random))
            let left = merged(merged(a, b), c)
            #expect(left == merged(a, merged(b, c)), "\(a.json.text) \(b.json.text) \(c.json.text)")
            if left == nil { refused += 1 } else { allowed += 1 }
        }
        #expect(allowed > 0 && refused > 0, "both happen: \(allowed), \(refused)")
    }

    @Test(arguments: 0..<16) func `a merged policy never allows what one of its parts forbids`(seed: Int) {
        var random = SplitMix(state: UInt64(seed) &+ 1000)
        var results = 0
        for _ in 0..<1000 {
            let (a, b) = (Self.policy(&random), Self.policy(&random))
            guard let whole = merged(a, b), let result = try? whole.applied(to: Self.metadata(&random)) else {
                continue
            }
            results += 1
            for part in [a, b, whole] {
                #expect(part.permits(result), "\(a.json.text) \(b.json.text) \(result.text)")
            }
        }
        #expect(results > 0)
    }

    @Test(arguments: 0..<16) func `applying a policy twice changes nothing more`(seed: Int) throws {
        var random = SplitMix(state: UInt64(seed) &+ 2000)
        for _ in 0..<500 {
            let policy = Self.policy(&random)
            guard let once = try? policy.applied(to: Self.metadata(&random)) else { continue }
            #expect(try policy.applied(to: once) == once, "\(policy.json.text) \(once.text)")
        }
    }

    @Test(arguments: 0..<8) func `the same parts give the same policy, whatever the order of what they write`(seed: Int)
    {
        var random = SplitMix(state: UInt64(seed) &+ 3000)
        for _ in 0..<200 {
            let (a, b) = (Self.policy(&random), Self.policy(&random))
            let (first, second) = (merged(a, b), merged(a, b))
            #expect(first?.json.text == second?.json.text)
            // Superior and subordinate may differ in the order of lists, never in what they allow.
            let other = merged(b, a)
            #expect((first == nil) == (other == nil))
            let metadata = Self.metadata(&random)
            if let first, let other {
                let (one, two) = (try? first.applied(to: metadata), try? other.applied(to: metadata))
                #expect((one == nil) == (two == nil))
                if let one, let two { #expect(first.permits(two) && other.permits(one)) }
            }
        }
    }

    @Test(arguments: 0..<8) func `what is written is read again`(seed: Int) throws {
        var random = SplitMix(state: UInt64(seed) &+ 4000)
        for _ in 0..<200 {
            let policy = Self.policy(&random)
            #expect(try MetadataPolicy(json: policy.json) == policy)
        }
    }
}
