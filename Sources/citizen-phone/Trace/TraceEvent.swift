import DeviceAuthenticator
import Foundation
import OpenIDMessages

/// One line of a login's story, of the device's leg or of the provider's.
struct TraceEvent: Equatable {
    enum Leg: String { case device, provider }

    var time: Timestamp
    var leg: Leg
    /// A step of the device's journal, `begun`, `asked` or `answered` of a receipt, or the kind of an audit event.
    var what: String
    var detail: String?
    /// In whose chain of events it is; for the provider's leg.
    var chain: String?
    var isRefusal = false
    /// What names the call in the operator's log.
    var trace: String?
    /// How the provider says it, in the language in which it was asked.
    var said: String?
    /// How the phone speaks of the states of this login.
    var side = LoginSide.phone

    func json(_ language: Language) -> JSONObject {
        var object: JSONObject = [
            "time": time.json, "leg": .string(leg.rawValue), "what": .string(what),
            "text": .string(TraceWords.sentence(self, language)),
        ]
        object["detail"] = detail.map { .string($0) }
        object["chain"] = chain.map { .string($0) }
        if leg == .provider { object["outcome"] = .string(isRefusal ? "refusal" : "success") }
        object["trace_id"] = trace.map { .string($0) }
        return object
    }

    func line(_ language: Language) -> String {
        let name = leg == .device ? language.say("Gerät", "device") : language.say("Anbieter", "provider")
        return JSONObject.line(
            Date(timeIntervalSince1970: Double(time.seconds)).formatted(.iso8601),
            name.padding(toLength: 8, withPad: " ", startingAt: 0),
            TerminalText.visible(TraceWords.sentence(self, language)),
            trace.map { "[\(TerminalText.visible($0))]" } ?? "")
    }
}

extension TraceEvent {
    /// What the provider writes down when it takes an answer.
    fileprivate static let ofAnswers: Set = [
        "auth.approved", "auth.denied", "auth.reported", "release.granted", "context.chosen", "context.switched",
        "session.created", "session.stepped_up",
    ]

    static func events(of journal: [JournalEntry]) -> [TraceEvent] {
        let flow = journal.first { $0.step == .claimed }?.detail.flatMap(LoginFlow.init(rawValue:))
        return journal.map { entry in
            TraceEvent(
                time: entry.time, leg: .device, what: entry.step.rawValue, detail: entry.detail, trace: entry.trace,
                side: flow?.phone ?? .phone)
        }
    }

    /// Nil for what is no audit event.
    init?(audit event: JSONObject) {
        guard let time = event["time"]?.integer, let kind = event["kind"]?.string else { return nil }
        self.init(
            time: Timestamp(seconds: time), leg: .provider, what: kind, chain: event["chain"]?.string,
            isRefusal: event["outcome"] == "refusal", said: event["text"]?.string)
    }

    /// What a kept receipt says of the times, for logins and confirmations of which there is no journal.
    static func events(of receipt: Explanation, hasJournal: Bool) -> [TraceEvent] {
        func content(_ name: String) -> JSONObject {
            receipt.parts.first { $0.name == name }?.explanation.content ?? [:]
        }
        let (request, response, last) = (content("request"), content("response"), content("receipt"))
        let flow = request["flow"]?.string.flatMap(LoginFlow.init(rawValue:))
        func event(_ seconds: Int64?, _ what: String, _ detail: String? = nil) -> TraceEvent? {
            seconds.map {
                TraceEvent(
                    time: Timestamp(seconds: $0), leg: .device, what: what, detail: detail, side: flow?.phone ?? .phone)
            }
        }
        let begun = event(request["initiator"]?.object?["started_at"]?.integer, "begun")
        guard !hasJournal else { return [begun].compactMap(\.self) }
        return [
            begun, event(request["iat"]?.integer, "asked"),
            event(response["iat"]?.integer, "answered", response["decision"]?.string),
            event(last["iat"]?.integer, "receipt", last["state"]?.string),
        ].compactMap(\.self)
    }
}

extension [TraceEvent] {
    /// The provider's events of this device's answers, each with the name of the call that it came of. The trail itself names
    /// no calls. An answer that was lost may have been taken all the same: then nobody knows which call it was.
    var withCalls: [TraceEvent] {
        func device(_ what: JournalEntry.Step) -> [TraceEvent] {
            filter { $0.leg == .device && $0.what == what.rawValue }
        }
        guard device(.lost).isEmpty else { return self }
        let (receipt, refused) = (device(.receipt).first?.trace, device(.refused).map(\.trace))
        var refusals =
            self.count { $0.leg == .provider && $0.what == "auth.failed" } == refused.count ? refused[...] : []
        return map { event in
            var event = event
            guard event.leg == .provider else { return event }
            if TraceEvent.ofAnswers.contains(event.what) {
                event.trace = receipt
            } else if event.what == "auth.failed" {
                event.trace = refusals.popFirst() ?? nil
            }
            return event
        }
    }

    /// In the order of their times; what happened in one second stays in the order in which it came here.
    var inOrder: [TraceEvent] {
        enumerated().sorted { ($0.element.time.seconds, $0.offset) < ($1.element.time.seconds, $1.offset) }
            .map(\.element)
    }
}
