import OpenIDMessages
import TestVectors
import Testing

@Suite("RFC 8259: JSON has one reading or none")
struct StrictJSONTests {
    private func parse(_ text: String) throws(StrictJSONError) -> JSONValue { try StrictJSON.parse(Array(text.utf8)) }

    struct Reading: Sendable, CustomTestStringConvertible {
        let text: String
        let value: JSONValue
        var testDescription: String { text }

        init(_ text: String, _ value: JSONValue) {
            self.text = text
            self.value = value
        }
    }

    @Test(
        "values are read as what they are",
        arguments: [
            Reading("null", .null), Reading(" true\r\n", .bool(true)), Reading("\tfalse", .bool(false)),
            Reading("0", .integer(0)), Reading("-0", .integer(0)), Reading("-0.0", .number(-0.0)),
            Reading("9223372036854775807", .integer(.max)), Reading("-9223372036854775808", .integer(.min)),
            Reading("1.0", .number(1)), Reading("1e2", .number(100)), Reading("1E-2", .number(0.01)),
            Reading("1e308", .number(1e308)), Reading("5e-324", .number(.leastNonzeroMagnitude)),
            Reading("1e-400", .number(0)),
            Reading(#""""#, .string("")), Reading(#""a\u0000b""#, .string("a\u{0}b")),
            Reading(#""\ud83d\uDE00""#, .string("😀")),
            Reading(#""\"\\\/\b\f\n\r\t""#, .string("\"\\/\u{8}\u{C}\n\r\t")),
            Reading("\"\u{7F}\u{FFFF}\u{10FFFF}\"", .string("\u{7F}\u{FFFF}\u{10FFFF}")), Reading("[]", .array([])),
            Reading("[ 1 , [ ] ]", .array([.integer(1), .array([])])), Reading("{ }", .object([:])),
            Reading(#"{"a":1,"A":2,"":3}"#, .object(["a": 1, "A": 2, "": 3])),
        ])
    func valuesAreRead(_ reading: Reading) throws {
        #expect(try parse(reading.text) == reading.value)
    }

    struct Refusal: Sendable, CustomTestStringConvertible {
        let bytes: [UInt8]
        let error: StrictJSONError
        var testDescription: String { String(decoding: bytes, as: UTF8.self) }

        init(_ text: String, _ error: StrictJSONError) { self.init(Array(text.utf8), error) }
        init(_ bytes: [UInt8], _ error: StrictJSONError) {
            self.bytes = bytes
            self.error = error
        }
    }

    @Test(
        "as many values as are allowed are read, and not one more; the outermost, inner and empty ones count",
        arguments: [
            ("1", 1), ("[]", 1), ("[1,[],{}]", 4), (#"{"a":[1,{"b":null}]}"#, 5), ("[[[[[[1]]]]]]", 7),
        ])
    func valuesAreCounted(text: String, count: Int) throws {
        let bytes = Array(text.utf8)
        #expect(throws: Never.self) { try StrictJSON.parse(bytes, maximumValues: count) }
        #expect(throws: StrictJSONError.tooManyValues) { try StrictJSON.parse(bytes, maximumValues: count - 1) }
    }

    @Test(
        "a name that occurs twice is refused in every spelling",
        arguments: [
            #"{"sub":"a","sub":"a"}"#, #"{"sub":"a","sub":"b"}"#, #"{"sub":"a","\u0073ub":"b"}"#,
            #"{"\u0073ub":"a","s\u0075b":"b"}"#, #"{"":1,"":2}"#, #"{"a":{"b":1,"b":2}}"#, #"[{"b":1,"x":0,"b":2}]"#,
            #"{"\/":1,"/":2}"#, #"{"\ud83d\ude00":1,"😀":2}"#,
            // Names that Unicode calls equivalent: another reader may normalise them.
            "{\"caf\u{E9}\":1,\"cafe\u{301}\":2}",
        ])
    func duplicateNamesAreRefused(_ text: String) {
        #expect(throws: StrictJSONError.duplicateName) { try parse(text) }
    }

    @Test(
        "numbers that readers round differently are refused",
        arguments: [
            "9223372036854775808", "-9223372036854775809", "18446744073709551616", "1e309", "-1e309", "1.8e308",
            String(repeating: "9", count: 400), "01", "-01", "00", "1.", "1.e1", "1e", "1e+", "1E-",
        ])
    func extremeNumbersAreRefused(_ text: String) {
        #expect(throws: StrictJSONError.invalidNumber) { try parse(text) }
    }

    @Test(
        "strings that are not Unicode texts are refused",
        arguments: [
            Refusal(#""\ud800""#, .invalidString), Refusal(#""\udc00""#, .invalidString),
            Refusal(#""\ud800x""#, .invalidString), Refusal(#""\ud800\n""#, .invalidString),
            Refusal(#""\ud800\u0041""#, .invalidString), Refusal(#""\ud800\ud800""#, .invalidString),
            Refusal(#""\udc00\ud800""#, .invalidString), Refusal(#""\u12g4""#, .invalidString),
            Refusal(#""\u123""#, .invalidString), Refusal(#""\u+123""#, .invalidString),
            Refusal(#""\U0041""#, .invalidString), Refusal(#""\x41""#, .invalidString),
            Refusal(#""\'""#, .invalidString),
            Refusal(#""\0""#, .invalidString), Refusal("\"\u{0}\"", .invalidString), Refusal("\"\n\"", .invalidString),
            Refusal("\"\\\n\"", .invalidString), Refusal("\"\\n\u{1F}\"", .invalidString),
            Refusal([0x22, 0xFF, 0x22], .invalidUTF8), Refusal([0x22, 0x5C, 0x6E, 0xFF, 0x22], .invalidUTF8),
            Refusal([0x22, 0xC0, 0xAF, 0x22], .invalidUTF8), Refusal([0x22, 0xE2, 0x82, 0x22], .invalidUTF8),
            Refusal([0x22, 0xED, 0xA0, 0x80, 0x22], .invalidUTF8),
            Refusal([0x22, 0xF4, 0x90, 0x80, 0x80, 0x22], .invalidUTF8),
        ])
    func malformedStringsAreRefused(_ refusal: Refusal) {
        #expect(throws: refusal.error) { try StrictJSON.parse(refusal.bytes) }
    }

    @Test(
        "text outside the grammar is refused where it begins",
        arguments: [
            Refusal("", .syntax(offset: 0)), Refusal("  ", .syntax(offset: 2)), Refusal("[1,]", .syntax(offset: 3)),
            Refusal("[,1]", .syntax(offset: 1)), Refusal("[1 2]", .syntax(offset: 3)),
            Refusal("[1", .syntax(offset: 2)),
            Refusal(#"{"a":1,}"#, .syntax(offset: 7)), Refusal(#"{,"a":1}"#, .syntax(offset: 1)),
            Refusal(#"{"a" 1}"#, .syntax(offset: 5)), Refusal(#"{"a":}"#, .syntax(offset: 5)),
            Refusal("{a:1}", .syntax(offset: 1)), Refusal("{1:1}", .syntax(offset: 1)),
            Refusal("{'a':1}", .syntax(offset: 1)), Refusal("[1}", .syntax(offset: 2)),
            Refusal("{]", .syntax(offset: 1)),
            Refusal("1 2", .syntax(offset: 2)), Refusal("{}{}", .syntax(offset: 2)),
            Refusal("{}\u{0}", .syntax(offset: 2)),
            Refusal("\u{0}{}", .syntax(offset: 0)), Refusal("\u{FEFF}{}", .syntax(offset: 0)),
            Refusal("{}\u{FEFF}", .syntax(offset: 2)), Refusal("\u{A0}1", .syntax(offset: 0)),
            Refusal("\u{B}1", .syntax(offset: 0)), Refusal("//\n1", .syntax(offset: 0)),
            Refusal("/**/1", .syntax(offset: 0)), Refusal("1/**/", .syntax(offset: 1)),
            Refusal("+1", .syntax(offset: 0)),
            Refusal(".5", .syntax(offset: 0)), Refusal("-", .syntax(offset: 1)), Refusal("-a", .syntax(offset: 1)),
            Refusal("0x10", .syntax(offset: 1)), Refusal("1_0", .syntax(offset: 1)), Refusal("NaN", .syntax(offset: 0)),
            Refusal("-Infinity", .syntax(offset: 1)), Refusal("True", .syntax(offset: 0)),
            Refusal("tru", .syntax(offset: 3)), Refusal("nulll", .syntax(offset: 4)),
            Refusal("'a'", .syntax(offset: 0)),
            Refusal("\"a", .syntax(offset: 2)), Refusal("\"\\", .syntax(offset: 2)),
            Refusal("\"\\\"", .syntax(offset: 3)),
        ])
    func malformedTextIsRefused(_ refusal: Refusal) {
        #expect(throws: refusal.error) { try StrictJSON.parse(refusal.bytes) }
    }

    @Test("nesting ends at depth 16")
    func nestingIsBounded() throws {
        for (open, close) in [("[", "]"), (#"{"a":"#, "}"), (#"[{"a":"#, "}]")] {
            let perPair = open.hasPrefix("[{") ? 2 : 1
            let deepest = StrictJSON.maximumDepth / perPair
            func nested(_ count: Int) -> String {
                String(repeating: open, count: count) + "1" + String(repeating: close, count: count)
            }
            #expect(throws: Never.self) { try parse(nested(deepest)) }
            #expect(throws: StrictJSONError.tooDeep) { try parse(nested(deepest + 1)) }
        }
        #expect(StrictJSON.maximumDepth == 16)
        #expect(throws: StrictJSONError.tooDeep) { try parse(String(repeating: "[", count: 60_000)) }
    }

    @Test("length ends at the limit, before anything is read")
    func lengthIsBounded() throws {
        func text(_ count: Int) -> [UInt8] { Array(("\"" + String(repeating: "a", count: count - 2) + "\"").utf8) }
        #expect(throws: Never.self) { try StrictJSON.parse(text(65_536)) }
        #expect(throws: StrictJSONError.tooLong) { try StrictJSON.parse(text(65_537)) }
        #expect(throws: Never.self) { try StrictJSON.parse(text(10), maximumLength: 10) }
        #expect(throws: StrictJSONError.tooLong) { try StrictJSON.parse(text(11), maximumLength: 10) }
        #expect(throws: StrictJSONError.tooLong) { try StrictJSON.parse([0xFF, 0xFF], maximumLength: 1) }
    }

    /// Comparing each name with every other one took 73 s for this text in a debug build.
    /// Quadratic work on the names would make this test take minutes.
    @Test("a text full of names is read")
    func manyNamesAreRead() throws {
        let names = (0..<60_000).map { String($0, radix: 36) }
        let text = "{" + names.map { "\"\($0)\":0" }.joined(separator: ",") + "}"
        let object = try StrictJSON.parseObject(Array(text.utf8), maximumLength: .max)
        #expect(object.members.count == names.count)
    }

    @Test("an object is asked for and nothing else is taken", arguments: ["[]", "1", "\"{}\"", "null"])
    func otherValuesAreNoObjects(_ text: String) throws {
        #expect(throws: StrictJSONError.syntax(offset: 0)) { try StrictJSON.parseObject(Array(text.utf8)) }
        #expect(try StrictJSON.parseObject(Array("{}".utf8)) == [:])
    }
}

@Suite(
    "JSONTestSuite",
    .enabled(if: TestVectors.directory != nil, "public test vectors are not here: set CITIZENID_VECTORS"))
struct JSONTestSuiteTests {
    private static let folder = "jsontestsuite/test_parsing"

    /// Texts that RFC 8259 allows and that this reader refuses on purpose.
    private static let refusedOnPurpose: [String: StrictJSONError] = [
        // RFC 8259 §4: names SHOULD be unique, and readers disagree about what follows when they are not.
        "y_object_duplicated_key.json": .duplicateName,
        "y_object_duplicated_key_and_value.json": .duplicateName,
    ]

    private func parse(_ name: String) throws -> JSONValue {
        let bytes = try #require(TestVectors.read(Self.folder + "/" + name))
        return try StrictJSON.parse(bytes, maximumLength: .max)
    }

    @Test("the collection is whole")
    func collectionIsWhole() {
        #expect(TestVectors.files(in: Self.folder, suffix: ".json").count == 318)
    }

    @Test("texts that must be accepted are", arguments: TestVectors.files(in: folder).filter { $0.hasPrefix("y_") })
    func validTextsAreAccepted(_ name: String) throws {
        if let error = Self.refusedOnPurpose[name] {
            #expect(throws: error) { try parse(name) }
        } else {
            let value = try parse(name)
            #expect(try StrictJSON.parse(value.serialized) == value)
        }
    }

    @Test("texts that must be refused are", arguments: TestVectors.files(in: folder).filter { $0.hasPrefix("n_") })
    func invalidTextsAreRefused(_ name: String) {
        #expect(throws: StrictJSONError.self) { try parse(name) }
    }

    /// RFC 8259 leaves these free. This reader takes none that another reader could take for something else.
    @Test("of the texts that are free, only tiny numbers are accepted")
    func freeTextsAreRefused() {
        let accepted = TestVectors.files(in: Self.folder).filter { $0.hasPrefix("i_") && (try? parse($0)) != nil }
        #expect(accepted == ["i_number_double_huge_neg_exp.json", "i_number_real_underflow.json"])
    }
}
