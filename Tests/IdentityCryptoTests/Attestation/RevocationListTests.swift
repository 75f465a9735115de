import Testing

@testable import IdentityCrypto

@Suite("H3: the revocation list is read strictly")
struct RevocationListTests {
    private func read(_ text: String) throws -> RevocationList { try RevocationList(parsing: Array(text.utf8)) }

    @Test("Google's form is read; suspended certificates count as revoked")
    func good() throws {
        let list = try read(
            #"{"entries": {"c35747a084470c3135aeefe2b8d40cd6": {"status": "REVOKED", "reason": "KEY_COMPROMISE"}, "1a": {"status": "SUSPENDED"}}}"#
        )
        #expect(list.serials == ["c35747a084470c3135aeefe2b8d40cd6", "1a"])
        #expect(list.listed(["00", "1a"]) == ["1a"])
        #expect(try read(#"{"entries": {}}"#) == RevocationList())
    }

    @Test("anything else is no list: a mistake must not pass for an empty one")
    func refused() {
        let cases: [(String, RevocationList.Malformed)] = [
            ("", .notJSON), ("{}", .form), ("[]", .notJSON), (#"{"entries": []}"#, .form),
            (#"{"entries": {}, "more": 1}"#, .form), (#"{"entries": {"1A": {"status": "REVOKED"}}}"#, .entry("1A")),
            (#"{"entries": {"01": {"status": "REVOKED"}}}"#, .entry("01")),
            (#"{"entries": {"": {"status": "REVOKED"}}}"#, .entry("")),
            (#"{"entries": {"1": {"status": "GOOD"}}}"#, .entry("1")), (#"{"entries": {"1": {}}}"#, .entry("1")),
            (#"{"entries": {"1": {"status": "REVOKED"}, "1": {"status": "REVOKED"}}}"#, .notJSON),
        ]
        for (text, error) in cases { #expect(throws: error) { try read(text) } }
    }
}
