import DeviceAuthenticator
import IdentityCrypto
import OpenIDMessages

/// What scenarios need: a phone that is enrolled, and a portal at which logins begin.
struct ScenarioStage {
    let issuer: IssuerURL
    /// The device; its calls go over `wire`.
    let phone: DeviceAuthenticator
    let wire: FaultyWire
    let pin: PIN
    let wrongPIN: PIN
    /// For the browsers.
    let transport: any HTTPTransport
    let language: String
    /// The address at which a portal begins a login.
    let start: WebAddress
    /// The portal that asks by itself; nil when there is none.
    let asking: AskingPortal?
    /// Has a certificate revoked, as the provider's operator does; nil where nobody can.
    let revoke: (@Sendable (_ serial: String) async throws -> Void)?
    /// Whether browsers open the portal's callback, or stop before it.
    let opensPortal: Bool
    let wait: @Sendable (Duration) async throws -> Void
    /// Copies the files of the device into a new folder.
    let copyDevice: @Sendable () throws -> DeviceCopy

    /// Plays a scenario to its end or to the first step that is not as it must be.
    ///
    /// - Throws: `CommandFailure` or `DeviceError` when nothing can be known: no network, no usable device.
    func play(_ scenario: Scenario) async throws -> ScenarioOutcome {
        let clock = ContinuousClock()
        let start = clock.now
        var player = ScenarioPlayer(stage: self)
        defer { player.copy?.remove() }
        wire.reset()
        let failure = try await player.play(scenario.steps)
        wire.reset()
        let leftOpen = await player.tidy()
        return ScenarioOutcome(
            scenario: scenario, result: failure.map { .failed($0) } ?? .met, leftOpen: leftOpen,
            milliseconds: Int64((clock.now - start) / .milliseconds(1)))
    }
}

/// The browsers and the phone of one scenario while it is played.
struct ScenarioPlayer {
    /// A login, its browser, and what has become of it.
    struct OpenLogin {
        var browser: BrowserLogin
        /// The digits that the phone shows for it.
        var digits: String?
        /// Where the phone sends the browser of its own device.
        var returnURL: String?
        /// Whether the browser is to be known from now on.
        var remembers = false
        var callback = LoginCallback.none
        var status: Int?
    }

    /// What a device has taken.
    enum Claim: Equatable {
        /// The login of a browser.
        case login(Int)
        /// A portal's own request.
        case asked
    }

    /// Why the last step was refused.
    struct Refusal: Equatable {
        let word: String
        var triesLeft: Int?
    }

    let stage: ScenarioStage
    fileprivate var copy: DeviceCopy?
    /// Whose files the phone has.
    private var device = Scenario.Device.own
    var logins: [OpenLogin] = []
    /// The browser whose turn it is.
    var current = 0
    /// What each device has claimed in this scenario. A login that waits on it from before is a person's own.
    private var claims: [Scenario.Device: Claim] = [:]
    /// The browser that was remembered last: its key, and the provider's name for it.
    private var known: (key: SigningKey, browser: String)?
    /// The last request of the portal that asks by itself, and what the portal got for it.
    var asked: AskingPortal.Asked?
    var collected: AskingPortal.Collected?
    /// Whether the portal has polled for its last request.
    var hasPolled = false
    /// The state that the phone knows.
    var phoneState: LoginState?
    var refusal: Refusal?
    private var lastAnswer: Scenario.Answer?

    init(stage: ScenarioStage) { self.stage = stage }

    /// The device with which the phone answers.
    var phone: DeviceAuthenticator { device == .copy ? copy?.phone ?? stage.phone : stage.phone }

    /// What the phone has claimed.
    var claimed: Claim? {
        get { claims[device] }
        set { claims[device] = newValue }
    }

    /// The step that is not as it must be; nil when all are.
    mutating func play(_ steps: [Scenario.Step]) async throws -> ScenarioOutcome.Failure? {
        for (index, step) in steps.enumerated() {
            var reasons: [String]
            do { reasons = try await perform(step.action) } catch let failure as CommandFailure
                where failure.status == .browser
            {
                reasons = [failure.message.english]
            }
            if reasons.isEmpty, let refusal, !Self.isExpected(step, steps.dropFirst(index + 1).first) {
                reasons = ["refused with \(refusal.word), and the next step expects no `error`"]
            }
            guard reasons.isEmpty else {
                return ScenarioOutcome.Failure(number: index + 1, step: step, reasons: reasons)
            }
        }
        return nil
    }

