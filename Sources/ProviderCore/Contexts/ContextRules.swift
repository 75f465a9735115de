public import AccountDirectory
public import OpenIDMessages

/// A hat that a person may wear for a request, with the most that a login in it counts for.
public struct PossibleContext: Sendable, Equatable {
    public var acting: ActingContext
    /// The company's name; nil for the person as such.
    public var name: String?
    /// How the person was bound to the company, and how the company was verified; nil for the person as such.
    public var limits: CompanyLimits?

    public init(acting: ActingContext, name: String?, limits: CompanyLimits?) {
        self.acting = acting
        self.name = name
        self.limits = limits
    }

    /// The person as such.
    public static let citizen = PossibleContext(acting: .citizen, name: nil, limits: nil)
}

/// What bounds a login in a company's context (invariant I4).
public struct CompanyLimits: Sendable, Equatable {
    /// How the person was bound to the company.
    public var binding: AssuranceLevel
    /// How the company's identity was proved.
    public var company: AssuranceLevel

    public init(binding: AssuranceLevel, company: AssuranceLevel) {
        self.binding = binding
        self.company = company
    }
}

/// A hat that one login offers, and the level that it answers with then.
struct ContextOffer: Sendable, Equatable {
    let acting: ActingContext
    let name: String?
    let level: AuthenticationContext
    /// What bounds it; nil for the person as such.
    let limits: CompanyLimits?
}

/// Which hats a login offers (invariants I4, I20). Values in, decision out.
enum ContextRules {
    /// Why none can be offered.
    enum Obstacle: Error, Equatable {
        /// The person may act in none of the service's contexts.
        case noContext
        /// The level is out of reach: what is reached, what is needed, what would have to become better.
        case level(reached: AssuranceLevel, needed: AssuranceLevel, missing: [AssuranceExplanation.Kind])
    }

    /// Every context whose level satisfies the request. One that does not is left out: its level is never lowered.
    static func offers(
        _ possible: [PossibleContext], request: ValidatedAuthorizationRequest, explanation: AssuranceExplanation
    ) throws(Obstacle) -> [ContextOffer] {
        guard !possible.isEmpty else { throw .noContext }
        let offers = possible.compactMap { context -> ContextOffer? in
            request.levels.answer(reached: reached(context, explanation).context).map { level in
                ContextOffer(acting: context.acting, name: context.name, level: level, limits: context.limits)
            }
        }
        guard offers.isEmpty else { return offers }
        let best = possible.map { reached($0, explanation) }.max { $0.level < $1.level } ?? explanation
        let needed = request.levels.needed
        throw .level(reached: best.level, needed: needed, missing: best.missing(for: needed))
    }

    /// What the person reaches in a context.
    static func reached(_ context: PossibleContext, _ explanation: AssuranceExplanation) -> AssuranceExplanation {
        guard let limits = context.limits else { return explanation }
        return explanation.acting(binding: limits.binding, company: limits.company)
    }
}

extension ContextRules.Obstacle {
    /// What the portal hears. The level is never lowered in silence; the words name what would reach it.
    var oauthError: OAuthError {
        switch self {
        case .noContext:
            OAuthError(.accessDenied, "the person may use this service in no context that it allows")
        case .level(let reached, let needed, let missing):
            OAuthError(
                .unmetAuthenticationRequirements,
                "the login reaches \(reached.name), and \(needed.name) is needed: "
                    + missing.map(\.stepUp).joined(separator: "; "))
        }
    }

    var deviceRefusal: DeviceRefusal {
        switch self {
        case .noContext: DeviceRefusal(.contextUnavailable, .contextUnavailable)
        case .level: DeviceRefusal(.levelUnreachable, .levelUnreachable)
        }
    }
}

extension AssuranceExplanation.Kind {
    /// What lifts this bound, in ASCII (RFC 6749 §4.1.2.1).
    var stepUp: String {
        switch self {
        case .proofing: "proof of identity at a counter to that level"
        case .authenticator: "another means of identification"
        case .device: "a device that keeps its keys in hardware"
        case .binding: "a membership that was bound at that level"
        case .company: "a company that was verified to that level"
        }
    }
}
