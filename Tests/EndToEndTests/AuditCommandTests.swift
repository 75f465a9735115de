import Foundation
import GRDB
import OpenIDMessages
import RelyingParty
import Testing

@Suite("citizen-id audit", .inTurn, .endsInTime)
struct AuditCommandTests {
    /// The Python program of docs/domain.md, as somebody copies it.
    private static func example() throws -> String {
        let text = try String(contentsOfFile: Place.source("docs/domain.md"), encoding: .utf8)
        let start = try #require(text.firstRange(of: "```python\n"))
        return String(text[start.upperBound...].prefix(while: { $0 != "`" }))
    }

    @Test func `what a login leaves is shown, exported, verified here and by hand, and a change is found`() async throws
    {
        let here = try await Installation.start(withPortal: false)
        let phone = try await here.enrolledPhone(family: "Kanarienvogel")
        try await here.withTestPortal { portal in
            let pending = try await portal.beginLogin()
            let query = try await phone.callbackQuery(at: pending.authorizationURL)
            _ = try await portal.finishLogin(callbackQuery: query, pending: pending)
        }

        let shown = try await here.administer("audit", "show", "--tenant", "marl")
        #expect(shown.status == 0, "\(shown)")
        for kind in ["account.registered", "device.activated", "auth.approved", "token.issued"] {
            #expect(shown.output.contains(kind), "\(shown)")
        }
        let tokens = try await here.administer("audit", "show", "--tenant", "marl", "--kind", "token", "--json")
        let kinds = try tokens.json()["events"]?.array?.compactMap { $0.object?["kind"]?.string }
        #expect(kinds == ["token.issued"])
        for (kind, others) in [("foo", "account"), ("token.foo", "token.issued")] {
            let unknown = try await here.administer("audit", "show", "--tenant", "marl", "--kind", kind)
            #expect(unknown.status == 64 && unknown.errors.contains(others), "\(unknown)")
        }
        let later = try await here.administer("audit", "show", "--tenant", "marl", "--since", "2999-01-01", "--json")
        #expect(try later.json()["events"]?.array == [])

        let verified = try await here.administer("audit", "verify")
        #expect(verified.status == 0, "\(verified)")
        #expect(verified.output.contains("marl") && verified.output.contains("(region)"))
        let checked = try await here.administer("audit", "show", "--kind", "audit.verified", "--json")
        #expect(try checked.json()["events"]?.array?.count == 1, "to verify is an event, too")

        let export = try await here.administer("audit", "export")
        #expect(export.status == 0)
        #expect(!export.output.contains("Kanarienvogel") && !export.output.contains("1964"))
        let file = try here.folder.write("export.jsonl", export.output)
        let program = try here.folder.write("verify.py", try Self.example())
        let byHand = try await Program.run("/usr/bin/python3", [program, file])
        #expect(byHand.status == 0, "\(byHand)")
        #expect(byHand.lines.contains { $0.hasPrefix("marl: ") && $0.hasSuffix("events, whole") }, "\(byHand)")
        let forged = try here.folder.write(
            "forged.jsonl", export.output.replacing("\"auth.approved\"", with: "\"auth.denied\""))
        let found = try await Program.run("/usr/bin/python3", [program, forged])
        #expect(found.status == 1, "\(found)")
        #expect(found.output.contains("marl: broken at event"), "\(found)")
        #expect(try await here.administer("audit", "verify", "--against", file).status == 0)
        let other = try here.folder.write(
            "other.jsonl", export.output.replacing("\"token.issued\"", with: "\"token.revoked\""))
        #expect(try await here.administer("audit", "verify", "--against", other).status == 1)

        try await here.stopProvider()
        let number = try await Self.tamper(here.database)
        try await here.startProvider()
        let broken = try await here.administer("audit", "verify", "--json")
        #expect(broken.status == 1)
        let chain = try broken.json()["chains"]?.array?.compactMap(\.object).first { $0["chain"] == "marl" }
        #expect(chain?["broken_at"]?.integer == number)
        #expect(chain?["fault"] == "changed")
        let told = try await here.administer("audit", "verify", "--tenant", "marl")
        #expect(told.status == 1)
        #expect(told.output.contains("event \(number) was changed"), "\(told)")
        #expect(try await here.administer("audit", "verify", "--tenant", "herten").status == 0)
    }

