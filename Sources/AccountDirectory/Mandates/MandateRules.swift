public import OpenIDMessages

/// What the region allows of mandates.
public struct MandatePolicy: Sendable, Equatable {
    /// The most years from the first to the last day.
    public var longestYears = 3
    /// How many days ahead a mandate may begin.
    public var farthestStart: Int64 = 366
    /// The most approvals that a proposal may ask for.
    public var mostApprovals = 8

    public init() {}
}

/// A company as far as mandates depend on it.
public struct CompanyStanding: Sendable, Equatable {
    public var isActive: Bool
    /// How many must sign for it: 1 where each representative may act alone (invariant I16).
    public var signaturesNeeded: Int
    public var establishments: Set<EstablishmentIdentifier>

    public init(isActive: Bool, signaturesNeeded: Int, establishments: Set<EstablishmentIdentifier>) {
        self.isActive = isActive
        self.signaturesNeeded = signaturesNeeded
        self.establishments = establishments
    }
}

/// The grantee as far as mandates depend on them.
public enum GranteeStanding: Sendable, Equatable {
    case member(account: AccountIdentifier, company: CompanyIdentifier, isActive: Bool)
    case company(isActive: Bool)
    case unknown
}

/// The mandate from which another is to be delegated.
public struct ParentStanding: Sendable, Equatable {
    public var mandate: Mandate
    /// Who approved it.
    public var approvers: Set<AccountIdentifier>

    public init(mandate: Mandate, approvers: Set<AccountIdentifier>) {
        self.mandate = mandate
        self.approvers = approvers
    }
}

/// Everything that decides about a proposal beside itself.
public struct ProposalFacts: Sendable {
    public var today: CalendarDate
    /// Scopes that some service of the region has.
    public var scopes: Set<MandateScope>
    public var tenants: Set<TenantIdentifier>
    public var grantor: CompanyStanding
    public var grantee: GranteeStanding
    /// Nil for a mandate that the grantor gives for itself, and for a parent that does not exist.
    public var parent: ParentStanding?
    /// Mandates of the same company for the same grantee that are not over.
    public var standing: [Mandate]
    /// Whoever asks may grant it; false for a wish.
    public var isGranted: Bool
    public var policy = MandatePolicy()

    public init(
        today: CalendarDate, scopes: Set<MandateScope>, tenants: Set<TenantIdentifier>, grantor: CompanyStanding,
        grantee: GranteeStanding, parent: ParentStanding?, standing: [Mandate], isGranted: Bool,
        policy: MandatePolicy = MandatePolicy()
    ) {
        self.today = today
        self.scopes = scopes
        self.tenants = tenants
        self.grantor = grantor
        self.grantee = grantee
        self.parent = parent
        self.standing = standing
        self.isGranted = isGranted
        self.policy = policy
    }
}

/// The rules of mandates: values in, decision out.
public enum MandateRules {
    /// Why a proposal is refused; nil when it may be written.
    public static func refusal(of proposal: MandateProposal, _ facts: ProposalFacts) -> MandateRefusal? {
        refusalOfDates(proposal.powers.validity, facts) ?? refusalOfReach(proposal.powers, facts)
            ?? refusalOfParties(proposal, facts) ?? refusalOfChain(proposal, facts)
            ?? refusalOfNeighbours(proposal, facts)
            ?? (proposal.approvals > facts.policy.mostApprovals ? .tooManyApprovals : nil)
    }

    /// How many approvals the mandate needs, as things are when it is asked for.
    public static func approvalsNeeded(_ proposal: MandateProposal, _ facts: ProposalFacts) -> Int {
        MandateApprovalRules.needed(
            proposal.approvals, signaturesNeeded: facts.grantor.signaturesNeeded,
            parentGrantee: facts.parent?.mandate.grantee)
    }

    /// First and last day are there, in order, not past and not too far away.
    private static func refusalOfDates(_ validity: MandateValidity, _ facts: ProposalFacts) -> MandateRefusal? {
        if validity.from < facts.today { return .beginsInThePast }
        if validity.from > facts.today.adding(days: facts.policy.farthestStart) { return .beginsTooFarAhead }
        if validity.until < validity.from { return .endsBeforeItBegins }
        return validity.until >= validity.from.adding(years: facts.policy.longestYears) ? .lastsTooLong : nil
    }

