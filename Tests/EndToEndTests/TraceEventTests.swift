import OpenIDMessages
import Testing

@testable import DeviceAuthenticator
@testable import citizen_phone

@Suite("citizen-phone trace: one line of the story", .inTurn, .endsInTime)
struct TraceEventTests {
    private func event(
        _ what: String, _ detail: String? = nil, leg: TraceEvent.Leg = .device, at seconds: Int64 = 0
    ) -> TraceEvent {
        TraceEvent(time: Timestamp(seconds: seconds), leg: leg, what: what, detail: detail)
    }

    @Test func `events are told by their times, and those of one second as they came`() {
        let events = [event("c", at: 2), event("a", at: 1), event("d", at: 2), event("b", at: 1)]
        #expect(events.inOrder.map(\.what) == ["a", "b", "c", "d"])
    }

    @Test(arguments: [["kind": "auth.approved"], ["time": 1], ["time": "1", "kind": "auth.approved"]] as [JSONObject])
    func `what has no time or no kind is no event`(json: JSONObject) { #expect(TraceEvent(audit: json) == nil) }

    @Test func `an event of the provider says its chain and whether it was a refusal, known or not`() throws {
        func told(_ json: JSONObject, _ language: Language) throws -> String {
            TraceWords.sentence(try #require(TraceEvent(audit: json)), language)
        }
        let refused: JSONObject = ["time": 1, "kind": "auth.failed", "chain": "herten", "outcome": "refusal"]
        #expect(try told(refused, .english) == "Answer not accepted (auth.failed), refused, herten")
        #expect(try told(refused, .german) == "Antwort nicht angenommen (auth.failed), abgewiesen, herten")
        #expect(try told(["time": 1, "kind": "new.kind", "outcome": "success"], .english) == "new.kind")
        let new: JSONObject = ["time": 1, "kind": "new.kind", "text": "Something\u{1b} new.", "chain": "herten"]
        #expect(try told(new, .english) == "Something\u{1b} new (new.kind), herten", "as the provider says it")
        #expect(try #require(TraceEvent(audit: new)).line(.english).contains("Something‹U+001B› new (new.kind)"))
        #expect(TraceEvent(audit: refused)?.json(.english)["outcome"] == "refusal")
        #expect(event("claimed").json(.english)["outcome"] == nil, "a step of the device is none")
    }

    @Test(arguments: [
        ("approve 12", "This device signed: yes (counter 12)"), ("deny 3", "This device signed: no (counter 3)"),
        ("report", "This device signed: that was not me"), ("", "This device signed: confirmed"),
    ])
    func `what was signed is told as it was decided`(detail: String, text: String) {
        #expect(TraceWords.sentence(event("signed", detail), .english) == text)
    }

    @Test(arguments: [
        ("qr", "This device read the QR code of the login."),
        ("link", "The login came from this device's own browser."), ("backchannel", "A portal asked by itself."),
    ])
    func `how a login came is told by its flow`(flow: String, text: String) {
        #expect(TraceWords.sentence(event("claimed", flow), .english) == text)
    }

    @Test func `what the provider wrote down of an answer has the name of its call, unless an answer was lost`() {
        func named(_ what: String, _ trace: String?) -> TraceEvent {
            var event = event(what)
            event.trace = trace
            return event
        }
        let events = [
            named("claimed", "A"), named("refused", "B"), event("auth.failed", leg: .provider), named("receipt", "C"),
            event("auth.approved", leg: .provider), event("token.issued", leg: .provider),
        ]
        #expect(events.withCalls.map(\.trace) == ["A", "B", "B", "C", "C", nil])
        #expect((events + [event("lost")]).withCalls == events + [event("lost")])
        let another = events + [event("auth.failed", leg: .provider)]
        #expect(another.withCalls.map(\.trace) == ["A", "B", nil, "C", "C", nil, nil], "which refusal was it?")
    }

    @Test(arguments: ["receipt", "over"])
    func `a state is told in words, of a portal that asked by itself without a browser`(step: String) {
        var ended = event(step, "awaiting_return")
        #expect(TraceWords.sentence(ended, .german).hasSuffix(": Zurück zum Browser (awaiting_return)"))
        #expect(TraceWords.sentence(ended, .english).hasSuffix(": Back to the browser (awaiting_return)"))
        ended = event(step, "complete")
        #expect(TraceWords.sentence(ended, .english).hasSuffix(": You are logged in (complete)"))
        let asked = JournalEntry(time: Timestamp(seconds: 1), .claimed, LoginFlow.backChannel.rawValue)
        let done = JournalEntry(time: Timestamp(seconds: 2), .receipt, "complete")
        let told = TraceEvent.events(of: [asked, done]).map { TraceWords.sentence($0, .english) }
        #expect(told == ["A portal asked by itself.", "The provider's receipt came: Approved (complete)"])
    }

    @Test func `the name of a call does nothing to the terminal`() {
        var traced = event("claimed", "qr")
        traced.trace = "\u{1b}[2J"
        #expect(!traced.line(.english).contains("\u{1b}") && traced.line(.english).contains("‹U+001B›"))
    }

    @Test func `a trail that is empty, or was not read to its end, is said to be`() {
        var shared = SharedOptions()
        shared.chosenLanguage = .english
        var command = TraceCommand()
        command.shared = shared
        let transaction = TransactionIdentifier(rawValue: "txn-0123456789abcdef")!
        func told(_ trail: AuditTrail) -> Report {
            command.report(transaction, [event("claimed", "qr")], receipt: nil, .told(trail))
        }
        let cut = told(AuditTrail(events: [], isWhole: false))
        #expect(
            cut.lines.suffix(2) == [
                "Your audit trail at the provider has nothing of it.", "The trail was not read to its end.",
            ])
        #expect(cut.json["provider"]?.object?["whole"] == false)
        let whole = told(AuditTrail(events: [["time": 1, "kind": "auth.approved"]], isWhole: true))
        #expect(whole.lines.count == 1 && whole.json["provider"]?.object?["whole"] == true)
    }
}
