public import OpenIDMessages

/// One thing that this device did or met in a login. A note for the person who looks for what went wrong, signed by nobody:
/// the evidence is the receipt.
public struct JournalEntry: Sendable, Equatable {
    public enum Step: String, Sendable, CaseIterable {
        /// The login of a link, or a portal's request, became this device's.
        case claimed
        /// The request came.
        case received
        /// The provider took the digits of the call.
        case callCode = "call_code"
        /// An answer was signed; the detail is the decision and the counter. What is sent again is not signed again.
        case signed
        /// The provider refused an answer, or the digits of a call; the detail is its code (docs/protocol.md §9).
        case refused
        /// An answer was sent and nothing came back.
        case lost
        /// The provider's receipt came; the detail is the state of the login.
        case receipt
        /// The provider said that the login is over; the detail is its state.
        case over
        /// Another login took the place of this one.
        case displaced
    }

    /// By this device's clock.
    public let time: Timestamp
    public let step: Step
    public let detail: String?
    /// What names the call in the operator's log (docs/protocol.md §9); nil where no answer came, or without a name.
    public let trace: String?

    /// Of what a provider says only words are noted: what is none, or has no end, must not make the profile unreadable.
    init(time: Timestamp, _ step: Step, _ detail: String? = nil, trace: String? = nil) {
        self.time = time
        self.step = step
        self.detail = detail.flatMap { MemberReader.isText($0, maximumLength: 128) ? $0 : nil }
        self.trace = trace.flatMap { !$0.isEmpty && MemberReader.isText($0, maximumLength: 64) ? $0 : nil }
    }
}

extension JournalEntry {
    init(json: JSONObject) throws(MessageError) {
        var reader = MemberReader(json)
        time = try reader.time("time")
        step = try reader.choice("step")
        detail = try reader.optionalString("detail")
        trace = try reader.optionalString("trace_id")
        try reader.finish()
    }

    public var json: JSONObject {
        var object: JSONObject = ["time": time.json, "step": .string(step.rawValue)]
        object["detail"] = detail.map { .string($0) }
        object["trace_id"] = trace.map { .string($0) }
        return object
    }
}

/// The notes of one login, in their order.
struct LoginJournal: Sendable, Equatable {
    private(set) var entries: [JournalEntry] = []

    /// Far more than a login has; what is tried for ever does not grow a file for ever.
    static let maximumCount = 64

    mutating func note(_ entry: JournalEntry) {
        if entries.count < Self.maximumCount { entries.append(entry) }
    }

    /// Notes that an answer was signed, where that is not noted yet.
    mutating func note(signed answer: SentAnswer?) {
        if let entry = answer?.note, !entries.contains(entry) { note(entry) }
    }

    /// These notes, and after them those of `later` that are not among them.
    func followed(by later: LoginJournal) -> LoginJournal {
        var all = self
        for entry in later.entries where !entries.contains(entry) { all.note(entry) }
        return all
    }
}

extension LoginJournal {
    /// The notes among `json` that can be read: they decide nothing.
    init(readable json: [JSONValue]) {
        entries = json.compactMap { $0.object.flatMap { try? JournalEntry(json: $0) } }
    }

    init(json: [JSONValue]) throws(MessageError) {
        for element in json {
            guard let object = element.object else { throw .malformed("journal") }
            entries.append(try JournalEntry(json: object))
        }
    }

    var json: JSONValue { .array(entries.map { .object($0.json) }) }
}
