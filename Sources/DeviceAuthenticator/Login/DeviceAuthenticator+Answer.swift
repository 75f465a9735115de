internal import IdentityCrypto
internal import OpenIDMessages

extension DeviceAuthenticator {
    /// Approves the login that waits. The PIN is needed each time (D-4.4.1).
    ///
    /// - Parameters:
    ///   - pin: as the person types it now.
    ///   - released: the voluntary claims to release; nil for all that were asked. What is essential is released with every
    ///     approval.
    ///   - context: for whom to act: `citizen`, the name of a company, or a context as the request spells it. Needed when
    ///     there is more than one to choose from: nobody chooses for the person.
    public func approve(
        pin: PIN, released: [String]? = nil, context: String? = nil
    ) async throws(DeviceError) -> LoginOutcome {
        try await answer(.approve, pin: pin, chosen: released, context: context)
    }

    /// Denies the login that waits.
    ///
    /// - Parameter pin: needed where the key store asks for it (`KeyStoreKind.asksForPIN`), for no signature of `K_auth`
    ///   is made there without.
    public func deny(pin: PIN? = nil) async throws(DeviceError) -> LoginOutcome { try await answer(.deny, pin: pin) }

    /// "That was not me": denies the login and reports it; the PIN as for `deny`.
    public func report(pin: PIN? = nil) async throws(DeviceError) -> LoginOutcome {
        try await answer(.report, pin: pin)
    }

    private func answer(
        _ decision: LoginDecision, pin: PIN?, chosen: [String]? = nil, context: String? = nil
    ) async throws(DeviceError) -> LoginOutcome {
        let (request, pending, state) = try await checkedRequest()
        // D-11.3: the person reads what is asked, and can refuse it; to approve takes the digits of the call.
        guard decision != .approve || request.statement.binding != .callCode || pending.isCallCodeSettled else {
            throw .callCodeNeeded
        }
        let choice = decision == .approve ? try Self.context(request.statement, chosen: context) : nil
        let released =
            try choice.map { (choice) throws(DeviceError) in
                try Self.released(request.statement, chosen: chosen) + choice.claims
            } ?? []
        let keys = try keys()
        // What a file cannot check is derived for the provider alone.
        let needed = pin.flatMap { decision == .approve || keys.kind.asksForPIN ? $0 : nil }
        let credential = try needed.map { (pin) throws(DeviceError) in try Self.credential(pin, keys) }
        let sent = try sentAnswer(
            decision, released, choice?.context, request: request, pending: pending, state: state, keys: keys,
            pin: credential)
        var body: JSONObject = ["response": .string(sent.response)]
        if decision == .approve, let credential {
            body["pin_proof"] = .string(try DeviceError.signing { try credential.proof(.login, of: sent.response) })
        }
        let answer = try await send(body, for: sent, as: state, keys: keys)
        let text = try answer.read("receipt") { (reader) throws(MessageError) in
            try reader.string("receipt", maximumLength: CompactJWS.maximumLength)
        }
        let receipt = try await checked(state) { (providerKeys) throws(StatementRefusal) in
            try RequestChecks.receipt(
                text, keys: providerKeys, issuer: state.issuer, device: state.device,
                transaction: pending.transaction, response: sent.response, decision: decision, flow: pending.flow)
        }
        let received = JournalEntry(time: clock.now, .receipt, receipt.state.rawValue, trace: answer.trace)
        let waiting = try login().flatMap { $0.transaction == pending.transaction ? $0 : nil }
        var journal = (waiting ?? pending).journal
        journal.note(signed: sent)
        journal.note(received)
        try archive(
            pending.transaction,
            [
                "request": .string(request.text), "response": .string(sent.response), "receipt": .string(text),
                KeptReceipt.notes: journal.json,
            ])
        // Held in memory it is over with its receipt. One in a file is answered again with the same bytes, should this process
        // be killed before it is gone.
        try folder.updateLogin { (login) throws(DeviceError) in
            if login?.transaction == pending.transaction { login = nil }
        }
        return LoginOutcome(
            decision: decision, flow: pending.flow, receipt: receipt,
            returnURL: Self.returnURL(receipt: receipt, returnValue: sent.returnValue), released: released,
            context: choice)
    }

