internal import IdentityCrypto
internal import OpenIDMessages

/// An answer that was signed, kept so that exactly the same bytes can be sent again (D-4.5.3).
///
/// The proof by `K_pin` is never among it: from it a thief could test guesses of the PIN (D-4.7.2).
struct SentAnswer: Sendable, Equatable {
    /// The login that it answers.
    var transaction: TransactionIdentifier
    /// Its own (D-4.5.1).
    var counter: Int64
    var decision: LoginDecision
    var released: [String]
    var context: ContextName?
    /// The exact `login-response+jwt`.
    var response: String
    /// In the flow `link`: the value that goes back through the browser.
    var returnValue: String?
    /// That it was signed: kept with it in one write, and noted with what comes next.
    var note: JournalEntry
    /// The login itself, where it was held in memory (`HeldLogin`): it waits until its receipt is there.
    var login: PendingLogin?
}

extension SentAnswer {
    init(json: JSONObject) throws(MessageError) {
        var reader = MemberReader(json)
        transaction = try reader.wire("txn")
        counter = try reader.count("counter")
        decision = try reader.choice("decision")
        released = try reader.strings("released")
        context = try reader.optionalWire("context")
        response = try reader.string("response", maximumLength: CompactJWS.maximumLength)
        returnValue = try reader.optionalString("uv")
        note = try JournalEntry(json: reader.object("note"))
        login = try reader.optionalObject("login").map { (object) throws(MessageError) in
            try PendingLogin(json: object)
        }
        try reader.finish()
    }

    var json: JSONObject {
        var object: JSONObject = [
            "txn": .string(transaction.rawValue), "counter": .integer(counter),
            "decision": .string(decision.rawValue), "released": .strings(released), "response": .string(response),
            "note": .object(note.json),
        ]
        object["context"] = context.map { .string($0.rawValue) }
        object["uv"] = returnValue.map { .string($0) }
        object["login"] = login.map { .object($0.json) }
        return object
    }
}
