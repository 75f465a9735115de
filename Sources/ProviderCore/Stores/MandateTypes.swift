public import AccountDirectory
public import OpenIDMessages

/// A mandate as the store keeps it.
public struct MandateRecord: Sendable, Equatable {
    public var mandate: Mandate
    public var approvals: [MandateApproval]
    /// The person who holds it; nil when a company does.
    public var grantee: AccountIdentifier?

    public init(mandate: Mandate, approvals: [MandateApproval], grantee: AccountIdentifier?) {
        self.mandate = mandate
        self.approvals = approvals
        self.grantee = grantee
    }
}

/// How a call about a mandate ended.
public enum MandateOutcome<Value: Sendable>: Sendable {
    case done(Value)
    case refused(MandateRefusal)
    /// There is no such mandate or company for this person: to everybody else a foreign one looks like none.
    case unknown
}

/// Everybody whom a proposal concerns, as they are at the moment of the decision.
public struct ProposalParties: Sendable {
    /// The proposer in the company that is to grant; nil for somebody who is no active member of it.
    public var actor: MandateActor?
    public var grantor: CompanyStanding
    public var grantee: GranteeStanding
    public var parent: ParentStanding?
    /// Mandates of the same company for the same grantee that are not over.
    public var standing: [Mandate]

    public init(
        actor: MandateActor?, grantor: CompanyStanding, grantee: GranteeStanding, parent: ParentStanding?,
        standing: [Mandate]
    ) {
        self.actor = actor
        self.grantor = grantor
        self.grantee = grantee
        self.parent = parent
        self.standing = standing
    }
}

/// A mandate that may be written, with the proposer's approval where it counts.
public struct NewMandate: Sendable {
    public var mandate: Mandate
    public var approval: MandateApproval?

    public init(mandate: Mandate, approval: MandateApproval?) {
        self.mandate = mandate
        self.approval = approval
    }
}

/// A mandate and everybody around it, as they are at the moment of the decision.
public struct MandateSituation: Sendable {
    public var record: MandateRecord
    public var parent: Mandate?
    /// The person's active memberships in the companies of the chain.
    public var roles: [CompanyIdentifier: MandateActor]
    /// Whoever approved the mandate and has rights in the company that grants it still.
    public var approvers: [MandateActor]
    /// How many must sign for that company.
    public var signaturesNeeded: Int
    public var areCompaniesActive: Bool
    public var isGranteeActive: Bool

    public init(
        record: MandateRecord, parent: Mandate?, roles: [CompanyIdentifier: MandateActor], approvers: [MandateActor],
        signaturesNeeded: Int, areCompaniesActive: Bool, isGranteeActive: Bool
    ) {
        self.record = record
        self.parent = parent
        self.roles = roles
        self.approvers = approvers
        self.signaturesNeeded = signaturesNeeded
        self.areCompaniesActive = areCompaniesActive
        self.isGranteeActive = isGranteeActive
    }

    /// What decides about one more approval.
    public func approvalFacts(_ today: CalendarDate) -> ApprovalFacts {
        ApprovalFacts(
            today: today, grantee: record.grantee, parentGrantee: parent?.grantee, signaturesNeeded: signaturesNeeded,
            approvals: record.approvals, approvers: approvers)
    }
}

/// The companies on both ends of somebody's right to act.
public struct RepresentationParties: Sendable {
    public var company: CompanyRecord
    /// The company that the person belongs to: the same, or a service company.
    public var home: CompanyRecord
    /// By what `company` was verified last.
    public var evidence: CompanyEvidence?
    /// The level at which the person was bound to `home`, and when.
    public var binding: AssuranceLevel
    public var boundAt: Timestamp

    public init(
        company: CompanyRecord, home: CompanyRecord, evidence: CompanyEvidence?, binding: AssuranceLevel,
        boundAt: Timestamp
    ) {
        self.company = company
        self.home = home
        self.evidence = evidence
        self.binding = binding
        self.boundAt = boundAt
    }
}

/// Who asks whether somebody may act for a company, and about whom.
public struct AuthorityCase: Sendable {
    public var membership: MembershipIdentifier
    public var company: CompanyIdentifier
    /// The town whose portal asks.
    public var tenant: TenantIdentifier
    public var transaction: TransactionIdentifier?
    public var time: Timestamp

    public init(
        membership: MembershipIdentifier, company: CompanyIdentifier, tenant: TenantIdentifier,
        transaction: TransactionIdentifier?, time: Timestamp
    ) {
        self.membership = membership
        self.company = company
        self.tenant = tenant
        self.transaction = transaction
        self.time = time
    }
}