    /// The context that was chosen, or the only one.
    static func context(
        _ request: LoginRequestStatement, chosen: String?
    ) throws(DeviceError) -> ContextDescription {
        guard let chosen else {
            guard request.contexts.count == 1 else { throw .contextToBeChosen(request.contexts.map(\.word)) }
            return request.contexts[0]
        }
        let fitting = request.contexts.filter { $0.context.rawValue == chosen || $0.name == chosen }
        guard fitting.count == 1 else { throw .unknownContext(chosen, offered: request.contexts.map(\.word)) }
        return fitting[0]
    }

    /// Everything essential and, of what is voluntary, what was chosen, in the request's order.
    static func released(
        _ request: LoginRequestStatement, chosen: [String]?
    ) throws(DeviceError) -> [String] {
        guard let chosen else { return request.essentialClaims + request.voluntaryClaims }
        let asked = Set(request.essentialClaims + request.voluntaryClaims)
        let unknown = chosen.filter { !asked.contains($0) }
        guard unknown.isEmpty else { throw .unknownClaims(unknown) }
        return request.essentialClaims + request.voluntaryClaims.filter(chosen.contains)
    }

    /// The answer that was already signed, if it says the same: a lost answer is sent again byte for byte (D-4.5.3).
    /// Else a new one. It is stored with its counter, in one write, before anybody can see it (D-4.5.1).
    private func sentAnswer(
        _ decision: LoginDecision, _ released: [String], _ context: ContextName?,
        request: SignedStatement<LoginRequestStatement>, pending: PendingLogin, state: DeviceState,
        keys: any DeviceKeyStore, pin: PINCredential?
    ) throws(DeviceError) -> SentAnswer {
        func isSame(_ answer: SentAnswer) -> Bool {
            answer.decision == decision && answer.released == released && answer.context == context
        }
        if let answer = state.answer(to: pending) {
            if isSame(answer) {
                try provePIN(pin, keys, for: answer)
                return answer
            }
            try note(signed: answer)
        }
        let returnValue = pending.flow == .link ? random.text(32) : nil
        return try folder.updateState { (state) throws(DeviceError) in
            // Another process may have signed it since the state was read.
            if let answer = state.answer(to: pending), isSame(answer) {
                try provePIN(pin, keys, for: answer)
                return answer
            }
            state.counter += 1
            let statement = LoginResponseStatement(
                key: keys.publicKey(.authentication).thumbprint, device: request.statement.device,
                issuer: request.statement.issuer, transaction: request.statement.transaction,
                nonce: request.statement.nonce, requestDigest: request.digest, decision: decision,
                context: context, flow: request.statement.flow, textDigest: request.statement.textDigest,
                released: released,
                returnChallenge: returnValue.map { ContentDigest(of: $0) },
                methods: decision == .approve ? [state.keyMethod, "pin", "mfa", "user"] : [], counter: state.counter,
                issuedAt: clock.now, identifier: random.value(bytes: 16))
            let text = try DeviceError.signing {
                try keys.sign(statement, with: .authentication, header: [:], pin: pin)
            }
            // In the place of any other one: that would now have a lower counter.
            let answer = SentAnswer(
                transaction: pending.transaction, counter: state.counter, decision: decision, released: released,
                context: context, response: text, returnValue: returnValue,
                note: JournalEntry(time: clock.now, .signed, "\(decision.rawValue) \(state.counter)"),
                login: folder.folder.currentUse?.login == nil ? nil : pending.answered)
            state.answer = answer
            return answer
        }
    }

