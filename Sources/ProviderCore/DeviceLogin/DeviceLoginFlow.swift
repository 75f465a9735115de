internal import AccountDirectory
internal import IdentityCrypto
public import OpenIDMessages

/// What a device hears about a login that it claimed.
public struct ClaimedLogin: Sendable {
    public let transaction: TransactionIdentifier
    public let state: LoginState
    /// The eight digits, while they are awaited.
    public let code: String?
    public let portalName: String
    public let portalHost: String
    public let tenantName: String
    /// The signed request, once the login awaits the person.
    public let request: String?
}

/// The phone's leg of a login: claim, wait, answer (docs/protocol.md §4).
public struct DeviceLoginFlow: Sendable {
    static let openLoginsPerAccount = 3

    let guards: Guards
    let issuer: IssuerURL
    let registry: ClientRegistry
    let logins: LoginsInFlight
    let prompts: BackChannelPrompts
    let undelivered: UndeliveredSessions
    let links: LinkAuthentication
    let keys: KeyCustodian
    let store: any GrantStore & SessionStore & ReleaseStore & KnownBrowserStore
    let contexts: ActingContexts
    let clock: ProviderClock

    /// P-4.2.2: claims the login that a link stands for.
    public func claim(
        link text: String, by device: VerifiedDevice, language: Language, area: String
    ) async throws -> ClaimedLogin {
        guard let link = DeviceLink(parsing: text) else { throw DeviceRefusal(.unknownLogin, .linkMalformed) }
        let now = clock.now()
        let handle: String
        let flow: LoginFlow
        switch links.check(link, now: now, start: { logins.update(.handle($0)) { $0.createdAt } }) {
        case .authentic(let authenticHandle, let authenticFlow): (handle, flow) = (authenticHandle, authenticFlow)
        case .stale: throw DeviceRefusal(.scanAgain, .frameStale)
        case .forged: throw DeviceRefusal(.unknownLogin, .linkForged)
        }
        guard let login = logins.login(.handle(handle)) else { throw DeviceRefusal(.unknownLogin, .loginUnknown) }
        let claim = try await makeClaim(login, device: device, flow: flow, language: language, area: area, now: now)
        guard let claimed = try logins.claim(.handle(handle), claim, atMost: openLogins) else {
            throw DeviceRefusal(.unknownLogin, .loginUnknown)
        }
        return try describe(claimed, device: device)
    }

    /// How many logins of one account may be open at once.
    var openLogins: Int { guards.contains(.openLogins) ? Self.openLoginsPerAccount : .max }

    func makeClaim(
        _ login: Login, device: VerifiedDevice, flow: LoginFlow, language: Language, area: String, now: Timestamp
    ) async throws -> Login.Claim {
        if let existing = login.claim, existing.device == device.device.identifier, existing.flow == flow {
            return existing
        }
        guard login.claim == nil else { throw DeviceRefusal(.alreadyClaimed, .alreadyClaimed) }
        guard login.state == .created else { throw DeviceRefusal(.loginOver, .loginOver) }
        // Here too, for what comes next must not end a login that may not be claimed.
        guard logins.openLogins(of: device.account.identifier) < openLogins else {
            throw DeviceRefusal(.tooManyLogins, .tooManyLogins)
        }
        let explanation = AssuranceExplanation(proofing: device.account.level, ceiling: device.device.ceiling)
        var possible = try await contexts.possible(for: device.account.identifier, login.request)
        // A portal that asks by itself means the `sub` by which it knows the person: a membership's is that of all the
        // companies that it serves, and the person chooses among them.
        if let prompt = login.start.prompt { possible.removeAll { $0.acting.pseudonym != prompt.context } }
        let offers: [ContextOffer]
        do throws(ContextRules.Obstacle) {
            offers = try ContextRules.offers(
                possible, request: login.request, explanation: explanation)
        } catch {
            // A request without a browser is everybody's among the person's phones: a better one may come.
            if flow != .backChannel || error == .noContext {
                logins.update(.page(login.page)) { login in
                    guard !login.state.isTerminal, login.claim == nil else { return }
                    login.end(.failed, error: error.oauthError, now: now)
                }
            }
            guard error == .noContext else { throw error.deviceRefusal }
            // A portal that asks by itself named the hat: what other companies' mandates lack is no reason then.
            let obstacle =
                login.start.prompt == nil
                ? try await contexts.obstacle(for: device.account.identifier, login.request) : nil
            throw DeviceRefusal(.contextUnavailable, .contextUnavailable, obstacle: obstacle)
        }
        let browser =
            flow == .qr ? try await knownBrowser(login, of: device.account.identifier, now: now) : nil
        let binding = browser == nil ? try await binding(login, flow) : .knownBrowser
        try checkRelayResistance(of: binding, for: login, now: now)
        return Login.Claim(
            device: device.device.identifier, account: device.account.identifier, flow: flow,
            binding: binding, browser: browser, code: login.start.prompt?.callCode ?? RandomBytes.digits(8),
            offers: offers, reached: explanation, claimedAt: now,
            language: language,
            sameNetwork: area == login.browser.area)
    }

