internal import AccountDirectory
internal import OpenIDMessages

/// What answers an authorization request: the browser's session, the phone or an error.
enum SessionDecision: Sendable, Equatable {
    /// Nobody needs to be asked: this level is answered, and these claims are released.
    case reuse(AuthenticationContext, acting: ActingContext, released: [String])
    /// The phone is needed.
    case authenticate
    /// The phone is needed, and the portal forbids to ask (`prompt=none`).
    case refuse(OAuthError)
}

/// A browser's session, seen by one authorization request.
struct SessionCandidate: Sendable {
    let session: SessionRecord
    /// Claims that the request asks of this person.
    let asked: AskedClaims
    /// The one context in which the person can be here; nil when the person must choose, or can be here in none.
    let context: PossibleContext?
    /// The one in which the person was at this client last in this session; nil before the first time.
    let former: ContextName?
    /// What the person decided before about this client, service and context.
    let release: ClaimRelease?
    /// False when the request expects somebody else (`id_token_hint`).
    let isExpectedPerson: Bool
}

/// Whether a session answers a request (OpenID Connect Core §3.1.2.1, §3.1.2.3). Values in, decision out.
enum SessionRules {
    static func decide(
        _ request: ValidatedAuthorizationRequest, candidate: SessionCandidate?, now: Timestamp
    ) -> SessionDecision {
        do throws(Shortcoming) { return try check(request, candidate, now) } catch {
            guard request.request.prompts.contains(.none) else { return .authenticate }
            return .refuse(error.oauthError)
        }
    }

    /// Where a session stands that nobody has ended: the store judges the absolute limit too, but this is the rule.
    static func state(of session: SessionRecord, now: Timestamp) -> SessionState {
        if session.expiresAt <= now { return .expired }
        return session.lastUsedAt + SessionLimit.idle(session.context.level) > now ? .active : .idle
    }

    static func isWithinLimits(_ session: SessionRecord, now: Timestamp) -> Bool {
        state(of: session, now: now) == .active
    }

    /// Why a session does not answer a request.
    private enum Shortcoming: Error {
        case noSession, otherPerson, personIsToBeAsked, contextIsToBeChosen, tooOld, relayResistanceTooLow
        case consentMissing
        /// What is reached, what is needed, and what would reach it.
        case level(reached: AssuranceLevel, needed: AssuranceLevel, steps: [String])

        var oauthError: OAuthError {
            switch self {
            case .noSession: OAuthError(.loginRequired, "nobody is signed in")
            case .otherPerson: OAuthError(.loginRequired, "somebody else is signed in")
            case .personIsToBeAsked: OAuthError(.interactionRequired, "the person must be asked")
            case .contextIsToBeChosen:
                OAuthError(.interactionRequired, "the person must choose for whom to act")
            case .tooOld: OAuthError(.loginRequired, "the last login is too long ago")
            case .level(let reached, let needed, let steps):
                OAuthError(
                    .unmetAuthenticationRequirements,
                    "the session reaches \(reached.name), and \(needed.name) is needed: "
                        + steps.joined(separator: "; "))
            case .relayResistanceTooLow:
                OAuthError(.unmetAuthenticationRequirements, "the session does not have the rr asked for")
            case .consentMissing: OAuthError(.consentRequired, "the person has not released these claims")
            }
        }
    }

    private static func check(
        _ request: ValidatedAuthorizationRequest, _ candidate: SessionCandidate?, _ now: Timestamp
    ) throws(Shortcoming) -> SessionDecision {
        // 1. There is a session, of the person who is expected.
        guard let candidate, isWithinLimits(candidate.session, now: now) else { throw .noSession }
        guard candidate.isExpectedPerson else { throw .otherPerson }
        // 2. The portal lets the person be. `login`, `consent` and `select_account` are all the phone's matter.
        guard request.request.prompts.isSubset(of: [.none]) else { throw .personIsToBeAsked }
        // 3. The person was there lately. Both times lost a fraction of a second: at exactly the age that is allowed the
        // login may be older. So `max_age=0` always asks the phone.
        if let maximumAge = request.request.maximumAge ?? request.client.client.defaultMaximumAge {
            guard candidate.session.authenticatedAt + maximumAge > now else { throw .tooOld }
        }
        // 4. Nobody has to choose a hat: it is never guessed (invariant I20).
        guard let acting = candidate.context else { throw .contextIsToBeChosen }
        // Also when the one that was chosen here has fallen away, and another one is left: that is a login of its own.
        guard candidate.former.map({ $0 == acting.acting.name }) ?? true else { throw .contextIsToBeChosen }
        // 5. The level that was reached then is enough now, in this context and for this service (invariant I32).
        var reached = candidate.session.context
        if let limits = acting.limits { reached.level = min(reached.level, limits.binding, limits.company) }
        guard let context = request.levels.answer(reached: reached) else {
            let needed = request.levels.needed
            throw .level(reached: reached.level, needed: needed, steps: steps(to: needed, candidate.session, acting))
        }
        // 6. What stood against a relay then is enough now.
        guard request.relay.isMet(by: candidate.session.relayResistance) else { throw .relayResistanceTooLow }
        // 7. The person released all of it before, for this purpose; what was kept back then is kept back now.
        let kind = acting.acting.kind
        let released = ReleaseRules.silently(
            asked: candidate.asked.all(in: kind), essential: candidate.asked.essential(in: kind),
            purposeVersion: request.purposeVersion, earlier: candidate.release)
        guard let released else { throw .consentMissing }
        return .reuse(context, acting: acting.acting, released: released)
    }

    /// What is too low for a level: how the person logged in then, or in a company's context what bounds that.
    private static func steps(
        to needed: AssuranceLevel, _ session: SessionRecord, _ context: PossibleContext
    ) -> [String] {
        var steps = session.context.level < needed ? ["a login with the phone that reaches it"] : []
        guard let limits = context.limits else { return steps }
        let bounds = AssuranceExplanation(reasons: [], isSimulated: false)
            .acting(binding: limits.binding, company: limits.company)
        steps += bounds.missing(for: needed).map(\.stepUp)
        return steps
    }
}