    /// What was signed with the PIN is sent again with the PIN alone (D-4.4.1): where the key store asks for it, `K_auth` signs
    /// the same bytes once more, and that signature goes nowhere. Elsewhere the provider judges an approval's PIN.
    private func provePIN(
        _ pin: PINCredential?, _ keys: any DeviceKeyStore, for answer: SentAnswer
    ) throws(DeviceError) {
        guard keys.kind.asksForPIN else { return }
        try DeviceError.signing {
            _ = try keys.signature(
                for: CompactJWS(parsing: answer.response).signingInput, with: .authentication, pin: pin)
        }
    }

    /// A counter that no answer of this device had, for what is not kept: stored before anything is signed with it (D-4.5.1).
    /// An answer to a login that was signed with a lower one is forgotten: sent after this one it would look like a copied
    /// key's.
    func nextCounter() throws(DeviceError) -> (counter: Int64, keyMethod: String) {
        if let login = try login(), let answer = try state().answer(to: login) { try note(signed: answer) }
        return try folder.updateState { (state) throws(DeviceError) in
            state.counter += 1
            state.answer = nil
            return (state.counter, state.keyMethod)
        }
    }

    /// What the PIN opens, for one answer. A proof by `K_pin` exists in memory and in the call, nowhere else (D-4.7.2).
    static func credential(_ pin: PIN, _ keys: any DeviceKeyStore) throws(DeviceError) -> PINCredential {
        guard let credential = keys.pinDerivation.credential(for: pin) else { throw .cryptography }
        return credential
    }

    private func send(
        _ body: JSONObject, for sent: SentAnswer, as state: DeviceState, keys: any DeviceKeyStore
    ) async throws(DeviceError) -> ProviderAnswer {
        let transaction = sent.transaction
        do throws(DeviceError) {
            return try await authenticatedCall(
                "POST", "/device/v1/logins/\(transaction)/response", body: body, as: state, with: keys)
        } catch {
            switch error {
            case .provider(let problem):
                let (code, trace) = (problem.code, problem.traceIdentifier)
                switch code {
                // Refused, but the login lives: the next answer is a new one with a counter of its own.
                case "not_accepted", "statement_refused":
                    // Noted first: with the answer its login would go, where no file has it.
                    try note(transaction, .refused, code, trace: trace, after: sent)
                    try withdraw(sent)
                case "login_over", "unknown_login", "level_unreachable", "device_locked", "device_suspended",
                    "device_cloned":
                    try forget(transaction, .refused, code, trace: trace, after: sent)
                default: try note(transaction, .refused, code, trace: trace, after: sent)
                }
            case .network: try note(transaction, .lost, after: sent)
            // Refused before the answer was looked at. One of a time that the provider takes is kept: a call before this one may
            // have brought it there (D-4.5.3).
            case .clock(let ahead) where !RequestChecks.isOfItsTime(sent.note.time, now: clock.now - ahead):
                try note(signed: sent)
                try withdraw(sent)
            default: break
            }
            throw error
        }
    }

    /// The login goes on without this answer.
    private func withdraw(_ sent: SentAnswer) throws(DeviceError) {
        try folder.updateState { (state) throws(DeviceError) in
            if state.answer == sent { state.answer = nil }
        }
    }

    /// `{return}?uv={uv}` (D-4.7.3).
    private static func returnURL(receipt: LoginReceipt, returnValue: String?) -> String? {
        guard let url = receipt.returnURL.flatMap(RedirectURI.init(rawValue:)), let returnValue else { return nil }
        return url.appending(FormParameters(["uv": returnValue]))
    }

    /// Keeps what was asked, signed and answered: the person's own evidence (D-4.7.2). The notes of a login lie with it and are
    /// none.
    func archive(_ transaction: TransactionIdentifier, _ object: JSONObject) throws(DeviceError) {
        do throws(FileRefusal) {
            try folder.folder.keep(
                SealedFolder.receiptName(transaction), in: SealedFolder.receiptsName, object.serialized)
        } catch { throw .file(error) }
    }
}

extension ContextDescription {
    /// What a person types to choose the context.
    var word: String { name ?? context.rawValue }
}