    /// P-12.3: the browser, if the key that it proved is bound to the very account that scans, and is so still.
    private func knownBrowser(
        _ login: Login, of account: AccountIdentifier, now: Timestamp
    ) async throws -> KnownBrowser? {
        guard guards.contains(.browserAccount) else {
            guard let (owner, proved) = login.knownBrowsers.first else { return nil }
            return try await store.knownBrowsers(of: owner, now: now).first { $0.identifier == proved }
        }
        guard let proved = login.knownBrowsers[account] else { return nil }
        return try await store.knownBrowsers(of: account, now: now).first { $0.identifier == proved }
    }

    /// P-4.2.2: what binds the answer must be enough for the portal, or nobody is asked.
    private func checkRelayResistance(
        of binding: BrowserBinding, for login: Login, now: Timestamp
    ) throws(DeviceRefusal) {
        let happens = RelayResistance(binding)
        guard !login.request.relay.isMet(by: happens) else { return }
        let error = OAuthError(
            .unmetAuthenticationRequirements,
            "the login has rr \(happens.rawValue), and \(login.request.relay.least.rawValue) is needed")
        logins.update(.page(login.page)) { login in
            guard !login.state.isTerminal, login.claim == nil else { return }
            login.end(.failed, error: error, now: now)
        }
        throw DeviceRefusal(.relayResistanceTooLow, .relayResistanceTooLow)
    }

    /// P-4.2.4: the login as its device sees it; waits at most `wait` seconds while nothing changes.
    public func status(
        _ transaction: TransactionIdentifier, device: VerifiedDevice, wait: Int64
    ) async throws -> ClaimedLogin {
        let login = try held(transaction, by: device)
        guard wait > 0, login.state == .awaitingCode else { return try describe(login, device: device) }
        await logins.waitForChange(.transaction(transaction), after: login.version, seconds: min(wait, 25))
        return try describe(held(transaction, by: device), device: device)
    }

    /// P-4.6: takes the device's answer and returns the receipt.
    public func answer(
        _ transaction: TransactionIdentifier, response text: String, pinProof: String?, device: VerifiedDevice
    ) async throws -> String {
        if !guards.contains(.callCode) { spareCallCode(of: try held(transaction, by: device)) }
        let login = try held(transaction, by: device)
        if let receipt = try earlierOutcome(login, digest: ContentDigest(of: text)) { return receipt }
        guard login.state == .awaitingUser || login.isShownBeforeCode, let request = login.signedRequest,
            let claim = login.claim
        else { throw DeviceRefusal(.loginOver, login.isAnswered ? .answeredAlready : .loginOver) }
        let now = clock.now()
        let authenticated = try ResponseRules.check(
            text, pinProof: pinProof, request: request, device: device, guards: guards, now: now)
        let decision = authenticated.response.statement.decision
        guard login.takes(decision) else {
            throw DeviceRefusal(.wrongCallCode, .callCodeMissing, triesLeft: login.codeTriesLeft)
        }
        let offer = authenticated.response.statement.context.flatMap { name in
            claim.offers.first { $0.acting.name == name }
        }
        if let offer {
            guard isServed(login.request) else {
                end(login, .failed, "the client is gone, or acts for the town no more", now)
                throw DeviceRefusal(.loginOver, .unknownClient)
            }
            try await checkExpectedPerson(login, as: offer.acting, device: device, now: now)
            guard try await contexts.stands(offer.acting, for: login.request) else {
                end(login, .failed, "the right to act for the company is gone", now)
                throw DeviceRefusal(.contextUnavailable, .contextUnavailable)
            }
        }
        let digest = authenticated.response.digest
        let prize = offer.map { _ in Login.Prize() }
        let outcome = try await store.accept(
            LoginAnswer(
                transaction: transaction, device: device.device.identifier, decision: decision,
                responseDigest: digest,
                counter: guards.contains(.counter)
                    ? authenticated.response.statement.counter : device.device.counter + 1,
                isPINProved: authenticated.isPINProved,
                approval: approval(
                    login, claim, offer, authenticated.response, methods: authenticated.methods, prize: prize, now: now),
                stops: stops(login, claim, decision),
                tenant: login.request.client.scope.tenant.identifier, time: now))
        if outcome == .answeredAlready(digest) {
            return try await receiptInFlight(login, digest: digest, device: device)
        }
        try settle(outcome, login: login, digest: digest, now: now)
        return try conclude(login, decision: decision, response: authenticated.response, prize: prize, now: now)
    }