    /// A refusal must be expected at once, so that none is passed over.
    private static func isExpected(_ step: Scenario.Step, _ next: Scenario.Step?) -> Bool {
        if case .expect = step.action { return true }
        if case .expect(let expectation)? = next?.action { return expectation.error != nil }
        return false
    }

    private mutating func perform(_ action: Scenario.Action) async throws -> [String] {
        if case .expect(let expectation) = action { return try await differences(from: expectation) }
        refusal = nil
        switch action {
        case .open(let visitor): try await open(visitor)
        case .browser(let number): current = number - 1
        case .copyDevice:
            copy?.remove()
            copy = try stage.copyDevice()
            claims[.copy] = claims[.own]
        case .device(let device):
            self.device = device
            phoneState = nil
        case .claim(let flow): try await claim(flow)
        case .type(let digits, let remembers): try await type(digits, remembers: remembers)
        case .ask: try await ask()
        case .receive: try await receive()
        case .call(let digits): try await call(digits)
        case .collect: try await collect()
        case .suspend: try await suspend()
        case .revoke: try await revoke()
        case .answer(let answer): try await self.answer(answer)
        case .lose: stage.wire.loseNext()
        case .resend: try await resend()
        case .comeBack(let way): try await comeBack(way)
        case .cancel: if try await !logins[current].browser.cancel() { refusal = Refusal(word: "not_cancellable") }
        case .wait(let seconds): try await stage.wait(.seconds(seconds))
        case .finish: try await finish()
        case .expect: break
        }
        return []
    }

    /// Cancels what is open still, so that the next scenario begins with nothing. How many there were.
    mutating func tidy() async -> Int {
        var leftOpen = 0
        for index in logins.indices {
            guard (try? await logins[index].browser.look()) == true,
                LoginState(rawValue: logins[index].browser.page.state)?.isTerminal == false
            else { continue }
            leftOpen += 1
            _ = try? await logins[index].browser.cancel()
        }
        // A phone that has the request of a login that is over hears so and forgets it. What it has from before is not
        // the scenario's.
        if leftOpen > 0, claimed != nil { _ = try? await phone.deny(pin: stage.pin) }
        if let known { _ = try? await stage.phone.accountChange("DELETE", "/browsers/" + known.browser) }
        return await tidyRequest() ? leftOpen + 1 : leftOpen
    }
}

// MARK: - Steps

extension ScenarioPlayer {
    private mutating func open(_ visitor: Scenario.Visitor) async throws {
        let fresh = BrowserSession(transport: stage.transport, language: stage.language)
        let visit = try await BrowserLogin.visit(
            stage.start, with: visitor == .again ? logins[current].browser.browser : fresh, issuer: stage.issuer,
            opensPortal: stage.opensPortal)
        var login = OpenLogin(browser: visit.login, callback: visit.callback, status: visit.status)
        if visitor == .known {
            guard let known else {
                throw CommandFailure(.browser, developer: "no browser was remembered")
            }
            try await login.browser.prove(known.key)
        }
        logins.append(login)
        current = logins.count - 1
    }

    /// The phone takes the link that the page showed when it was looked at last: a picture may be old.
    private mutating func claim(_ flow: LoginFlow) async throws {
        let login = logins[current].browser
        let link = try flow == .qr ? login.qrLink() : login.sameDeviceLink()
        let phone = phone
        guard let result = try await attempt({ () throws(DeviceError) in try await phone.claim(link) }) else { return }
        claimed = .login(current)
        switch result {
        case .awaitingCode(let digits, _):
            logins[current].digits = digits
            phoneState = .awaitingCode
        case .request: phoneState = .awaitingUser
        }
    }

    private mutating func type(_ digits: Scenario.Digits, remembers: Bool) async throws {
        let typed: String
        switch (digits, logins[current].digits) {
        case (.these(let digits), _): typed = digits
        case (.right, let shown?): typed = shown
        case (.right, nil): throw CommandFailure(.browser, developer: "the phone shows no digits for this login")
        case (.wrong, let shown): typed = shown == "00000000" ? "00000001" : "00000000"
        }
        if try await !logins[current].browser.type(typed, remembers: remembers) {
            refusal = Refusal(word: "code_not_awaited")
        } else if remembers {
            logins[current].remembers = true
        }
    }

