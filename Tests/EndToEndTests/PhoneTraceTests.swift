import DeviceAuthenticator
import Foundation
import OpenIDMessages
import Testing

@testable import citizen_phone

@Suite("citizen-phone trace", .inTurn, .endsInTime)
struct PhoneTraceTests {
    static let installation = Task { try await Installation.start() }

    private func transaction(_ phone: Phone, at place: Int = 0) async throws -> String {
        let listed = try await phone.run("receipts", "--json")
        return try #require(try listed.json()["receipts"]?.array?[place].object?["txn"]?.string, "\(listed)")
    }

    private func story(_ result: ProgramResult) throws -> (events: [JSONObject], provider: JSONObject?) {
        try #require(result.status == 0, "\(result)")
        let json = try result.json()
        return (json["events"]?.array?.compactMap(\.object) ?? [], json["provider"]?.object)
    }

    @Test func `both legs of a login in the order of time, with the names of the calls`() async throws {
        let phone = try await Self.installation.value.enrolledPhone(family: "Spurensuche")
        #expect(try await phone.login().status == 0)
        let login = try await transaction(phone)
        let (events, provider) = try story(try await phone.run("trace", login, "--json"))
        let steps = events.filter { $0["leg"] == "device" }.compactMap { $0["what"]?.string }
        #expect(steps == ["begun", "claimed", "received", "signed", "receipt"])
        let kinds = Set(events.filter { $0["leg"] == "provider" }.compactMap { $0["what"]?.string })
        #expect(
            kinds.isSuperset(of: ["auth.approved", "release.granted", "session.created", "token.issued"]), "\(kinds)")
        #expect(kinds.subtracting(TraceWords.kinds.keys) == [], "every kind that a login leaves has words")
        let times = events.compactMap { $0["time"]?.integer }
        #expect(times == times.sorted() && times.count == events.count)
        let traced = events.filter { $0["trace_id"] != nil }
        let own = traced.filter { $0["leg"] == "device" }.compactMap { $0["what"]?.string }
        #expect(own == ["claimed", "received", "receipt"])
        // What the provider wrote down of an answer has the name of the answer's call; the portal's call is none of ours.
        let receipt = traced.first { $0["what"] == "receipt" }?["trace_id"]
        for kind in ["auth.approved", "release.granted", "session.created"] {
            #expect(traced.first { $0["what"]?.string == kind }?["trace_id"] == receipt, "\(traced)")
        }
        #expect(!traced.contains { $0["what"] == "token.issued" })
        #expect(
            events.compactMap { $0["trace_id"]?.string }.allSatisfy { $0.wholeMatch(of: /[A-Z2-9]{10}/) != nil })
        #expect(provider == ["reached": true, "whole": true])

        let german = try await phone.run("trace", login)
        #expect(german.output.contains("Dieses Gerät hat unterschrieben: Ja (Zähler 1)"), "\(german)")
        #expect(german.output.contains("Daten für das Portal freigegeben (release.granted), herten"))
        let english = try await phone.run("trace", login, "--language", "en")
        #expect(english.output.contains("This device read the QR code of the login."))
        #expect(english.output.contains("Login approved (auth.approved)"))
        #expect(english.output.contains("The provider's receipt came: You are logged in (complete)"), "\(english)")
    }

    @Test func `a wrong PIN and what it was called are in the story`() async throws {
        let phone = try await Self.installation.value.enrolledPhone(family: "Vertipper")
        let wrong = try phone.here.folder.write("wrong-trace.pin", "999999")
        _ = try await phone.waitingLogin()
        let refused = try await phone.run("approve", "--pin-file", wrong, "--json")
        try expectFailure(refused, 16, "wrong_pin", code: "not_accepted")
        let shown = try await phone.run("show", "--json")
        let waiting = try #require(try shown.json()["request"]?.object?["txn"]?.string, "\(shown)")
        let (events, _) = try story(try await phone.run("trace", waiting, "--json"))
        let told = try #require(events.first { $0["what"] == "refused" })
        #expect(told["detail"] == "not_accepted")
        #expect(told["trace_id"]?.string == (try refused.json()["error"]?.object?["trace_id"]?.string))
        let failed = try #require(events.first { $0["what"] == "auth.failed" && $0["outcome"] == "refusal" })
        #expect(failed["trace_id"] == told["trace_id"])
    }

    @Test func `a confirmation, another device's login, and what nobody knows`() async throws {
        let phone = try await Self.installation.value.enrolledPhone(family: "Zweifel")
        let added = try await phone.run(
            "devices", "add", "--tenant", "marl", "--yes", "--pin-file", phone.pinFile, "--json")
        let link = try #require(try added.json()["link"]?.string, "\(added)")
        let confirmed = try await transaction(phone)
        let confirmation = try story(try await phone.run("trace", confirmed, "--json")).events
        #expect(confirmation.compactMap { $0["what"]?.string }.prefix(2) == ["asked", "answered"])
        #expect(confirmation.contains { $0["what"] == "auth.confirmed" })

        let second = try phone.here.newPhone()
        let enrolled = try await second.enrol(link)
        let device = try #require(
            try enrolled.json()["record"]?.object?["sub"]?.string, "\(enrolled)")
        let approved = try await phone.run(
            "devices", "approve", device, "--yes", "--pin-file", phone.pinFile, "--json")
        #expect(approved.status == 0, "\(approved)")
        let other = try story(try await second.run("trace", confirmed, "--json")).events
        #expect(other.allSatisfy { $0["leg"] == "provider" } && !other.isEmpty, "the trail is the person's")

        let stranger = try await Self.installation.value.enrolledPhone(family: "Neugier")
        try expectFailure(try await stranger.run("trace", confirmed, "--json"), 19, "file")
        try expectFailure(try await stranger.run("trace", confirmed, "--offline", "--json"), 19, "file")
        try expectFailure(try await stranger.run("trace", "../receipts", "--json"), 64, "usage")
        try expectFailure(
            try await Self.installation.value.newPhone().run("trace", confirmed, "--json"), 10, "not_enrolled")
    }

    @Test func `without the provider there is the device's leg, and it says so`() async throws {
        let here = try await Installation.start()
        let phone = try await here.enrolledPhone(family: "Funkloch")
        #expect(try await phone.login().status == 0)
        let login = try await transaction(phone)
        try await here.stopProvider()
        let (events, provider) = try story(try await phone.run("trace", login, "--json"))
        #expect(events.count == 5 && events.allSatisfy { $0["leg"] == "device" })
        #expect(provider?["reached"] == false && provider?["reason"]?.string?.isEmpty == false)
        let told = try await phone.run("trace", login)
        #expect(told.status == 0 && told.lines.last?.hasPrefix("Nur die Seite dieses Geräts") == true, "\(told)")
        try expectFailure(try await phone.run("trace", "abcdefghijklmnopqrstuv", "--json"), 14, "network")
        let offline = try await phone.run("trace", login, "--offline", "--language", "en")
        #expect(offline.lines.last == "The provider was not asked.")
    }

    @Test func `a receipt without a journal tells the story, and one that is damaged is a finding`() async throws {
        let phone = try await Self.installation.value.enrolledPhone(family: "Altbestand")
        #expect(try await phone.login().status == 0)
        let login = try await transaction(phone)
        let story = ["trace", login, "--offline", "--language", "en"]
        let whole = try await phone.run(story + ["--json"]).json()
        #expect(whole["receipt_sound"] == true)
        let file = URL(fileURLWithPath: phone.files + "/receipts/\(login).json")
        var receipt = try StrictJSON.parseObject(Array(try Data(contentsOf: file)))
        receipt["notes"] = nil
        try Data(receipt.serialized).write(to: file)
        let kept = try await phone.run(story + ["--json"])
        let events = try kept.json()["events"]?.array?.compactMap(\.object) ?? []
        #expect(events.compactMap { $0["what"]?.string } == ["begun", "asked", "answered", "receipt"], "\(kept)")
        #expect(events.compactMap { $0["detail"]?.string } == ["approve", "complete"])
        let told = try await phone.run(story)
        #expect(told.status == 0 && told.lines.first?.contains("sound") == true, "\(told)")

        try Data("{".utf8).write(to: file)
        let damaged = try await phone.run(story + ["--json"])
        #expect(damaged.status == 23, "what is known of it is that it is damaged: \(damaged)")
        #expect(try damaged.json()["receipt_sound"] == false && damaged.json()["events"]?.array?.isEmpty == true)
    }

    @Test func `a trace waits for no other command of the profile`() async throws {
        let phone = try await Self.installation.value.enrolledPhone(family: "Nebenher")
        #expect(try await phone.login().status == 0)
        let login = try await transaction(phone)
        let other = Task {
            let status = try await phone.login(at: nil, "--fault", "latency=3s").status
            return (status: status, end: ContinuousClock.now)
        }
        try await Task.sleep(for: .seconds(1))
        let traced = try await phone.run("trace", login, "--json")
        let end = ContinuousClock.now
        #expect(traced.status == 0, "\(traced)")
        let (status, otherEnd) = try await other.value
        #expect(status == 0 && end < otherEnd)
    }

    @Test func `words in both languages for every step and kind, and text of others does nothing`() {
        for step in JournalEntry.Step.allCases.map(\.rawValue) + ["begun", "asked", "answered"] {
            let event = TraceEvent(time: Timestamp(seconds: 0), leg: .device, what: step, detail: "\u{1b}[2J")
            #expect(TraceWords.sentence(event, .german) != step)
            #expect(TraceWords.sentence(event, .english) != TraceWords.sentence(event, .german))
            #expect(!event.line(.german).contains("\u{1b}"))
        }
    }
}
