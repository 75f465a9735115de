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
    /// The register names them among those who represent the company together.
    public var isJointRepresentative: Bool

    public init(
        account: AccountIdentifier, membership: MembershipIdentifier, grantsAs: GrantingBody?,
        isSoleRepresentative: Bool, isJointRepresentative: Bool
    ) {
        self.account = account
        self.membership = membership
        self.grantsAs = grantsAs
        self.isSoleRepresentative = isSoleRepresentative
        self.isJointRepresentative = isJointRepresentative
    }
}

/// What one more approval does.
public enum ApprovalDecision: Sendable, Equatable {
    case refused(MandateRefusal)
    /// It counts, and more are needed.
    case counts(as: GrantingBody, needed: Int)
    /// With it there are as many as are needed.
    case activates(as: GrantingBody, needed: Int)
}

/// Everything that decides about an approval beside the mandate and whoever gives it, as it is at that moment.
public struct ApprovalFacts: Sendable {
    public var today: CalendarDate
    /// The account of the person who is to hold the mandate; nil when a company is.
    public var grantee: AccountIdentifier?
    /// Who holds the mandate that this one is delegated from.
    public var parentGrantee: MandateGrantee?
    /// How many must sign for the company that grants.
    public var signaturesNeeded: Int
    /// Given before, by whomever.
    public var approvals: [MandateApproval]
    /// Those of their givers whose rights in the company that grants count still.
    public var approvers: [MandateActor]

    public init(
        today: CalendarDate, grantee: AccountIdentifier?, parentGrantee: MandateGrantee?, signaturesNeeded: Int,
        approvals: [MandateApproval] = [], approvers: [MandateActor] = []
    ) {
        self.today = today
        self.grantee = grantee
        self.parentGrantee = parentGrantee
        self.signaturesNeeded = signaturesNeeded
        self.approvals = approvals
        self.approvers = approvers
    }
}

/// Who may approve, and who may end (invariants I15, I16).
public enum MandateApprovalRules {
    /// Approvals count by what their givers may do now: who was suspended, went or lost the role has taken the approval
    /// along, and how many are needed is what the register says now. Whoever approved before and approves again adds
    /// nothing, but makes the mandate active when there are enough meanwhile.
    public static func decide(
        _ mandate: Mandate, by actor: MandateActor, on device: DeviceIdentifier, _ facts: ApprovalFacts
    ) -> ApprovalDecision {
        guard mandate.state.allows(.activate) else { return .refused(.notAwaitingApproval) }
        guard facts.today <= mandate.powers.validity.until else { return .refused(.over) }
        let needed = needed(
            mandate.approvalsNeeded, signaturesNeeded: facts.signaturesNeeded, parentGrantee: facts.parentGrantee)
        let body: GrantingBody
        do {
            body = try self.body(of: actor, facts)
        } catch .selfApproval where completes(actor, needed, facts) {
            body = .legalRepresentative
        } catch { return .refused(error) }
        let isNew = !facts.approvals.contains { $0.account == actor.account }
        // I16: distinct people on distinct devices.
        if isNew, facts.approvals.contains(where: { $0.device == device }) { return .refused(.deviceUsedAlready) }
        if countOfOthers(than: actor, facts) + 1 >= needed { return .activates(as: body, needed: needed) }
        return isNew ? .counts(as: body, needed: needed) : .refused(.approvedAlready)
    }

    /// How many approvals a mandate needs: as many as were asked for, and as many as must sign for the company, which is
    /// bound by its joint representation in all that it grants. A person who may delegate grants what was given to them
    /// already.
    static func needed(_ wanted: Int, signaturesNeeded: Int, parentGrantee: MandateGrantee?) -> Int {
        if case .membership? = parentGrantee { return max(1, wanted) }
        return max(1, wanted, signaturesNeeded)
    }

    /// Those who represent a company together may empower one of them (§ 124 (2) HGB, § 78 (4) AktG), and that one takes part:
    /// with the agreement of as many others as must sign beside them, theirs is the last (docs/decisions/0028). It never is
    /// the first, nor does anybody's count here whom the register does not name.
    private static func completes(_ actor: MandateActor, _ needed: Int, _ facts: ApprovalFacts) -> Bool {
        facts.parentGrantee == nil && actor.isJointRepresentative && facts.signaturesNeeded > 1
            && countOfOthers(than: actor, facts, where: \.isJointRepresentative) + 1 >= needed
    }

    private static func countOfOthers(
        than actor: MandateActor, _ facts: ApprovalFacts, where condition: (MandateActor) -> Bool = { _ in true }
    ) -> Int {
        let entitled = facts.approvers.filter {
            $0.account != actor.account && condition($0) && (try? body(of: $0, facts)) != nil
        }
        let accounts = Set(entitled.map(\.account))
        let counting = facts.approvals.filter { accounts.contains($0.account) }
        return min(Set(counting.map(\.account)).count, Set(counting.map(\.device)).count)
    }

    /// In whose name somebody approves, or why they do not.
    private static func body(of actor: MandateActor, _ facts: ApprovalFacts) throws(MandateRefusal) -> GrantingBody {
        guard let body = body(of: actor, parentGrantee: facts.parentGrantee) else { throw .notEntitled }
        // I15: nobody approves their own mandate, except who could act without any, and as the last of several.
        if actor.account == facts.grantee, !actor.isSoleRepresentative { throw .selfApproval }
        // I16: administrators are made by as many as sign together, rights administrators by one alone: that one would
        // have two approvals.
        if body == .rightsAdmin, facts.signaturesNeeded > 1 { throw .jointRepresentation }
        return body
    }

    /// Whoever grants rights for the company; and for what a person delegates that person alone, or somebody could grant
    /// in the name of a holder who knows nothing of it.
    private static func body(of actor: MandateActor, parentGrantee: MandateGrantee?) -> GrantingBody? {
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
