internal import AccountDirectory
internal import IdentityCrypto
public import OpenIDMessages

/// How a login by phone begins in a browser that may have a session.
public struct LoginStart: Sendable {
    /// The session that the browser has, whose portals the new login joins or ends.
    let previousSession: SessionIdentifier?
    /// The subject that the portal expects; a login of anybody else is of no use to it.
    let expectedSubject: SubjectIdentifier?
    /// What redeems the grant instead of a code.
    let redemption: PolledRedemption?
    /// For a login that no browser began.
    let prompt: BackChannelPrompt?

    init(
        previousSession: SessionIdentifier?, expectedSubject: SubjectIdentifier?,
        redemption: PolledRedemption? = nil, prompt: BackChannelPrompt? = nil
    ) {
        self.previousSession = previousSession
        self.expectedSubject = expectedSubject
        self.redemption = redemption
        self.prompt = prompt
    }

    /// A browser without a session, and anybody is welcome.
    public init() { self.init(previousSession: nil, expectedSubject: nil) }
}

/// Single sign-on: what a browser's session can answer without the phone.
public struct SessionFlow: Sendable {
    let issuer: IssuerURL
    let registry: ClientRegistry
    let keys: KeyCustodian
    let store: any SessionStore & GrantStore & ReleaseStore
    let contexts: ActingContexts
    let clock: ProviderClock
    let bell: LogoutBell

    /// How a browser with a valid authorization request goes on.
    public enum Entry: Sendable {
        /// Back to the portal with this code.
        case code(String)
        /// To the login page.
        case login(LoginStart)
        /// Back to the portal with an error.
        case refused(OAuthError, Refusal)
    }

    /// Decides about a request. Faults of the store are thrown: then nobody gets in.
    ///
    /// - Parameter cookie: what the browser presents as its session; anything may stand there.
    public func enter(_ request: ValidatedAuthorizationRequest, cookie text: String?) async throws -> Entry {
        let now = clock.now()
        // An `id_token_hint` names a person to one sector: of another sector it names nobody here. `claims` may name the
        // same person (OpenID Connect Core §5.5.1).
        var expected = request.request.claims.subject
        if let text = request.request.idTokenHint {
            guard let hint = hint(text), hint.sector == request.client.sector,
                expected == nil || expected == hint.subject
            else {
                return .refused(OAuthError(.invalidRequest, "id_token_hint is not usable here"), .hintUnusable)
            }
            expected = hint.subject
        }
        let cookie = text.flatMap { OneTimeHandle(parsing: $0, as: .session) }
        let session = try await cookie.asyncMap { try await store.session(cookie: $0.digest, now: now) } ?? nil
        let candidate = try await session.asyncMap { try await self.candidate($0, request, expected: expected) }
        switch SessionRules.decide(request, candidate: candidate, now: now) {
        case .refuse(let error): return .refused(error, .promptNone)
        case .authenticate: break
        case .reuse(let context, let acting, let released):
            guard let cookie, let candidate else { break }
            let code = OneTimeHandle(.authorizationCode)
            let grant = request.grant(
                transaction: .inOrderOfTime(), handle: code.digest, session: candidate.session, context: context,
                acting: acting, limits: candidate.context?.limits, released: released, now: now)
            let subject = try await store.grant(grant, sector: request.client.sector, session: cookie.digest, now: now)
            if subject != nil { return .code(code.text) }
            // The session ended just now.
            guard !request.request.prompts.contains(.none) else {
                return .refused(OAuthError(.loginRequired, "nobody is signed in"), .promptNone)
            }
        }
        return .login(LoginStart(previousSession: session?.0.identifier, expectedSubject: expected))
    }

    /// A browser takes the session of a login that it began. The session that it had goes with its cookie: one of another
    /// person ends here, however the two logins overtook each other.
    public func adopt(_ session: String, replacing former: String?) async throws {
        let now = clock.now()
        guard let former = former.flatMap({ OneTimeHandle(parsing: $0, as: .session) }),
            let adopted = OneTimeHandle(parsing: session, as: .session),
            let (new, _) = try await store.session(cookie: adopted.digest, now: now),
            let (old, _) = try await store.session(cookie: former.digest, now: now), old.account != new.account
        else { return }
        _ = try await store.end(
            old.identifier, of: old.account,
            event: SecurityEvent(
                .sessionEnded, time: now, object: old.identifier.rawValue, actor: .system, person: old.account))
        bell.ring()
    }

    private func hint(_ text: String) -> IDTokenHint? {
        IDTokenHint(verifying: text, keys: keys.ring, issuer: issuer, registry: registry)
    }

    private func candidate(
        _ session: (SessionRecord, AccountRecord), _ request: ValidatedAuthorizationRequest,
        expected: SubjectIdentifier?
    ) async throws -> SessionCandidate {
        let (record, account) = session
        let possible = try await contexts.possible(for: account.identifier, request)
        let only = possible.count == 1 ? possible[0] : nil
        let acting = only?.acting ?? .citizen
        var isExpected = true
        if let expected {
            let subject = try await store.subject(
                of: account.identifier, in: request.client.sector, as: acting.pseudonym)
            isExpected = subject == expected
        }
        return SessionCandidate(
            session: record, asked: AskedClaims(request, person: account.person, issuer: issuer), context: only,
            former: try await store.context(
                in: record.identifier, at: request.client.client.identifier,
                for: request.client.scope.tenant.identifier),
            release: try await store.release(for: request.releaseKey(of: account.identifier, in: acting.name)),
            isExpectedPerson: isExpected)
    }
}

extension Optional {
    /// `map` for what must be awaited.
    func asyncMap<Result>(_ body: (Wrapped) async throws -> Result) async rethrows -> Result? {
        switch self {
        case .some(let value): try await body(value)
        case .none: nil
        }
    }
}
