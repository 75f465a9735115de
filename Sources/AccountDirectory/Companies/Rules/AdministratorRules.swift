public import OpenIDMessages

/// The last administrator (I13, I14). An active company has at least one administrator whose membership and account are
/// active and whose identity is proved to the company's floor. Invited, suspended, locked and leaving ones do not count.
public enum AdministratorRules {
    /// True when an active company would be left without an administrator if `member` no longer were one.
    ///
    /// Companies that are not active yet, or no longer, have nobody who could misuse the gap. Whether the member's own
    /// account still stands does not matter: it may be just what is ending.
    public static func isLast(_ member: MembershipIdentifier, in snapshot: CompanySnapshot, now: Timestamp) -> Bool {
        snapshot.company.state == .active
            && snapshot.administrators.contains { $0.membership.identifier == member }
            && !snapshot.effectiveAdministrators(now).contains { $0.membership.identifier != member }
    }

    /// What must follow when an administrator's rights end and nobody could prevent it (an account is closed or locked,
    /// a consent withdrawn, a level lost): an active company without administrators is frozen. No human is kept in an
    /// account for the sake of a company.
    public static func consequence(
        ofLosing member: MembershipIdentifier, in snapshot: CompanySnapshot, now: Timestamp
    ) -> [CompanyChange] {
        isLast(member, in: snapshot, now: now) ? [.company(.freeze, .noAdministrator)] : []
    }

    /// What follows when an administrator's rights come back: a company that was frozen for want of one is active again.
    public static func consequence(ofReturning member: CompanyMember, in snapshot: CompanySnapshot) -> [CompanyChange] {
        let isCured =
            snapshot.company.state == .frozen && snapshot.company.freezeReason == .noAdministrator
            && member.membership.roles.contains(.orgAdmin) && member.account.isActive
            && member.account.level >= snapshot.company.floor
        return isCured ? [.company(.cure, nil)] : []
    }
}

/// Several administrators for what gives or takes rights of administrators (I15, I16).
public enum ApprovalRules {
    /// An agreement counts for so many seconds: what somebody agreed to long ago is not what others agree to now.
    public static let lifetime: Int64 = 30 * 86_400

    /// Notes an agreement; when there are enough, what was agreed to happens. Whoever agreed before and agrees again adds
    /// nothing, but may find that there are enough meanwhile: else the last of two administrators, who wanted to close
    /// the company before the other left, could neither close it nor leave (I14).
    ///
    /// - Parameters:
    ///   - changes: what is agreed to.
    ///   - needed: how many agreements of different people on different devices.
    ///   - excluded: whose agreement does not count, since the act is about that membership.
    ///   - representativesAlone: whether nobody's agreement counts whom the register does not name.
    public static func agree(
        _ approval: CompanyApproval, to changes: [CompanyChange], needed: Int,
        excluding excluded: MembershipIdentifier? = nil, representativesAlone: Bool = false,
        in snapshot: CompanySnapshot, now: Timestamp
    ) -> CompanyDecision {
        guard let administrator = snapshot.actingAdministrator(now),
            administrator.membership.account == approval.account
        else { return .refused(.notPermitted) }
        guard administrator.membership.identifier != excluded else { return .refused(.selfApproval) }
        let approvals = snapshot.approvals.filter { $0.time > now - lifetime }
        let isNew = !approvals.contains { $0.account == approval.account }
        guard !isNew || !approvals.contains(where: { $0.device == approval.device }) else {
            return .refused(.approvedBefore)
        }
        // Who is no administrator any more has taken the agreement along.
        let others = snapshot.effectiveAdministrators(now).filter { $0.membership.identifier != excluded }
            .map(\.membership.account).filter { $0 != approval.account }
            .filter { !representativesAlone || snapshot.isRepresentative($0) }
        let isEnough = approvals.count { others.contains($0.account) } + 1 >= needed
        guard isNew || isEnough else { return .refused(.approvedBefore) }
        return CompanyDecision((isNew ? [.approval(approval)] : []) + (isEnough ? changes : []))
    }
}

/// Who may represent a company by its register.
public enum RepresentationRules {
    /// How many administrators must agree, by the powers of an extract: one when a legal representative may act alone,
    /// else as many as the register wants to sign together.
    public static func approversNeeded(_ powers: [RegisterPowerRecord]) -> Int {
        let representatives = powers.filter { $0.state != .superseded && $0.kind.isLegalRepresentative }
        guard !representatives.contains(where: { $0.representation == .sole }) else { return 1 }
        return representatives.map(\.representation.signatories).max() ?? 1
    }

    /// True when those who signed may represent the company: one legal representative alone where the register says so,
    /// else so many different people as it wants, a legal representative among them.
    public static func suffices(_ powers: [RegisterPowerRecord]) -> Bool {
        let signed = powers.filter { $0.state == .signed }
        let representatives = signed.filter(\.kind.isLegalRepresentative)
        guard !representatives.contains(where: { $0.representation == .sole }) else { return true }
        guard let needed = representatives.map(\.representation.signatories).max() else { return false }
        let people = Set(signed.compactMap(\.signature?.account)).count
        let devices = Set(signed.compactMap(\.signature?.device)).count
        return min(people, devices) >= needed
    }

    /// False when no signatures of those who are named could ever suffice: more are wanted than there are people.
    public static func canSuffice(_ named: [(kind: RegisterPowerKind, representation: Representation)]) -> Bool {
        named.contains { power in
            let needed = power.representation.signatories
            // Beside a representative who wants more signatures than this one, those count.
            let signing = named.filter { !$0.kind.isLegalRepresentative || $0.representation.signatories <= needed }
            return power.kind.isLegalRepresentative && signing.count >= needed
        }
    }

    /// True when this account is the only legal representative of the register, alone entitled, and has signed: nobody
    /// else could approve (the exception of I15).
    public static func isSoleRepresentative(_ account: AccountIdentifier, _ powers: [RegisterPowerRecord]) -> Bool {
        let representatives = powers.filter { $0.state != .superseded && $0.kind.isLegalRepresentative }
        guard representatives.count == 1, let only = representatives.first else { return false }
        return only.representation == .sole && only.signature?.account == account
    }
}
