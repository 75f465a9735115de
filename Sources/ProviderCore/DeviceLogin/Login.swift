internal import AccountDirectory
internal import IdentityCrypto
public import OpenIDMessages

/// What the provider knows of the browser that began a login.
public struct BrowserContext: Sendable {
    /// Browser and system in plain words.
    public var description: String
    /// The network part of the browser's address.
    public var area: String
    /// The page's language.
    public var language: Language

    public init(description: String, area: String, language: Language) {
        self.description = description
        self.area = area
        self.language = language
    }
}

/// What a login that is over hands to its browser.
public struct LoginOutcome: Sendable {
    /// A code or an error for the portal.
    public let response: AuthorizationResponse
    /// The cookie's value of the session that an approval made. Always a fresh one: a value that somebody planted before
    /// the login is never taken over (session fixation).
    public let session: String?
}

/// A login in flight. Its transitions are pure: values in, decision out; `LoginsInFlight` makes them one at a time.
struct Login: Sendable {
    /// Names the login in the browser's address; no secret.
    let page: String
    /// Names the login in links.
    let handle: String
    let transaction: TransactionIdentifier
    @Shared private(set) var request: ValidatedAuthorizationRequest
    private(set) var browser: BrowserContext
    /// The digest of the cookie of the browser that began.
    let cookie: SecretDigest
    /// The session that the browser had when it began, and the person whom the portal expects.
    let start: LoginStart
    /// Must come back with every form of the page.
    let formToken: OneTimeSecret
    let createdAt: Timestamp

    private(set) var state = LoginState.created
    /// Rises with every change, so that whoever watches notices.
    private(set) var version = 0
    private(set) var deadline: Timestamp
    private(set) var claim: Claim?
    private(set) var codeTriesLeft = 3
    /// The signed request, once the login awaits the person.
    private(set) var signedRequest: SignedRequest?
    private(set) var answer: Answer?
    /// The store took an answer of the person, also when the login had ended in the browser by then.
    private(set) var isAnswered = false
    /// How many tries were left after each answer that was refused for its PIN.
    private(set) var refusedAnswers: [ContentDigest: Int] = [:]
    /// The error that the portal gets instead of a code.
    private(set) var error: OAuthError?
    private(set) var isCollected = false
    /// The browser that began took code and session.
    private(set) var isDelivered = false
    /// What browsers sign that are known or want to be (docs/protocol.md §12); good for one call of each kind.
    let browserNonce = Nonce.random(bytes: 32)
    private(set) var isBrowserNonceTaken = false
    /// Keys that this browser proved, by the account that each is bound to.
    private(set) var knownBrowsers: [AccountIdentifier: BrowserIdentifier] = [:]
    /// The person wants this browser to be known; the text that is signed says so.
    private(set) var remembersBrowser = false
    private(set) var isRememberingTaken = false

    /// The device that holds the login.
    struct Claim: Sendable {
        let device: DeviceIdentifier
        let account: AccountIdentifier
        let flow: LoginFlow
        let binding: BrowserBinding
        /// The browser that `binding` rests on, where it is a known one.
        let browser: KnownBrowser?
        /// Digits that prove that phone and portal belong together: eight that the person types into the browser, or the
        /// four of a call that the person types into the phone.
        let code: String
        /// The hats that the person may choose from, at least one, each with the level to answer with.
        let offers: [ContextOffer]
        /// The level that person and device reach, which may be higher, and why: it is the session's.
        let reached: AssuranceExplanation
        let claimedAt: Timestamp
        let language: Language
        let sameNetwork: Bool
    }

    struct SignedRequest: Sendable {
        let statement: LoginRequestStatement
        let text: String
    }

    /// The accepted answer and what came of it.
    struct Answer: Sendable {
        let responseDigest: ContentDigest
        let receipt: String
        let returnChallenge: ContentDigest?
        /// Nil unless approved.
        let prize: Prize?
    }

    /// What an approved login hands to its browser: a code for the portal, and a session at the provider.
    struct Prize: Sendable {
        let code = OneTimeHandle(.authorizationCode)
        let session = OneTimeHandle(.session)
        /// The name of the session, where the browser had none of this person that goes on.
        let sessionIdentifier = SessionIdentifier.inOrderOfTime()
    }

    init(
        request: ValidatedAuthorizationRequest, browser: BrowserContext, cookie: SecretDigest,
        start: LoginStart = LoginStart(), now: Timestamp
    ) {
        page = RandomBytes.text(16)
        handle = RandomBytes.text(16)
        transaction = .inOrderOfTime()
        self.request = request
        self.browser = browser
        self.cookie = cookie
        self.start = start
        formToken = OneTimeSecret(bytes: 16)
        createdAt = now
        deadline = start.prompt?.expiresAt ?? now + Lifetime.unclaimedLogin
    }

    private mutating func move(to next: LoginState) {
        // LoginState.mayBecome is the protocol's table; a transition beside it is a mistake of this file.
        precondition(state.mayBecome(next), "no transition from \(state) to \(next)")
        state = next
        version += 1
    }

    /// The person chose another language for the page.
    mutating func choose(_ language: Language) { browser.language = language }

    /// Ends what has waited too long.
    mutating func expire(now: Timestamp) {
        guard !state.isTerminal, deadline <= now else { return }
        end(.expired, error: OAuthError(.accessDenied, "the login was not finished in time"), now: now)
    }

    mutating func end(_ terminal: LoginState, error: OAuthError, now: Timestamp) {
        move(to: terminal)
        self.error = error
        deadline = kept(for: Lifetime.finishedLogin, now: now)
    }