    /// Whatever is named exists.
    private static func refusalOfReach(_ powers: MandatePowers, _ facts: ProposalFacts) -> MandateRefusal? {
        if !powers.scopes.isSubset(of: facts.scopes) || powers.scopes.isEmpty { return .scopeUnknown }
        if case .only(let tenants) = powers.tenants, !tenants.isSubset(of: facts.tenants) { return .tenantUnknown }
        return nil
    }

    private static func refusalOfParties(_ proposal: MandateProposal, _ facts: ProposalFacts) -> MandateRefusal? {
        guard facts.grantor.isActive else { return .grantorNotActive }
        if case .company(proposal.grantor) = proposal.grantee { return .circular }
        switch facts.grantee {
        case .unknown: return .granteeNotActive
        case .company(let isActive): return isActive ? nil : .granteeNotActive
        case .member(_, let company, let isActive):
            guard isActive else { return .granteeNotActive }
            return company == proposal.grantor ? nil : .granteeElsewhere
        }
    }

    /// Invariant I17: within the parent's power, only where the parent may be delegated, and not deeper than two.
    private static func refusalOfChain(_ proposal: MandateProposal, _ facts: ProposalFacts) -> MandateRefusal? {
        guard proposal.parent != nil else { return refusalOfEstablishments(proposal.powers, facts.grantor) }
        guard let parent = facts.parent, parent.mandate.state == .active else { return .parentNotActive }
        guard isHolder(proposal.grantor, of: parent.mandate) else { return .parentNotActive }
        guard parent.mandate.mayDelegate else { return .delegationNotAllowed }
        if proposal.grantee == parent.mandate.grantee || proposal.grantee == .company(parent.mandate.company) {
            return .circular
        }
        // The second link of a chain names a person: a third could not.
        guard parent.mandate.depth < Mandate.greatestDepth, case .membership = proposal.grantee, !proposal.mayDelegate
        else { return .chainTooLong }
        // Whoever gave the parent to a company would otherwise have it through that company (invariant I15).
        if case .member(let account, _, _) = facts.grantee, parent.approvers.contains(account) {
            return .selfApproval
        }
        return proposal.powers.excess(over: parent.mandate.powers).first?.refusal
    }

    /// The company that holds a mandate, or whose member does.
    private static func isHolder(_ company: CompanyIdentifier, of mandate: Mandate) -> Bool {
        switch mandate.grantee {
        case .company(let holder): holder == company
        case .membership: mandate.grantor == company
        }
    }

    private static func refusalOfEstablishments(
        _ powers: MandatePowers, _ grantor: CompanyStanding
    ) -> MandateRefusal? {
        guard case .only(let establishments) = powers.establishments else { return nil }
        return establishments.isSubset(of: grantor.establishments) ? nil : .establishmentUnknown
    }

    /// Two mandates may overlap, and `AuthorityRules` says which of them counts. One that adds nothing to another is
    /// refused; one that leaves nothing of another must take its place, or the other would stay behind unseen. What nobody
    /// has granted stands in nobody's way who grants: a wish stands beside the mandate until somebody answers it.
    private static func refusalOfNeighbours(_ proposal: MandateProposal, _ facts: ProposalFacts) -> MandateRefusal? {
        let standing = facts.standing
        if let replaced = proposal.replaces {
            guard standing.contains(where: { $0.identifier == replaced && $0.parent == proposal.parent }) else {
                return .replacedUnknown
            }
        }
        let neighbours = standing.filter { !facts.isGranted || $0.state != .draft }
        for mandate in neighbours where mandate.identifier != proposal.replaces && mandate.parent == proposal.parent {
            let isWithin = proposal.powers.excess(over: mandate.powers).isEmpty
            if isWithin, mandate.mayDelegate || !proposal.mayDelegate { return .coveredAlready }
            let contains = mandate.powers.excess(over: proposal.powers).isEmpty
            if contains, proposal.mayDelegate || !mandate.mayDelegate { return .widerThanStanding }
        }
        return nil
    }
}

extension Mandate {
    /// True when the other gives the same holder, from the same source, all that this one would.
    public func isFulfilled(by other: Mandate) -> Bool {
        grantee == other.grantee && parent == other.parent && powers.excess(over: other.powers).isEmpty
            && (other.mayDelegate || !mayDelegate)
    }
}
