internal import IdentityCrypto
public import OpenIDMessages

extension DeviceAuthenticator {
    static let accountPrefix = "/account/v1"

    /// Shows something of the account.
    ///
    /// - Parameters:
    ///   - path: below `/account/v1`.
    ///   - query: with its question mark.
    public func accountView(_ path: String, query: String = "") async throws(DeviceError) -> JSONObject {
        try await authenticatedCall("GET", Self.accountPrefix + path, query: query).json
    }

    /// Changes something of the account that needs no confirmation.
    public func accountChange(
        _ method: String, _ path: String, body: JSONObject? = nil
    ) async throws(DeviceError) -> JSONObject {
        try await authenticatedCall(method, Self.accountPrefix + path, body: body).json
    }

    /// Which level this device's logins reach and why, as the provider signed it for this device (D-10.8).
    public func explainLevel() async throws(DeviceError) -> ExplainedLevel {
        let state = try state()
        let answer = try await authenticatedCall("GET", Self.accountPrefix + "/level")
        let texts = try answer.read("level") { (reader) throws(MessageError) in
            var texts = [try reader.string("statement", maximumLength: CompactJWS.maximumLength)]
            guard reader.has("companies") else { return texts }
            guard let companies = try reader.value("companies").array else { throw .malformed("companies") }
            for company in companies {
                guard let object = company.object else { throw .malformed("companies") }
                var reader = MemberReader(object)
                texts.append(try reader.string("statement", maximumLength: CompactJWS.maximumLength))
            }
            return texts
        }
        let explained = try await checked(state) { (keys) throws(StatementRefusal) in
            try texts.map { text throws(StatementRefusal) in
                ExplainedLevel(
                    explanation: try RequestChecks.explanation(
                        text, keys: keys, issuer: state.issuer, device: state.device), statement: text)
            }
        }
        var own = explained[0]
        own.companies = Array(explained.dropFirst())
        return own
    }

    /// Asks for something that needs a confirmation; nothing has happened yet (D-10.1). What comes back is what the
    /// provider signed, and it is exactly what was asked for (D-10.3).
    public func propose(_ act: AccountAct) async throws(DeviceError) -> ConfirmationToShow {
        let state = try state()
        let answer = try await authenticatedCall("POST", Self.accountPrefix + act.path, body: act.body)
        let text = try answer.read("confirmation") { (reader) throws(MessageError) in
            try reader.string("confirmation", maximumLength: CompactJWS.maximumLength)
        }
        let now = clock.now
        let signed = try await checked(state) { (keys) throws(StatementRefusal) in
            try RequestChecks.confirmation(
                text, keys: keys, issuer: state.issuer, device: state.device, act: act, now: now)
        }
        return ConfirmationToShow(signed: signed)
    }

    /// Confirms what was shown (D-10.4), and gives what came of it. If the answer is lost, the same bytes are sent once
    /// more (D-10.6).
    public func confirm(_ shown: ConfirmationToShow, pin: PIN) async throws(DeviceError) -> JSONObject {
        let keys = try keys()
        let (counter, keyMethod) = try nextCounter()
        let asked = shown.request
        let statement = ConfirmationResponseStatement(
            key: keys.publicKey(.authentication).thumbprint, device: asked.device, issuer: asked.issuer,
            transaction: asked.transaction, nonce: asked.nonce, requestDigest: shown.signed.digest,
            textDigest: asked.textDigest, methods: [keyMethod, "pin", "mfa", "user"], counter: counter,
            issuedAt: clock.now, identifier: random.value(bytes: 16))
        let credential = try Self.credential(pin, keys)
        let (response, proof) = try DeviceError.signing {
            let response = try keys.sign(statement, with: .authentication, header: [:], pin: credential)
            return (response, try credential.proof(.confirmation, of: response))
        }
        let path = Self.accountPrefix + "/confirmations/\(asked.transaction)"
        let body: JSONObject = ["response": .string(response), "pin_proof": .string(proof)]
        let evidence: JSONObject = ["request": .string(shown.signed.text), "response": .string(response)]
        let result: JSONObject
        do throws(DeviceError) { result = try await authenticatedCall("POST", path, body: body).json } catch {
            guard case .network(let failure) = error else { throw error }
            // Whether it counts nobody knows now: it is kept before anything else gets lost (D-10.7).
            if [.connectionLost, .timeout, .answerTooLong].contains(failure.reason) {
                try archive(asked.transaction, evidence)
            }
            result = try await authenticatedCall("POST", path, body: body).json
        }
        try archive(asked.transaction, evidence)
        return result
    }
}