    /// The client is as known as when the login began: not removed since, its tenant neither suspended nor gone, and with the
    /// service still.
    private func isServed(_ request: ValidatedAuthorizationRequest) -> Bool {
        guard let client = registry.resolve(request.client.client.identifier)?.acting(for: request.tenant) else {
            return false
        }
        return request.service.map { client.service($0.identifier) != nil } ?? true
    }

    /// The portal expects one person (`id_token_hint`): of anybody else it gets `login_required` and not a code (OpenID
    /// Connect Core §3.1.2.1).
    private func checkExpectedPerson(
        _ login: Login, as acting: ActingContext, device: VerifiedDevice, now: Timestamp
    ) async throws {
        guard let expected = login.start.expectedSubject else { return }
        let subject = try await store.subject(
            of: device.account.identifier, in: login.request.client.sector, as: acting.pseudonym)
        guard subject != expected else { return }
        end(login, .failed, OAuthError(.loginRequired, "another person than the one expected logged in"), now)
        throw DeviceRefusal(.loginOver, .otherPersonExpected)
    }

    /// D-4.5.3: the same bytes again get the same outcome, an accepted answer its receipt and a wrong PIN its refusal:
    /// no second try is counted, and the counter, which did not rise, is no sign of a copy.
    private func earlierOutcome(_ login: Login, digest: ContentDigest) throws(DeviceRefusal) -> String? {
        if let answer = login.answer, answer.responseDigest == digest { return answer.receipt }
        guard let triesLeft = login.refusedAnswers[digest], login.state == .awaitingUser else { return nil }
        throw DeviceRefusal(.notAccepted, .pinProofWrong, triesLeft: triesLeft)
    }

    /// The same answer came twice at once: the call that wrote it makes the receipt in a moment.
    private func receiptInFlight(_ login: Login, digest: ContentDigest, device: VerifiedDevice) async throws -> String {
        await logins.waitForChange(.page(login.page), after: login.version, seconds: 5)
        guard let receipt = try earlierOutcome(try held(login.transaction, by: device), digest: digest) else {
            throw DeviceRefusal(.loginOver, .answeredAlready)
        }
        return receipt
    }

    /// What the store's decision means for the device.
    private func settle(
        _ outcome: LoginAnswerOutcome, login: Login, digest: ContentDigest, now: Timestamp
    ) throws {
        let over = DeviceRefusal(.loginOver, .answeredAlready)
        guard let refusal = AnswerRules.refusal(outcome, over: over) else { return }
        switch outcome {
        case .accepted, .answeredAlready: break
        case .deviceNotActive: end(login, .failed, "the device is not active", now)
        case .levelLowered:
            let error = OAuthError(.unmetAuthenticationRequirements, "the person no longer reaches the level")
            end(login, .failed, error, now)
        case .browserForgotten: end(login, .failed, "the browser is no longer known", now)
        case .cloned: end(login, .deviceCloned, "the device was suspended", now)
        case .wrongPIN(let triesLeft):
            logins.update(.page(login.page)) { login in login.refuse(digest, triesLeft: triesLeft) }
        case .locked: end(login, .failed, "the device was locked", now)
        }
        throw refusal
    }

    private func end(_ login: Login, _ state: LoginState, _ description: String, _ now: Timestamp) {
        end(login, state, OAuthError(.accessDenied, description), now)
    }

    private func end(_ login: Login, _ state: LoginState, _ error: OAuthError, _ now: Timestamp) {
        logins.update(.page(login.page)) { login in
            guard login.state.mayBecome(state) else { return }
            login.end(state, error: error, now: now)
        }
    }

