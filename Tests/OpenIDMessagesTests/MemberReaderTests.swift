import OpenIDMessages
import Testing

@Suite("The members of a message are read once and all of them")
struct MemberReaderTests {
    private func reader(_ value: JSONValue) -> MemberReader { MemberReader(["m": value]) }

    @Test(
        "a string has no control characters",
        arguments: [
            "a\n", "\u{0}", "a\u{1B}[31m", "\u{7F}", "a\r\nb", "\tb", "a\u{80}", "\u{85}", "\u{9B}31m", "\u{9F}",
        ])
    func controlCharactersAreRefused(_ text: String) {
        #expect(throws: MessageError.malformed("m")) {
            var reader = reader(.string(text))
            _ = try reader.string("m")
        }
        #expect(throws: MessageError.malformed("m")) {
            var reader = reader(.strings(["fine", text]))
            _ = try reader.strings("m")
        }
    }

    @Test("letters and signs behind the control characters stay", arguments: ["\u{A0}", "ä", "„…“", "🪪"])
    func otherCharactersStay(_ text: String) throws {
        var reader = reader(.string(text))
        #expect(try reader.string("m") == text)
    }

    @Test("docs/protocol.md §2 a nonce of a statement is 32 bytes in base64url", arguments: [0, 16, 31, 32, 33, 64])
    func nonces(_ count: Int) throws {
        let text = Base64URL.encode([UInt8](repeating: 1, count: count))
        var reader = reader(.string(text))
        if count == 32 {
            #expect(try reader.statementNonce("m").rawValue == text)
        } else {
            #expect(throws: MessageError.malformed("m")) { try reader.statementNonce("m") }
        }
    }

    @Test("a nonce of a statement has one spelling", arguments: ["=", "\n", " "])
    func nonceSpelling(_ suffix: String) {
        var reader = reader(.string(Base64URL.encode([UInt8](repeating: 1, count: 32)) + suffix))
        #expect(throws: MessageError.malformed("m")) { try reader.statementNonce("m") }
    }

    @Test("a string ends at its limit in bytes, not in letters")
    func stringsAreBounded() throws {
        var exact = reader("äää")
        #expect(try exact.string("m", maximumLength: 6) == "äää")
        #expect(throws: MessageError.malformed("m")) {
            var reader = reader("äää")
            _ = try reader.string("m", maximumLength: 5)
        }
    }

    @Test("a list has at most 64 strings of 1 to 128 bytes")
    func listsAreBounded() throws {
        let long = String(repeating: "a", count: 128)
        var full = reader(.strings(Array(repeating: long, count: 64)))
        #expect(try full.strings("m").count == 64)
        var empty = reader([])
        #expect(try empty.strings("m").isEmpty)
        for wrong: JSONValue in [
            .strings(Array(repeating: "a", count: 65)), .strings([long + "a"]), [""], ["a", 1], "a",
        ] {
            #expect(throws: MessageError.malformed("m")) {
                var reader = reader(wrong)
                _ = try reader.strings("m")
            }
        }
    }

    @Test(
        "a time is a whole number of seconds before the year 10000",
        arguments: [
            JSONValue.integer(-1), .integer(253_402_300_800), .integer(.max), .number(1.5), .number(1e9), "1", true,
            .null,
        ])
    func wrongTimesAreRefused(_ value: JSONValue) {
        #expect(throws: MessageError.malformed("m")) {
            var reader = reader(value)
            _ = try reader.time("m")
        }
    }

    @Test("times at both ends are read", arguments: [Int64(0), 253_402_300_799])
    func timesAreRead(_ seconds: Int64) throws {
        var reader = reader(.integer(seconds))
        #expect(try reader.time("m").seconds == seconds)
    }

    @Test("a member read once is gone, and one that nobody read is named")
    func membersAreReadOnce() throws {
        var reader = MemberReader(["a": 1, "c": 3, "b": 2])
        #expect(try reader.count("a") == 1)
        #expect(throws: MessageError.missing("a")) { try reader.count("a") }
        #expect(throws: MessageError.unknown("b")) { try reader.finish() }
        #expect(reader.optional("b") == 2 && reader.optional("c") == 3 && reader.optional("d") == nil)
        #expect(throws: Never.self) { try reader.finish() }
    }

    @Test("an optional member is absent or right, but not null")
    func optionalMembers() throws {
        var reader = MemberReader(["null": .null, "text": "t", "tenant": "Bochum"])
        #expect(try reader.optionalString("absent") == nil)
        #expect(try reader.optionalString("text") == "t")
        #expect(throws: MessageError.malformed("null")) { try reader.optionalString("null") }
        #expect(throws: MessageError.malformed("tenant")) {
            try reader.optionalWire("tenant", as: TenantIdentifier.self)
        }
    }
}
