public import OpenIDMessages

/// What changes for people when a service is replaced by another version of itself, or by what a tenant makes of it.
public struct ServiceChange: Sendable, Equatable {
    /// A change by which more becomes possible than before. It never goes live by itself (invariant I31).
    public enum Widening: Sendable, Equatable {
        case level(from: AssuranceLevel?, to: AssuranceLevel?)
        case claims([String])
        case contexts([String])
        case mandateScope(from: String, to: String?)
        /// The claims are wanted for something else: what was agreed to before does not count.
        case purpose
        /// A host to which people are sent.
        case host(String)

        public var sentence: String {
            switch self {
            case .level(let from, let to): "level \(from?.name ?? "none") → \(to?.name ?? "none") is lower"
            case .claims(let names): "claims are added: " + names.joined(separator: ", ")
            case .contexts(let names): "contexts are added: " + names.joined(separator: ", ")
            case .mandateScope(let from, let to): "mandate scope \(from) → \(to ?? "none")"
            case .purpose: "the purpose is another one"
            case .host(let host): "host \(host) is new"
            }
        }
    }

    public let widenings: [Widening]
    /// Another price or another law: nothing becomes wider, but somebody at the tenant has to say yes.
    public let changesTerms: Bool

    public init(from old: Service, to new: Service) {
        var widenings: [Widening] = []
        if new.requiredLevel ?? .undefined < old.requiredLevel ?? .undefined {
            widenings.append(.level(from: old.requiredLevel, to: new.requiredLevel))
        }
        let claims = new.claims.filter { !old.claims.contains($0) }
        if !claims.isEmpty { widenings.append(.claims(claims)) }
        let contexts = new.contexts.filter { !old.contexts.contains($0) }
        if !contexts.isEmpty { widenings.append(.contexts(contexts.map(\.rawValue))) }
        if let scope = old.mandateScope, new.mandateScope != scope {
            widenings.append(.mandateScope(from: scope, to: new.mandateScope))
        }
        if !new.claims.isEmpty, new.purpose != old.purpose { widenings.append(.purpose) }
        self.widenings = widenings
        changesTerms = new.amount != old.amount || new.legalBasis != old.legalBasis
    }

    /// The same with the hosts to which both versions send people.
    public init(from old: AdoptedService, to new: AdoptedService) {
        let before = Set([old.privacyURI, old.initiateLoginURI].compactMap { $0?.host })
        let hosts = [new.privacyURI, new.initiateLoginURI].compactMap { $0?.host }.filter { !before.contains($0) }
        let change = Self(from: old.service, to: new.service)
        widenings = change.widenings + hosts.distinct.map { .host($0) }
        changesTerms = change.changesTerms
    }
}

/// How an update goes live (invariant I31).
public enum UpdateWay: String, Sendable, CaseIterable {
    /// By itself: a patch that widens nothing and leaves price and law as they are.
    case automatic
    /// One person says yes: a minor version that widens nothing, or a patch with another price or law.
    case oneClick = "one_click"
    /// Two people look at it as at a new adoption: a major version, or one that widens.
    case review

    /// The version says how much its author means to change; what really changes can only make the way longer.
    public init(_ step: SemanticVersion.Step, _ change: ServiceChange) {
        guard change.widenings.isEmpty else {
            self = .review
            return
        }
        self =
            switch step {
            case .patch: change.changesTerms ? .oneClick : .automatic
            case .minor: .oneClick
            case .major: .review
            }
    }
}
