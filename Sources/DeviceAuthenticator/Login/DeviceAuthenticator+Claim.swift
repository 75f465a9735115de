internal import IdentityCrypto
public import OpenIDMessages

extension DeviceAuthenticator {
    /// Claims the login of a link for this device (D-4.2.1). A login that waited before is forgotten.
    public func claim(_ link: String) async throws(DeviceError) -> ClaimedLogin {
        let (state, keys) = (try state(), try keys())
        let parsed: (link: DeviceLink, flow: LoginFlow)
        do throws(LinkRefusal) { parsed = try RequestChecks.loginLink(link, issuer: state.issuer) } catch {
            throw .linkRefused(error)
        }
        let answer = try await authenticatedCall(
            "POST", "/device/v1/claims", body: ["link": .string(parsed.link.text)], as: state, with: keys)
        let (transaction, status) = try answer.readState()
        var pending = PendingLogin(transaction: transaction, flow: parsed.flow, counter: state.counter)
        pending.journal.note(JournalEntry(time: clock.now, .claimed, parsed.flow.rawValue, trace: answer.trace))
        switch status {
        case .awaitingCode where parsed.flow == .qr:
            let (code, portal) = try answer.read("code") { (reader) throws(MessageError) in
                let code = try reader.string("code", maximumLength: 8)
                guard code.utf8.count == 8, code.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
                    throw .malformed("code")
                }
                return (code, try ClaimedPortal(json: reader.object("portal")))
            }
            pending.code = code
            pending.portal = portal
            try keep(pending, state)
            return .awaitingCode(code, portal)
        case .awaitingUser:
            return .request(try await accept(answer, for: pending, state: state))
        // The device that answered a login hears how it ended.
        case _ where status.isTerminal: throw .loginOver(status)
        default: throw .unexpectedAnswer(status: answer.status, what: "the state does not follow a claim")
        }
    }

    /// Waits until the person has typed the digits into the browser and the request is here (D-4.2.4).
    ///
    /// - Parameter seconds: when to give up; the provider ends a login after 180 seconds.
    public func waitForRequest(seconds: Int64 = 200) async throws(DeviceError) -> LoginRequestStatement {
        var state = try state(isRecalled: true)
        guard let pending = try login() else { throw .noLogin }
        if let text = pending.request { return try await check(text, for: pending, state: state).statement }
        let keys = try keys(isRecalled: true)
        // How long one waits is no matter of the time of day, which may stand still.
        let deadline = ContinuousClock.now + .seconds(seconds)
        while ContinuousClock.now < deadline {
            let answer = try await authenticatedCall(
                "GET", "/device/v1/logins/\(pending.transaction)", query: "?wait=25", as: state, with: keys,
                timeoutSeconds: 40)
            let (transaction, status) = try answer.readState()
            guard transaction == pending.transaction else { throw .statementRefused(.wrongTransaction) }
            switch status {
            case .awaitingUser: return try await accept(answer, for: pending, state: state)
            case .created, .claimed, .awaitingCode:
                // A provider that answers at once must not make this device call without end.
                try? await Task.sleep(for: .milliseconds(250))
                guard !Task.isCancelled else { throw .requestNotYetThere }
                state = try self.state()
            default:
                try forget(pending.transaction, .over, status.rawValue, trace: answer.trace)
                throw .loginOver(status)
            }
        }
        throw .requestNotYetThere
    }

    /// The request that waits on this device, checked anew.
    public func currentRequest() async throws(DeviceError) -> LoginRequestStatement {
        try await checkedRequest().request.statement
    }

    /// The digits and the portal of a login that still waits for the browser; nil when there is none.
    public func currentCode() throws(DeviceError) -> (code: String, portal: ClaimedPortal)? {
        _ = try state()
        guard let pending = try login(), pending.request == nil, let code = pending.code, let portal = pending.portal
        else { return nil }
        return (code, portal)
    }

    /// Forgets the login that waits, which was given up in its browser: nothing is left to be answered, and nothing is sent.
    package func forgetLogin() throws(DeviceError) {
        guard let login = try login() else { return }
        let answer = try state().answer(to: login)
        try forget(login.transaction, .over, LoginState.cancelled.rawValue, after: answer)
    }

    /// Whether the login that waits has an answer that was not refused for good: it may have arrived (D-4.5.3).
    package func hasAnswer() throws(DeviceError) -> Bool {
        guard let login = try login() else { return false }
        return try state().answer(to: login) != nil
    }

    func checkedRequest() async throws(DeviceError) -> (
        request: SignedStatement<LoginRequestStatement>, pending: PendingLogin, state: DeviceState
    ) {
        // As it lies there now: what is to be sent again may have been given up meanwhile.
        let state = try state()
        guard let pending = try login() else { throw .noLogin }
        guard let text = pending.request else { throw .requestNotYetThere }
        return (try await check(text, for: pending, state: state), pending, state)
    }

    /// The login that waits; nil when none does.
    func login() throws(DeviceError) -> PendingLogin? {
        do throws(FileRefusal) { return try folder.login() } catch { throw .file(error) }
    }

    /// The login is none of this device's any more, and has no receipt; the last note says why.
    ///
    /// - Parameter answer: what was signed before.
    func forget(
        _ transaction: TransactionIdentifier, _ step: JournalEntry.Step, _ detail: String? = nil, trace: String? = nil,
        after answer: SentAnswer? = nil
    ) throws(DeviceError) {
        let entry = JournalEntry(time: clock.now, step, detail, trace: trace)
        let ended = try folder.updateLogin { (login) throws(DeviceError) -> PendingLogin? in
            guard var ended = login, ended.transaction == transaction else { return nil }
            ended.journal.note(signed: answer)
            ended.journal.note(entry)
            login = nil
            return ended
        }
        if let ended { leave(ended) }
    }

    /// Keeps the notes of a login that is none of this device's any more and has no receipt.
    private func leave(_ login: PendingLogin) {
        keepJournal(of: login)
        guard (try? state())?.answer?.login?.transaction == login.transaction else { return }
        // Else it would wait again when this process is gone, and hear then that it is over: a disk without room must not hide
        // why it ended.
        try? folder.updateState { (state) throws(DeviceError) in
            if state.answer?.transaction == login.transaction { state.answer?.login = nil }
        }
    }

    func accept(
        _ answer: ProviderAnswer, for login: PendingLogin, state: DeviceState
    ) async throws(DeviceError) -> LoginRequestStatement {
        let text = try answer.read("request") { (reader) throws(MessageError) in
            try reader.string("request", maximumLength: CompactJWS.maximumLength)
        }
        let request = try await check(text, for: login, state: state)
        var pending = login
        pending.request = text
        pending.journal.note(JournalEntry(time: clock.now, .received, trace: answer.trace))
        try keep(pending, state)
        return request.statement
    }

    private func check(
        _ text: String, for login: PendingLogin, state: DeviceState
    ) async throws(DeviceError) -> SignedStatement<LoginRequestStatement> {
        let now = clock.now
        let known = memory.request
        let request = try await checked(state) { (keys) throws(StatementRefusal) in
            try RequestChecks.request(
                text, known: known, keys: keys, issuer: state.issuer, device: state.device,
                transaction: login.transaction, flow: login.flow, now: now)
        }
        memory.keep(request)
        return request
    }

    private func keep(_ pending: PendingLogin, _ state: DeviceState) throws(DeviceError) {
        let displaced = JournalEntry(time: clock.now, .displaced)
        let before = try folder.updateLogin(knowing: state) { (login) throws(DeviceError) -> PendingLogin? in
            var pending = pending
            let known = login
            if let known, known.transaction == pending.transaction {
                pending.counter = known.counter
                pending.isCallCodeSettled = known.isCallCodeSettled
                pending.journal = known.journal.followed(by: pending.journal)
            }
            login = pending
            guard var before = known, before.transaction != pending.transaction else { return nil }
            before.journal.note(signed: state.answer(to: before))
            before.journal.note(displaced)
            return before
        }
        if let before { leave(before) }
    }
}

extension ProviderAnswer {
    func readState() throws(DeviceError) -> (transaction: TransactionIdentifier, state: LoginState) {
        try read("state") { (reader) throws(MessageError) in (try reader.wire("txn"), try reader.choice("state")) }
    }
}
