public import OpenIDMessages

/// Who holds a mandate.
public enum MandateGrantee: Sendable, Hashable {
    /// One person in a company: the only one who can act.
    case membership(MembershipIdentifier)
    /// A service company, which names one of its own people by a mandate of its own.
    case company(CompanyIdentifier)
}

/// On what a mandate rests. Every mandate that is kept is `delegated`; `register` stands in tokens of those who represent a
/// company by its register, without a mandate. Nothing makes the other two (decision 0032).
public enum MandateBasis: String, Sendable, Hashable, CaseIterable {
    /// A public register names the person.
    case register
    /// The company, or somebody who may delegate, gave it.
    case delegated
    /// A court or an authority appointed the person.
    case appointed
    /// A law gives it.
    case law
}

/// A Vollmacht: who may do what for which company, where, up to which amount, and until when.
public struct Mandate: Sendable, Hashable {
    public var identifier: MandateIdentifier
    /// The company for which the holder acts.
    public var company: CompanyIdentifier
    /// The company that gave it: `company` itself, or for the second link of a chain the service company.
    public var grantor: CompanyIdentifier
    public var grantee: MandateGrantee
    /// The mandate that this one was delegated from; ends with it.
    public var parent: MandateIdentifier?
    /// 1 for what the company gave itself, 2 for what was delegated from that.
    public var depth: Int
    /// The mandate whose place this one takes as soon as it is active.
    public var replaces: MandateIdentifier?
    public var powers: MandatePowers
    public var mayDelegate: Bool
    /// How many people must approve it, on as many devices (invariant I16); as of the last approval.
    public var approvalsNeeded: Int
    public var basis: MandateBasis
    /// What it is for, in the grantor's words.
    public var reason: String
    public var state: MandateState
    /// Who asked for it.
    public var proposedBy: MembershipIdentifier
    public var proposedAt: Timestamp
    public var activatedAt: Timestamp?
    /// In whose name the last approval was given; nil before.
    public var grantedBy: GrantingBody?

    /// The deepest chain: company → service company → its employee (invariant I17).
    public static let greatestDepth = 2
    public static let longestReason = 256

    public init(
        identifier: MandateIdentifier, company: CompanyIdentifier, grantor: CompanyIdentifier, grantee: MandateGrantee,
        parent: MandateIdentifier?, depth: Int, replaces: MandateIdentifier?, powers: MandatePowers, mayDelegate: Bool,
        approvalsNeeded: Int, basis: MandateBasis, reason: String, state: MandateState,
        proposedBy: MembershipIdentifier, proposedAt: Timestamp, activatedAt: Timestamp?,
        grantedBy: GrantingBody?
    ) {
        self.identifier = identifier
        self.company = company
        self.grantor = grantor
        self.grantee = grantee
        self.parent = parent
        self.depth = depth
        self.replaces = replaces
        self.powers = powers
        self.mayDelegate = mayDelegate
        self.approvalsNeeded = approvalsNeeded
        self.basis = basis
        self.reason = reason
        self.state = state
        self.proposedBy = proposedBy
        self.proposedAt = proposedAt
        self.activatedAt = activatedAt
        self.grantedBy = grantedBy
    }

    /// True when several people had to sign for it. Its holder acts alone all the same.
    public var isJoint: Bool { approvalsNeeded > 1 }
}

/// That somebody entitled approved a mandate.
public struct MandateApproval: Sendable, Hashable {
    public var account: AccountIdentifier
    public var membership: MembershipIdentifier
    public var device: DeviceIdentifier
    public var approvedAt: Timestamp

    public init(
        account: AccountIdentifier, membership: MembershipIdentifier, device: DeviceIdentifier, approvedAt: Timestamp
    ) {
        self.account = account
        self.membership = membership
        self.device = device
        self.approvedAt = approvedAt
    }
}
