import AccountDirectory
import Foundation
import OpenIDMessages
import Testing

@Suite("citizen-id desk: blocking, reactivation, duplicates, export", .inTurn, .endsInTime)
struct DeskAccountTests {
    static let installation = Task { try await Installation.start(withPortal: false) }

    private func desk(_ arguments: [String]) async throws -> JSONObject {
        let here = try await Self.installation.value
        let result = try await here.administer(["desk"] + arguments + ["--json"])
        try #require(result.status == 0, "\(result)")
        return try result.json()
    }

    /// A file of a person whom nobody else is like.
    private func person() async throws -> String {
        try await Self.installation.value.personFile(
            family: "Desk" + String((0..<6).map { _ in "abcdefgh".randomElement()! }))
    }

    @Test func `a lost phone: blocked by paper, given back at the desk, exported and closed`() async throws {
        let here = try await Self.installation.value
        let file = try await person()
        let at = ["--tenant", "marl", "--person", file]
        let first = try await desk(["ticket"] + at)
        let account = try #require(first["account"]?.string)
        let paper = try #require(first["block_code"]?.string)
        let phone = try here.newPhone()
        #expect(try await phone.enrol(try #require(first["link"]?.string)).status == 0)

        // The same person again: the clerk is asked.
        let again = try await here.administer(["desk", "ticket"] + at + ["--json"])
        #expect(again.status == 1)
        #expect(try again.json()["error"]?.string == "possible_duplicate")
        // Whom to compare with, and what to say then.
        let shown = try again.json()["candidates"]?.array?.first?.object
        #expect(shown?["account"]?.string == account && again.errors.contains(account), "\(again)")
        #expect(try await desk(["cases", "--tenant", "marl"])["cases"]?.array?.isEmpty == false)

        let blocked = try await phone.run("block", paper, "--issuer", here.issuer)
        #expect(blocked.status == 0 && blocked.output.contains("Ihr Konto ist gesperrt"), "\(blocked)")
        let found = try await desk(["find"] + at)["candidates"]?.array?.first?.object
        #expect(found?["state"]?.string == "locked" && found?["lock_reason"]?.string == "self")
        let low = try await here.administer(
            ["desk", "reactivate"] + at + ["--level", "normal", "--account", account, "--json"])
        #expect(try low.json()["error"]?.string == "level_too_low", "\(low)")
        #expect(try await desk(["reactivate"] + at + ["--account", account])["state"]?.string == "active")

        let page = here.folder.path + "/export-\(account).html"
        let export = try await desk(["export"] + at + ["--account", account, "--html", page, "--language", "en"])
        #expect(export["export"]?.string?.split(separator: ".").count == 3)
        let html = try String(contentsOfFile: page, encoding: .utf8)
        #expect(html.contains("Your data at CitizenID") && html.contains("Musterweg") && !html.contains("<script"))

        let code = try await desk(["block-code"] + at + ["--account", account])["block_code"]?.string
        #expect(code?.count == 18 && code != paper)
        try await answer(letterOf: account, at)
        for command in ["export", "block-code", "close"] {
            let stranger = try await here.administer(
                [
                    "desk", command, "--tenant", "marl", "--person", try await self.person(), "--account", account,
                    "--json",
                ])
            #expect(try stranger.json()["error"]?.string == "other_person", "\(command): \(stranger)")
        }
        let trail = try await here.administer("audit", "show", "--tenant", "marl", "--kind", "admin", "--json")
        #expect(trail.output.contains("admin.subject_seen"), "\(trail)")
        let closed = try await desk(["close"] + at + ["--account", account])
        #expect((closed["erase_at"]?.integer ?? 0) > 0)
        let ended = try await here.administer(["desk", "close"] + at + ["--account", account, "--json"])
        #expect(try ended.json()["error"]?.string == "not_possible", "\(ended)")
    }

    /// A letter to the region: written down, refused without its person, and running when they stand at a desk.
    private func answer(letterOf account: String, _ at: [String]) async throws {
        let here = try await Self.installation.value
        let today = CalendarDate(inGermanyAt: Timestamp(seconds: Int64(Date().timeIntervalSince1970)))
        func request(_ arguments: [String]) async throws -> JSONObject {
            try await here.administer(["request"] + arguments + ["--json"]).json()
        }
        let received = ["receive", "rectify", "--received", today.rawValue, "--claim", "address", "--account"]
        #expect(try await request(received + ["nobody"])["error"] == "unknown_account")
        let first = try await request(received + [account])
        #expect(first["state"] == "received" && first["account"]?.string == account, "\(first.text)")
        let unproved = try #require(first["request"]?.string)
        let refused = try await request(["decide", unproved, "--refuse", "identity_not_proved"])
        #expect(refused["state"] == "refused")
        let name = try #require(try await request(received + [account])["request"]?.string)
        let stranger = try await request(["identify", name, "--tenant", "marl", "--person", try await person()])
        #expect(stranger["error"] == "other_person", "\(stranger.text)")
        #expect(try await request(["identify", name] + at)["state"] == "running")
        #expect(try await request(["identify", name] + at)["error"] == "not_possible")
        #expect(try await request(["decide", name, "--done"])["state"] == "done")
    }

