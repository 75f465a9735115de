internal import IdentityCrypto
internal import OpenIDMessages

/// What the device kept of an answer (D-4.7.2, D-10.7), as its file has it.
struct KeptReceipt: Sendable {
    let request: String
    let response: String
    /// Absent for confirmations.
    let receipt: String?
    /// What the device noted of a login: no evidence, and shown by `trace` alone.
    let journal: LoginJournal?

    /// The member with the notes.
    static let notes = "notes"

    init(json: JSONObject) throws(MessageError) {
        var reader = MemberReader(json)
        request = try reader.string("request", maximumLength: CompactJWS.maximumLength)
        response = try reader.string("response", maximumLength: CompactJWS.maximumLength)
        receipt = try reader.optionalString("receipt", maximumLength: CompactJWS.maximumLength)
        journal = reader.optional(Self.notes)?.array.map(LoginJournal.init(readable:))
        try reader.finish()
    }
}

/// Checks that request, response and receipt belong together and were not changed; needs no network.
enum ReceiptExplanation {
    /// - Parameter file: the name of the file in which this profile keeps it; nil for what lies somewhere else.
    static func explain(_ kept: KeptReceipt, profile: ExplainingProfile?, file: String? = nil) -> Explanation {
        func part(_ text: String) -> Explanation {
            StatementExplanation.explain(text, profile: profile, now: nil, isKept: true)
        }
        var parts = [("request", part(kept.request)), ("response", part(kept.response))]
        if let receipt = kept.receipt { parts.append(("receipt", part(receipt))) }
        var list = CheckList()
        let contents = parts.map(\.1.content)
        if let file {
            let transaction = contents[0]["txn"]?.string ?? ""
            list.check(
                "file", file == transaction + ".json", "kept under the name of its transaction",
                else: "kept as \(file), but it is of the transaction \(transaction)")
        }
        let types = parts.map(\.1.kind)
        if kept.receipt != nil {
            login(kept, contents, types, &list)
        } else {
            confirmation(kept, contents, types, &list)
        }
        return Explanation(
            "receipt", title: kept.receipt == nil ? "what was confirmed" : "a login that was answered",
            content: summary(contents), parts: parts.map { (name: $0.0, explanation: $0.1) }, checks: list.checks)
    }

    private static func login(
        _ kept: KeptReceipt, _ contents: [JSONObject], _ types: [String], _ list: inout CheckList
    ) {
        // What is signed as something else says nothing of a login, whatever its members are.
        guard types == [LoginRequestStatement.type, LoginResponseStatement.type, LoginReceipt.type],
            let request = try? LoginRequestStatement(json: contents[0]),
            let response = try? LoginResponseStatement(json: contents[1]),
            let receipt = try? LoginReceipt(json: contents[2])
        else {
            list.check("statements", false, "", else: "not the request, answer and receipt of a login")
            return
        }
        answers(response, request, text: kept.request, &list)
        list.check(
            "flow", response.flow == request.flow, "answered the way it was asked",
            else: "asked and answered in different flows")
        let context = request.contexts.first { $0.context == response.context }
        let asked = Set(request.essentialClaims + request.voluntaryClaims + (context?.claims ?? []))
        let isApproval = response.decision == .approve
        list.check(
            "released",
            isApproval
                ? context != nil && asked.isSuperset(of: response.released)
                    && Set(request.essentialClaims).isSubset(of: response.released)
                : response.released.isEmpty && response.context == nil,
            "nothing but what was asked and shown went out", else: "what went out is not what was asked and shown")
        list.check(
            "receipt",
            receipt.transaction == request.transaction && receipt.responseDigest == ContentDigest(of: kept.response),
            "the provider received exactly this answer", else: "the receipt is for another answer")
        list.check(
            "outcome", isFitting(receipt.state, response.decision), "the login ended as it was answered",
            else: "the receipt's state \(receipt.state.rawValue) does not fit the answer \(response.decision.rawValue)")
    }

    private static func isFitting(_ state: LoginState, _ decision: LoginDecision) -> Bool {
        switch decision {
        case .approve: [.complete, .awaitingReturn].contains(state)
        case .deny: state == .denied
        case .report: state == .reported
        }
    }

    private static func confirmation(
        _ kept: KeptReceipt, _ contents: [JSONObject], _ types: [String], _ list: inout CheckList
    ) {
        guard types == [ConfirmationRequestStatement.type, ConfirmationResponseStatement.type],
            let request = try? ConfirmationRequestStatement(json: contents[0]),
            let response = try? ConfirmationResponseStatement(json: contents[1])
        else {
            list.check("statements", false, "", else: "not the request and answer of a confirmation")
            return
        }
        answers(response, request, text: kept.request, &list)
    }

    /// What every answer repeats of what was asked.
    private static func answers(
        _ response: some AnsweringStatement, _ request: some AskingStatement, text: String, _ list: inout CheckList
    ) {
        list.check(
            "answer",
            response.requestDigest == ContentDigest(of: text) && response.transaction == request.transaction
                && response.nonce == request.nonce && response.issuer == request.issuer
                && response.device == request.device,
            "the answer is to exactly this request", else: "the answer is to another request")
        list.check(
            "shown_text", response.textDigest == request.textDigest, "the text that was shown was signed",
            else: "another text was signed than the one that was asked")
    }

    /// The few members by which a person knows a receipt again.
    static func summary(_ contents: [JSONObject]) -> JSONObject {
        let (request, response) = (contents[0], contents[1])
        var object: JSONObject = [:]
        object["txn"] = request["txn"]
        object["iat"] = response["iat"]
        object["portal"] = request["portal"]
        object["service"] = request["service"]
        object["action"] = request["action"]
        object["text"] = request["text"]
        object["decision"] = response["decision"]
        object["context"] = response["context"]
        object["released"] = response["released"]
        object["state"] = contents.count > 2 ? contents[2]["state"] : nil
        return object
    }
}
