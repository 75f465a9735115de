import OpenIDMessages
import Testing

/// A small generator with a seed, so that a failing case can be had again (splitmix64).
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }
}

@Suite("What is written as JSON is read as the same value")
struct JSONWriterTests {
    @Test("generated values survive writing and reading", arguments: UInt64(0)..<200)
    func generatedValuesSurvive(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<20 {
            let value = Self.value(depth: 0, &generator)
            let written = value.serialized
            let read = try StrictJSON.parse(written, maximumLength: .max)
            #expect(read == value)
            #expect(read.serialized == written, "and once more, byte for byte")
            #expect(try StrictJSON.parse(Array(value.prettyText.utf8), maximumLength: .max) == value)
        }
    }

    private static func value(depth: Int, _ generator: inout SeededGenerator) -> JSONValue {
        switch Int.random(in: 0..<(depth < 5 ? 9 : 6), using: &generator) {
        case 0: return .null
        case 1: return .bool(.random(using: &generator))
        case 2: return .integer(.random(in: .min ... .max, using: &generator))
        case 3: return .integer(.random(in: -9...9, using: &generator))
        case 4:
            let number = Double(bitPattern: generator.next())
            return .number(number.isFinite ? number : 0.5)
        case 5: return .string(text(&generator))
        case 6, 7:
            let count = Int.random(in: 0..<5, using: &generator)
            return .array((0..<count).map { _ in value(depth: depth + 1, &generator) })
        default:
            var object = JSONObject()
            for _ in 0..<Int.random(in: 0..<5, using: &generator) {
                object[text(&generator)] = value(depth: depth + 1, &generator)
            }
            return .object(object)
        }
    }

    private static func text(_ generator: inout SeededGenerator) -> String {
        var scalars = String.UnicodeScalarView()
        for _ in 0..<Int.random(in: 0..<12, using: &generator) {
            let limit: UInt32 = [0x30, 0x80, 0x800, 0x11_0000].randomElement(using: &generator) ?? 0x80
            guard let scalar = Unicode.Scalar(UInt32.random(in: 0..<limit, using: &generator)) else { continue }
            scalars.append(scalar)
        }
        return String(scalars)
    }

    @Test("the compact text has no white space and keeps the order")
    func compactText() {
        let object: JSONObject = ["b": [1, "x y"], "a": .object(["z": .null]), "n": .number(1.5), "t": true]
        #expect(object.text == #"{"b":[1,"x y"],"a":{"z":null},"n":1.5,"t":true}"#)
    }

    @Test("control characters are written as escapes, letters of every script as themselves")
    func escapes() {
        let text = JSONValue.string("\"\\/\n\r\t\u{0}\u{1F}\u{7F}äß😀")
        #expect(String(decoding: text.serialized, as: UTF8.self) == #""\"\\/\n\u000d\u0009\u0000\u001f\u007fäß😀""#)
    }

    @Test("the text for people has a line for each member")
    func prettyText() {
        let value = JSONValue.object(["a": [1, 2], "b": .object([:]), "c": []])
        #expect(value.prettyText == "{\n  \"a\": [\n    1,\n    2\n  ],\n  \"b\": {},\n  \"c\": []\n}")
    }

    @Test("a member keeps its place when its value changes, and leaves when it is nil")
    func members() {
        var object: JSONObject = ["a": 1, "b": 2, "c": 3]
        object["b"] = 4
        #expect(object.names == ["a", "b", "c"] && object["b"] == 4)
        object["a"] = nil
        #expect(object.names == ["b", "c"] && object["a"] == nil)
        object["d"] = nil
        #expect(object.text == #"{"b":4,"c":3}"#)
    }
}