    private mutating func answer(_ answer: Scenario.Answer) async throws {
        lastAnswer = answer
        guard let claimed else {
            refusal = try Self.refusal(.noLogin)
            return
        }
        let (stage, phone) = (stage, phone)
        do { try await refreshPhone() } catch let error as DeviceError {
            refusal = try Self.refusal(error)
            return
        }
        let outcome = try await attempt { () throws(DeviceError) in
            switch answer {
            case .approve(let isPINRight, let released, let context):
                try await phone.approve(
                    pin: isPINRight ? stage.pin : stage.wrongPIN, released: released, context: context)
            case .deny: try await phone.deny(pin: stage.pin)
            case .report: try await phone.report(pin: stage.pin)
            }
        }
        if let outcome {
            phoneState = outcome.receipt.state
            if case .login(let index) = claimed { logins[index].returnURL = outcome.returnURL }
        } else if let word = refusal?.word, Self.forgotten.contains(word) {
            phoneState = nil
        }
    }

    /// Refusals after which the phone has no login any more.
    private static let forgotten: Set<String> = [
        "login_over", "unknown_login", "device_locked", "device_suspended", "device_cloned", "no_login",
    ]

    /// The browser takes the outcome to the portal; before that it is remembered, where the person wanted it.
    private mutating func finish() async throws {
        guard !logins[current].browser.isLetIn else {
            throw CommandFailure(.browser, developer: "this browser was let in: there is nothing to finish")
        }
        if logins[current].remembers, known == nil {
            let key = SigningKey.makeES256()
            known = try await logins[current].browser.register(key).map { (key, $0) }
        }
        try await leave(by: logins[current].browser.finishAddress)
    }

    private mutating func resend() async throws {
        guard let lastAnswer else { return }
        let before = stage.wire.response
        try await answer(lastAnswer)
        guard stage.wire.response == before else {
            throw CommandFailure(
                .browser, developer: "the phone signed another answer instead of sending the same bytes")
        }
    }

    private mutating func comeBack(_ way: Scenario.Return) async throws {
        guard let url = logins[current].returnURL, let value = url.firstRange(of: "?uv=") else {
            throw CommandFailure(.browser, developer: "the phone has no way back for this login")
        }
        let wrong = String(url[..<value.upperBound]) + RandomBytes.text(32)
        switch way {
        case .right: logins[current].status = try await logins[current].browser.comeBack(by: url)
        case .wrong: logins[current].status = try await logins[current].browser.comeBack(by: wrong)
        case .otherBrowser:
            // It goes as far as it is let.
            let own = logins[current].browser.browser
            logins[current].browser.browser = BrowserSession(transport: stage.transport, language: stage.language)
            defer { logins[current].browser.browser = own }
            try await leave(by: url)
        }
    }

    private mutating func leave(by address: String) async throws {
        let end = try await logins[current].browser.leave(by: address, opensPortal: stage.opensPortal)
        logins[current].callback = end.callback
        logins[current].status = end.page?.status
    }

    /// Runs a step of the phone; a refusal is remembered.
    mutating func attempt<Value>(
        _ body: () async throws(DeviceError) -> Value
    ) async throws -> Value? {
        var isLoss = false
        let wire = stage.wire
        do throws(DeviceError) {
            return try await again(body) {
                isLoss = wire.takeLoss()
                return !isLoss
            }
        } catch {
            refusal = isLoss ? Refusal(word: "acknowledgement_lost") : try Self.refusal(error)
            return nil
        }
    }

    /// What a scenario calls a refusal. Without an answer, and without a usable device, nothing is known.
    private static func refusal(_ error: DeviceError) throws -> Refusal {
        guard let word = error.refusal else { throw error }
        switch error {
        case .provider(let problem): return Refusal(word: word, triesLeft: problem.triesLeft)
        case .keyStore(.wrongPIN(let left)): return Refusal(word: word, triesLeft: left)
        default: return Refusal(word: word)
        }
    }
}