    private func approval(
        _ login: Login, _ claim: Login.Claim, _ offer: ContextOffer?, _ response: DeviceSignedResponse,
        methods: [String], prize: Login.Prize?, now: Timestamp
    ) -> LoginApproval? {
        guard let offer, let prize, let asked = login.signedRequest?.statement else { return nil }
        let session = SessionRecord(
            identifier: prize.sessionIdentifier, account: claim.account, device: claim.device,
            cookie: prize.session.digest, context: claim.reached.context, bounds: claim.reached.bounds,
            methods: methods,
            flow: claim.flow, relayResistance: RelayResistance(claim.binding), startedAt: now, authenticatedAt: now,
            lastUsedAt: now,
            expiresAt: now + SessionLimit.absolute, browser: login.browser.description)
        let ofContext = asked.contexts.first { $0.context == offer.acting.name }?.claims ?? []
        return LoginApproval(
            grant: login.request.grant(
                transaction: login.transaction, handle: login.start.redemption?.handle ?? prize.code.digest,
                session: session, context: offer.level, acting: offer.acting,
                limits: offer.limits, released: response.statement.released, until: login.start.redemption?.until,
                now: now),
            sector: login.request.client.sector, session: session, previousSession: login.start.previousSession,
            browser: claim.browser?.identifier, asked: asked.essentialClaims + asked.voluntaryClaims + ofContext)
    }

    /// After the commit: the receipt is signed and the login moves on.
    private func conclude(
        _ login: Login, decision: LoginDecision, response: DeviceSignedResponse, prize: Login.Prize?, now: Timestamp
    ) throws -> String {
        let isReturning =
            decision == .approve && login.claim?.flow == .link && guards.contains(.browserReturn)
        let state: LoginState =
            switch decision {
            case .approve: isReturning ? .awaitingReturn : .complete
            case .deny: .denied
            case .report: .reported
            }
        let receipt = try keys.ring.current(.es256).sign(
            LoginReceipt(
                issuer: issuer, device: response.statement.device, transaction: login.transaction,
                responseDigest: response.digest, state: state,
                returnURL: isReturning ? issuer.appending("/login/\(login.page)/return") : nil, issuedAt: now))
        let isAccepted = logins.update(.page(login.page)) { login in
            login.accept(
                Login.Answer(
                    responseDigest: response.digest, receipt: receipt,
                    returnChallenge: response.statement.returnChallenge, prize: prize),
                decision: decision, isReturning: isReturning, now: now)
        }
        guard isAccepted == true else {
            // It ended while the store took the approval.
            if let prize { undelivered.note(prize, of: login) }
            throw DeviceRefusal(.loginOver, .loginOver)
        }
        return receipt
    }

    /// Logins of other devices and logins that do not exist look the same, but to the operator.
    func held(_ transaction: TransactionIdentifier, by device: VerifiedDevice) throws(DeviceRefusal) -> Login {
        guard let login = logins.login(.transaction(transaction)) else {
            throw DeviceRefusal(.unknownLogin, .loginUnknown)
        }
        guard login.claim?.device == device.device.identifier else {
            throw DeviceRefusal(.unknownLogin, .loginOfOtherDevice)
        }
        return login
    }

    func describe(_ login: Login, device: VerifiedDevice) throws -> ClaimedLogin {
        let client = login.request.client
        let isShown = login.state == .awaitingUser || login.isShownBeforeCode
        let request = isShown ? try signedRequest(login, device: device).text : nil
        return ClaimedLogin(
            transaction: login.transaction, state: login.state,
            code: login.state == .awaitingCode && login.claim?.binding == .code ? login.claim?.code : nil,
            portalName: client.client.name,
            portalHost: login.request.portalHost, tenantName: client.scope.tenant.officialName,
            request: request)
    }

    /// P-4.3.1: signed once, when the login first awaits the person.
    private func signedRequest(_ login: Login, device: VerifiedDevice) throws -> Login.SignedRequest {
        if let request = login.signedRequest { return request }
        guard let claim = login.claim else { throw DeviceRefusal(.unknownLogin, .loginUnknown) }
        let now = clock.now()
        let fresh = try RequestComposer.signed(
            login, claim: claim, person: device.account.person, issuer: issuer, key: keys.ring.current(.es256), now: now
        )
        guard let fresh else {
            end(login, .failed, OAuthError(.serverError, "the request is too long for the phone"), now)
            throw DeviceRefusal(.serverError, .statementTooLong)
        }
        let kept = logins.update(.page(login.page)) { login in
            login.store(fresh)
            return login.signedRequest
        }
        guard let kept, let request = kept else { throw DeviceRefusal(.unknownLogin, .loginUnknown) }
        return request
    }
}