    /// Whoever polls may ask until the end of what redeems the grant.
    private func kept(for seconds: Int64, now: Timestamp) -> Timestamp {
        max(now + seconds, start.redemption?.until ?? now)
    }

    /// The first claim locks the login to its device; the same device may claim again.
    mutating func claim(_ claim: Claim) throws(DeviceRefusal) {
        if let existing = self.claim {
            guard existing.device == claim.device, existing.flow == claim.flow else {
                throw DeviceRefusal(.alreadyClaimed, .alreadyClaimed)
            }
            return
        }
        guard state == .created else { throw DeviceRefusal(.loginOver, .loginOver) }
        move(to: .claimed)
        self.claim = claim
        let end = claim.claimedAt + Lifetime.claimedLogin
        deadline = start.prompt.map { min($0.expiresAt, end) } ?? end
        move(to: [.code, .callCode].contains(claim.binding) ? .awaitingCode : .awaitingUser)
    }

    enum CodeEntry: Sendable, Equatable {
        case right
        case wrong(triesLeft: Int)
        case locked
        /// Nothing awaits a code.
        case notAwaited
    }

    /// Compares the digits that the person typed; three tries.
    mutating func enter(code: String, now: Timestamp) -> CodeEntry {
        guard state == .awaitingCode, let claim else { return .notAwaited }
        if constantTimeEqual(Array(code.utf8), Array(claim.code.utf8)) {
            move(to: .awaitingUser)
            return .right
        }
        codeTriesLeft -= 1
        version += 1
        guard codeTriesLeft > 0 else {
            end(.codeLocked, error: OAuthError(.accessDenied, "the code was wrong three times"), now: now)
            return .locked
        }
        return .wrong(triesLeft: codeTriesLeft)
    }

    /// P-12.2: what the browser has to sign, once and before a phone has claimed the login; nil when it is too late.
    mutating func takeBrowserNonce() -> Nonce? {
        guard state == .created, !isBrowserNonceTaken else { return nil }
        isBrowserNonceTaken = true
        return browserNonce
    }

    /// Takes down what the browser proved; false when a phone was quicker.
    mutating func recognise(_ browsers: [AccountIdentifier: BrowserIdentifier]) -> Bool {
        guard state == .created else { return false }
        knownBrowsers = browsers
        return true
    }

    /// The person typed the digits here and wants this browser to be known.
    mutating func rememberBrowser() { remembersBrowser = claim?.binding == .code && signedRequest == nil }

    /// P-12.1: what the browser has to sign, once, after the approval; nil when nobody wanted that or it is too late.
    mutating func takeRemembering() -> Nonce? {
        guard state == .complete, remembersBrowser, !isRememberingTaken, !isCollected, answer?.prize != nil else {
            return nil
        }
        isRememberingTaken = true
        return browserNonce
    }

    mutating func store(_ request: SignedRequest) { if signedRequest == nil { signedRequest = request } }

    /// Remembers an answer with a wrong PIN, so that the same bytes again are known for what they are.
    mutating func refuse(_ response: ContentDigest, triesLeft: Int) { refusedAnswers[response] = triesLeft }

    /// Whether such an answer is awaited. A request over the back channel can be refused before its digits are typed: a
    /// call that the person did not expect has none.
    func takes(_ decision: LoginDecision) -> Bool {
        state == .awaitingUser || isShownBeforeCode && decision != .approve
    }

    /// The person reads the request while the digits of the call are awaited.
    var isShownBeforeCode: Bool { state == .awaitingCode && claim?.flow == .backChannel }

    /// Takes an accepted answer; false when the login is not waiting for one any more.
    ///
    /// - Parameter isReturning: whether an approved login waits for the phone to come back to its browser.
    mutating func accept(_ answer: Answer, decision: LoginDecision, isReturning: Bool, now: Timestamp) -> Bool {
        isAnswered = true
        guard takes(decision) else { return false }
        self.answer = answer
        switch decision {
        case .approve:
            move(to: isReturning ? .awaitingReturn : .complete)
            deadline = kept(for: Lifetime.code, now: now)
        case .deny: end(.denied, error: OAuthError(.accessDenied, "the person refused"), now: now)
        case .report: end(.reported, error: OAuthError(.accessDenied, "the person refused"), now: now)
        }
        return true
    }

    /// The phone came back: `uv` must fit what the phone signed.
    mutating func comeBack(with value: String, isJudged: Bool = true, now: Timestamp) {
        guard state == .awaitingReturn, let challenge = answer?.returnChallenge else { return }
        if ContentDigest(of: value) == challenge || !isJudged {
            move(to: .complete)
        } else {
            end(
                .returnMismatch, error: OAuthError(.accessDenied, "the phone's return does not fit this login"),
                now: now)
        }
    }

    /// What the portal gets, and the session that the browser gets; once.
    mutating func collect(isOnce: Bool = true, now: Timestamp) -> (
        outcome: AuthorizationOutcome, session: OneTimeHandle?
    )? {
        guard state.isTerminal, !isCollected || !isOnce else { return nil }
        isCollected = true
        version += 1
        if state == .complete, let prize = answer?.prize {
            guard deadline > now else {
                return (.error(OAuthError(.accessDenied, "the login was not finished in time")), nil)
            }
            isDelivered = true
            return (.code(prize.code.text), prize.session)
        }
        return (.error(error ?? OAuthError(.accessDenied, "the login failed")), nil)
    }

    /// True when nobody can want it any more.
    func isForgettable(now: Timestamp) -> Bool { state.isTerminal && deadline <= now }
}
