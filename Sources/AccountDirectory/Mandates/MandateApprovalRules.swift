public import OpenIDMessages

/// In whose name somebody grants, as tokens say it (`granted_by.granting_body`).
public enum GrantingBody: String, Sendable, Hashable, CaseIterable {
    case legalRepresentative = "legal_representative"
    case orgAdmin = "org_admin"
    case rightsAdmin = "rights_admin"
    /// Who holds the mandate that is delegated.
    case delegate
}

/// Somebody who wants to approve a mandate or to change its state.
public struct MandateActor: Sendable, Equatable {
    public var account: AccountIdentifier
    /// In the company that grants the mandate; the membership is active.
    public var membership: MembershipIdentifier
    /// In whose name their role lets them grant rights; nil when it does not.
    public var grantsAs: GrantingBody?
    /// The register names them and nobody else as who represents the company: nobody else could approve.
    public var isSoleRepresentative: Bool

    public init(
        account: AccountIdentifier, membership: MembershipIdentifier, grantsAs: GrantingBody?,
        isSoleRepresentative: Bool
    ) {
        self.account = account
        self.membership = membership
        self.grantsAs = grantsAs
        self.isSoleRepresentative = isSoleRepresentative
    }
}

/// What one more approval does.
public enum ApprovalDecision: Sendable, Equatable {
    case refused(MandateRefusal)
    /// It counts, and more are needed.
    case counts(as: GrantingBody)
    /// It was the last one needed.
    case activates(as: GrantingBody)
}

/// Who may approve, and who may end (invariants I15, I16).
public enum MandateApprovalRules {
    /// - Parameters:
    ///   - grantee: the account of the person who is to hold the mandate; nil when a company is.
    ///   - parentGrantee: who holds the mandate that this one is delegated from.
    public static func decide(
        _ mandate: Mandate, by actor: MandateActor, on device: DeviceIdentifier, grantee: AccountIdentifier?,
        parentGrantee: MandateGrantee?, earlier: [MandateApproval], today: CalendarDate
    ) -> ApprovalDecision {
        guard mandate.state.allows(.activate) else { return .refused(.notAwaitingApproval) }
        guard today <= mandate.powers.validity.until else { return .refused(.over) }
        guard let body = body(of: actor, parentGrantee: parentGrantee) else { return .refused(.notEntitled) }
        // I15: nobody approves their own mandate, except who could act without any.
        if actor.account == grantee, !actor.isSoleRepresentative { return .refused(.selfApproval) }
        // I16: distinct people on distinct devices.
        if earlier.contains(where: { $0.account == actor.account }) { return .refused(.approvedAlready) }
        if earlier.contains(where: { $0.device == device }) { return .refused(.deviceUsedAlready) }
        return earlier.count + 1 >= mandate.approvalsNeeded ? .activates(as: body) : .counts(as: body)
    }

    /// Whoever grants rights for the company; and for what a person delegates that person alone, or somebody could grant
    /// in the name of a holder who knows nothing of it.
    public static func body(of actor: MandateActor, parentGrantee: MandateGrantee?) -> GrantingBody? {
        if case .membership(let holder) = parentGrantee { return holder == actor.membership ? .delegate : nil }
        return actor.isSoleRepresentative ? .legalRepresentative : actor.grantsAs
    }

    /// A mandate ends when either side wants that: who grants rights in a company of the chain, who delegated it, or
    /// who holds it. None of them gains anything by it.
    ///
    /// - Parameter roles: the person's active memberships in companies of the chain.
    public static func mayRevoke(
        account: AccountIdentifier, roles: [MandateActor], grantee: AccountIdentifier?,
        parentGrantee: MandateGrantee?
    ) -> Bool {
        account == grantee || roles.contains { maySuspend($0) || parentGrantee == .membership($0.membership) }
    }

    /// A mandate rests and comes back when the company that gave it wants that; nobody brings back their own.
    public static func maySuspend(_ actor: MandateActor) -> Bool {
        actor.grantsAs != nil || actor.isSoleRepresentative
    }

    public static func mayResume(_ actor: MandateActor, grantee: AccountIdentifier?) -> MandateRefusal? {
        guard maySuspend(actor) else { return .notEntitled }
        return actor.account == grantee && !actor.isSoleRepresentative ? .selfApproval : nil
    }
}

extension MandateGrantee {
    public var company: CompanyIdentifier? { if case .company(let company) = self { company } else { nil } }
    public var membership: MembershipIdentifier? {
        if case .membership(let membership) = self { membership } else { nil }
    }
}
