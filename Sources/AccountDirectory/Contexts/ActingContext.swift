public import OpenIDMessages

/// The hat that a person wears in one client session: a token has exactly one (invariant I20).
public enum ActingContext: Sendable, Hashable {
    case citizen
    /// For a company, by a membership.
    ///
    /// `mandate` is nil when the power comes from the register alone.
    case company(membership: MembershipIdentifier, company: CompanyIdentifier, mandate: MandateIdentifier?)

    /// How statements and rows name the context: the same for every mandate of one membership.
    public var name: ContextName {
        switch self {
        case .citizen: .citizen
        case .company(let membership, _, _): ContextName(membership: membership)
        }
    }

    /// Which of a service's contexts this is one of.
    public var kind: Service.Context {
        switch self {
        case .citizen: .citizen
        case .company: .company
        }
    }

    /// The company that the person acts for; nil for the person as such.
    public var company: CompanyIdentifier? {
        if case .company(_, let company, _) = self { company } else { nil }
    }

    /// The mandate under which the person acts, where there is one.
    public var mandate: MandateIdentifier? {
        if case .company(_, _, let mandate) = self { mandate } else { nil }
    }
}