    @Test func `what a clerk looked at stands behind the person's data, for a first ticket and later`() async throws {
        let here = try await Self.installation.value
        let at = ["--tenant", "marl", "--person", try await person()]
        let first = try await desk(["ticket"] + at + ["--document", "passport", "--document-country", "PL"])
        let account = try #require(first["account"]?.string)
        let again = ["rename"] + at + ["--account", account]
        let gone = try await here.administer(
            ["desk"] + again + ["--document", "idcard", "--document-expires", "2020-01-01", "--json"])
        #expect(try gone.json()["error"]?.string == "document_expired", "\(gone)")
        #expect(gone.errors.contains("2020-01-01") && gone.errors.contains("Ask for a document that is valid"))
        _ = try await desk(again + ["--method", "eid", "--document", "idcard", "--document-expires", "2030-01-01"])
        // A known person with a new card, and then with a new passport for the ticket of a further phone.
        _ = try await desk(
            ["renew"] + at + ["--account", account, "--document", "idcard", "--document-expires", "2031-01-01"])
        _ = try await desk(["ticket"] + at + ["--same-person", account, "--document", "passport"])
        let nothing = try await here.administer(["desk", "renew"] + at + ["--account", account])
        #expect(nothing.status == 64, "\(nothing)")
        let other = try await here.administer(
            ["desk", "renew", "--tenant", "marl", "--person", try await person(), "--account", account, "--json"]
                + ["--document", "passport"])
        #expect(try other.json()["error"]?.string == "other_person", "\(other)")
        #expect(other.errors.contains("desk rename"))
        let page = here.folder.path + "/evidence-\(account).html"
        let export = try await desk(["export"] + at + ["--account", account, "--html", page, "--language", "en"])
        let payload = try #require(export["export"]?.string?.split(separator: ".").dropFirst().first)
        let bytes = try #require(Base64URL.decode(String(payload)))
        let evidence = try StrictJSON.parseObject(bytes, maximumLength: 1 << 20)["evidence"]?.array?.compactMap(
            \.object)
        #expect(
            evidence?.map { $0["document_type"]?.string } == ["passport", "idcard", "idcard", "passport"],
            "\(String(describing: evidence))")
        #expect(evidence?.dropFirst().first?["method"] == "eid")
        #expect(evidence?.dropFirst().first?["expires_at"]?.integer == 1_893_538_800)
    }

    @Test(arguments: [
        (["block", "--tenant", "marl", "--account", "nobody"], "unknown_account"),
        (["block", "--tenant", "marl", "--account", "nobody", "--reason", "whim"], "unknown_reason"),
        (["block", "--tenant", "atlantis", "--account", "nobody"], "unknown_tenant"),
        (["block-code", "--account", "nobody", "--person", "PERSON", "--tenant", "marl"], "unknown_account"),
        (["close", "--account", "nobody", "--person", "PERSON", "--tenant", "marl"], "unknown_account"),
        (["export", "--account", "nobody", "--person", "PERSON", "--tenant", "atlantis"], "unknown_tenant"),
        (["block", "--tenant", "marl", "--account", "no body"], "invalid_request"),
    ])
    func `what the desk refuses`(arguments: [String], code: String) async throws {
        let here = try await Self.installation.value
        let file = try await person()
        let result = try await here.administer(
            ["desk"] + arguments.map { $0 == "PERSON" ? file : $0 } + ["--json"])
        #expect(result.status == 1, "\(result)")
        #expect(try result.json()["error"]?.string == code, "\(result)")
    }

    @Test(arguments: [
        ["block", "--tenant", "marl", "--account", "a", "--device", "d", "--reason", "fraud"],
        ["block", "--tenant", "marl", "--account", "a", "--revoke"],
        ["ticket", "--tenant", "marl", "--person", "-", "--new", "--same-person", "a"],
        ["ticket", "--tenant", "marl", "--person", "-", "--document-expires", "2030-01-01"],
        ["ticket", "--tenant", "marl", "--person", "-", "--method", "telepathy"],
        ["ticket", "--tenant", "marl", "--person", "-", "--document", "library_card"],
    ])
    func `options that contradict each other, and unknown words, are wrong use`(arguments: [String]) async throws {
        let here = try await Self.installation.value
        #expect(try await here.administer(["desk"] + arguments).status == 64)
    }
}
