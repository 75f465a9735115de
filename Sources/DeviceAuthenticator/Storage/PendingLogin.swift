internal import IdentityCrypto
internal import OpenIDMessages

/// The login that waits on this device, between the claim and the receipt.
///
/// The proof by `K_pin` is never among it: from it a thief could test guesses of the PIN (D-4.7.2).
struct PendingLogin: Sendable, Equatable {
    var transaction: TransactionIdentifier
    var flow: LoginFlow
    /// The eight digits and the portal, while the provider waits for them.
    var code: String?
    var portal: ClaimedPortal?
    /// The exact `login-request+jwt`.
    var request: String?
    /// In the flow `backchannel`: the digits of the call were accepted, or none are wanted.
    var isCallCodeSettled = false
    /// The answer that was sent, kept so that exactly the same bytes can be sent again (D-4.5.3).
    var answer: SentAnswer?
    /// What this device did so far.
    var journal = LoginJournal()

    /// An answer whose receipt has not come yet.
    struct SentAnswer: Sendable, Equatable {
        var decision: LoginDecision
        var released: [String]
        var context: ContextName?
        /// The exact `login-response+jwt`.
        var response: String
        /// In the flow `link`: the value that goes back through the browser.
        var returnValue: String?
    }
}

extension PendingLogin {
    init(json: JSONObject) throws(MessageError) {
        var reader = MemberReader(json)
        transaction = try reader.wire("txn")
        flow = try reader.choice("flow")
        code = try reader.optionalString("code")
        portal = try reader.optional("portal")?.object.map { (object) throws(MessageError) in
            try ClaimedPortal(json: object)
        }
        request = try reader.optionalString("request", maximumLength: CompactJWS.maximumLength)
        isCallCodeSettled = try reader.optionalBool("call_code_settled") ?? false
        answer = try reader.optional("answer")?.object.map { (object) throws(MessageError) in
            try SentAnswer(json: object)
        }
        if let entries = reader.optional("journal")?.array { journal = LoginJournal(readable: entries) }
        try reader.finish()
    }

    var json: JSONObject {
        var object: JSONObject = ["txn": .string(transaction.rawValue), "flow": .string(flow.rawValue)]
        object["code"] = code.map { .string($0) }
        object["portal"] = portal.map { .object($0.json) }
        object["request"] = request.map { .string($0) }
        if isCallCodeSettled { object["call_code_settled"] = true }
        object["answer"] = answer.map { .object($0.json) }
        if !journal.entries.isEmpty { object["journal"] = journal.json }
        return object
    }
}

extension PendingLogin.SentAnswer {
    init(json: JSONObject) throws(MessageError) {
        var reader = MemberReader(json)
        decision = try reader.choice("decision")
        released = try reader.strings("released")
        context = try reader.optionalWire("context")
        response = try reader.string("response", maximumLength: CompactJWS.maximumLength)
        returnValue = try reader.optionalString("uv")
        try reader.finish()
    }

    var json: JSONObject {
        var object: JSONObject = [
            "decision": .string(decision.rawValue), "released": .strings(released), "response": .string(response),
        ]
        object["context"] = context.map { .string($0.rawValue) }
        object["uv"] = returnValue.map { .string($0) }
        return object
    }
}