    /// Makes a refusal of the approval; the event's number.
    private static func tamper(_ database: String) async throws -> Int64 {
        let queue = try DatabaseQueue(path: database)
        defer { try? queue.close() }
        return try await queue.write { db in
            try db.execute(sql: "DROP TRIGGER audit_event_not_updated")
            try db.execute(sql: "UPDATE audit_event SET kind = 'auth.denied' WHERE kind = 'auth.approved'")
            return try #require(
                try Int64.fetchOne(db, sql: "SELECT number FROM audit_event WHERE kind = 'auth.denied'"))
        }
    }

    static let installation = Task { try await Installation.start(withPortal: false) }

    @Test(
        arguments: [
            (["show", "--tenant", "MARL"], 1, "unknown_chain"), (["export", "--tenant", "a b"], 1, "unknown_chain"),
            (["verify", "--tenant", "../x"], 1, "unknown_chain"),
            (["show", "--tenant", "atlantis"], 1, "unknown_chain"),
            (["export", "--tenant", "atlantis"], 1, "unknown_chain"),
            (["verify", "--tenant", "atlantis"], 1, "unknown_chain"),
            (["verify", "--against", "nothing.jsonl"], 1, "file"), (["verify", "--against", "/dev/null"], 1, "file"),
        ] as [([String], Int32, String)])
    func `questions that cannot be answered`(arguments: [String], status: Int32, code: String) async throws {
        let here = try await Self.installation.value
        let result = try await Program.run(
            Place.program("citizen-id"), ["audit"] + arguments + ["--json", "--data", here.data], atOnce: true)
        #expect(result.status == status, "\(result)")
        #expect(try result.json()["error"]?.string == code, "\(result)")
    }

    @Test(arguments: [("AUTH", "auth"), ("auth' OR '1", "auth"), ("auth.unheard", "auth.failed")])
    func `a kind of events that there is not is refused before it is asked for, with those that there are`(
        kind: String, named: String
    ) async throws {
        let here = try await Self.installation.value
        let result = try await Program.run(
            Place.program("citizen-id"), ["audit", "show", "--kind", kind, "--data", here.data], atOnce: true)
        #expect(result.status == 64 && result.errors.contains(named), "\(result)")
    }

    @Test func `a tenant without events has a whole chain, and an export of a chain that is gone differs`() async throws
    {
        let here = try await Self.installation.value
        let empty = try await here.administer("audit", "verify", "--tenant", "dorsten", "--json")
        #expect(empty.status == 0, "\(empty)")
        let chains = try empty.json()["chains"]?.array?.compactMap(\.object)
        #expect(chains?.count == 1 && chains?.first?["chain"] == "dorsten" && chains?.first?["verified"] == 0)
        let shown = try await here.administer("audit", "show", "--tenant", "dorsten", "--json")
        #expect(try shown.status == 0 && shown.json()["events"] == [], "\(shown)")
        let gone = try here.folder.write("gone.jsonl", #"{"chain": "atlantis", "seq": 1, "hash": "x"}"# + "\n")
        let differs = try await here.administer("audit", "verify", "--against", gone)
        #expect(differs.status == 1, "\(differs)")
        #expect(differs.lines.contains { $0.hasPrefix("atlantis ") && $0.contains("is gone") }, "\(differs)")
    }

    @Test(arguments: ["yesterday", "2026-13-01", "1.1.2026"])
    func `a time that is none`(time: String) async throws {
        let result = try await Program.run(
            Place.program("citizen-id"), ["audit", "show", "--since", time], atOnce: true)
        #expect(result.status == 64, "\(result)")
    }
}
