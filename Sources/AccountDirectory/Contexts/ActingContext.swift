public import OpenIDMessages

/// The hat that a person wears in one client session: a token has exactly one (invariant I20).
public enum ActingContext: Sendable, Hashable {
    case citizen
    /// For a company, by a membership.
    ///
    /// `mandate` is nil when the power comes from the register alone. `serves` is true when the company is another one
    /// than the membership's, which that company serves under a mandate.
    case company(
        membership: MembershipIdentifier, company: CompanyIdentifier, mandate: MandateIdentifier?, serves: Bool = false)

    /// How statements and rows name the context: another one for each company that somebody may act for by a membership,
    /// and the same for every mandate of that company.
    public var name: ContextName {
        switch self {
        case .citizen: .citizen
        case .company(let membership, let company, _, serves: true):
            ContextName(membership: membership, serving: company)
        case .company(let membership, _, _, serves: false): ContextName(membership: membership)
        }
    }

    /// Whose pseudonym the token's `sub` is: the person's as such, or the membership's, whichever company it serves
    /// (invariant I21).
    public var pseudonym: ContextName {
        switch self {
        case .citizen: .citizen
        case .company(let membership, _, _, _): ContextName(membership: membership)
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
        if case .company(_, let company, _, _) = self { company } else { nil }
    }

    /// The mandate under which the person acts, where there is one.
    public var mandate: MandateIdentifier? {
        if case .company(_, _, let mandate, _) = self { mandate } else { nil }
    }
}
