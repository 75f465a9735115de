public import OpenIDMessages

/// Invitations: who may send them, when they are sent, and who may use their code.
public enum InvitationRules {
    /// How long a code can be used, in seconds.
    public static let lifetime: Int64 = 7 * 86_400
    /// Open invitations of one company.
    public static let openAtMost = 200

    /// A new invitation. One to administer the company counts the inviter's agreement, and is sent when that is enough.
    ///
    /// - Parameter isForInviter: true when the expected identity is the inviter's own.
    public static func invite(
        _ invitation: InvitationRecord, codeDigest: ContentDigest, isForInviter: Bool, device: DeviceIdentifier,
        in snapshot: CompanySnapshot, now: Timestamp
    ) -> CompanyDecision {
        guard let inviter = snapshot.effectiveActor(now) else { return .refused(.unknown) }
        guard snapshot.company.state == .active else { return .refused(.companyNotActive) }
        guard inviter.membership.roles.mayGrant(invitation.roles) else { return .refused(.notPermitted) }
        guard !isForInviter else { return .refused(.selfApproval) }
        guard isAcceptable(invitation, now: now) else { return .refused(.notAcceptable) }
        guard snapshot.openInvitations < openAtMost else { return .refused(.tooMany) }
        let new = CompanyChange.newInvitation(invitation, codeDigest: codeDigest)
        guard invitation.roles.contains(.orgAdmin) else {
            return CompanyDecision([new, .invitation(invitation.identifier, .send)])
        }
        let approval = CompanyApproval(
            act: .invite, subject: invitation.identifier.rawValue, account: inviter.membership.account, device: device,
            time: now)
        let isEnough = snapshot.company.approversNeeded <= 1
        return CompanyDecision(
            [new, .approval(approval)] + (isEnough ? [.invitation(invitation.identifier, .send)] : []))
    }

    /// Administrators have no end date, and no membership ends before it begins.
    private static func isAcceptable(_ invitation: InvitationRecord, now: Timestamp) -> Bool {
        guard let ends = invitation.membershipEnds else { return true }
        return !invitation.roles.contains(.orgAdmin) && ends > now
    }

    /// A further administrator agrees to an invitation, and says of whom (I16): nobody agrees to a stranger.
    ///
    /// - Parameters:
    ///   - isNamed: true when the expected identity is the one that the approver has named.
    ///   - isForApprover: true when it is the approver's own.
    public static func approve(
        isNamed: Bool, isForApprover: Bool, device: DeviceIdentifier, in snapshot: CompanySnapshot, now: Timestamp
    ) -> CompanyDecision {
        guard let invitation = snapshot.invitation, let approver = snapshot.effectiveActor(now) else {
            return .refused(.unknown)
        }
        guard snapshot.company.state == .active else { return .refused(.companyNotActive) }
        guard invitation.state == .created, invitation.expiresAt > now else { return .refused(.notInThisState) }
        guard isNamed else { return .refused(.invitationUnknown) }
        guard !isForApprover else { return .refused(.selfApproval) }
        let approval = CompanyApproval(
            act: .invite, subject: invitation.identifier.rawValue, account: approver.membership.account,
            device: device, time: now)
        return ApprovalRules.agree(
            approval, to: [.invitation(invitation.identifier, .send)], needed: snapshot.company.approversNeeded,
            in: snapshot, now: now)
    }

    /// Whoever presents a code.
    public struct Guest: Sendable, Equatable {
        public var account: AccountIdentifier
        /// What the login reached: proofing and device.
        public var level: AssuranceLevel
        /// True when the guest is who is expected.
        public var isExpected: Bool

        public init(account: AccountIdentifier, level: AssuranceLevel, isExpected: Bool) {
            self.account = account
            self.level = level
            self.isExpected = isExpected
        }
    }

    /// The code was presented. In the wrong hands the invitation is over: its code has leaked.
    public static func open(by guest: Guest, in snapshot: CompanySnapshot, now: Timestamp) -> CompanyDecision {
        guard let invitation = snapshot.invitation, invitation.state == .sent || invitation.state == .opened,
            invitation.expiresAt > now, snapshot.company.state == .active
        else { return .refused(.invitationUnknown) }
        guard guest.isExpected, mayStillInvite(invitation, in: snapshot, now: now),
            isStillAgreed(invitation, in: snapshot, now: now)
        else {
            return CompanyDecision([.invitation(invitation.identifier, .withdraw)], refusal: .invitationUnknown)
        }
        guard guest.level >= snapshot.company.floor else { return .refused(.levelTooLow) }
        return CompanyDecision(invitation.state == .sent ? [.invitation(invitation.identifier, .open)] : [])
    }

    /// The inviter has not lost the right to give these roles.
    private static func mayStillInvite(
        _ invitation: InvitationRecord, in snapshot: CompanySnapshot, now: Timestamp
    ) -> Bool {
        guard let inviter = snapshot.inviter, snapshot.isEffective(inviter, now) else { return false }
        return inviter.membership.roles.mayGrant(invitation.roles)
    }

    /// As many administrators have agreed to a further one as the register wants now, which may be more than when the
    /// invitation was sent (I16). Who is none any more has taken the agreement along.
    private static func isStillAgreed(
        _ invitation: InvitationRecord, in snapshot: CompanySnapshot, now: Timestamp
    ) -> Bool {
        let needed = snapshot.company.approversNeeded
        guard invitation.roles.contains(.orgAdmin), needed > 1 else { return true }
        let administrators = Set(snapshot.effectiveAdministrators(now).map(\.membership.account))
        return Set(snapshot.approvals.map(\.account)).intersection(administrators).count >= needed
    }

    /// The invited person joins, or a member gets further roles.
    ///
    /// - Parameters:
    ///   - usesPrivateIdentity: the person's consent, without which nobody becomes a member.
    ///   - membership: the identifier of the new membership.
    public static func accept(
        by guest: Guest, usesPrivateIdentity: Bool, membership: MembershipIdentifier, in snapshot: CompanySnapshot,
        now: Timestamp
    ) -> CompanyDecision {
        let opening = open(by: guest, in: snapshot, now: now)
        guard opening.refusal == nil, let invitation = snapshot.invitation else { return opening }
        guard snapshot.inviter?.membership.account != guest.account else { return .refused(.selfApproval) }
        guard usesPrivateIdentity else { return .refused(.consentMissing) }
        let accepted = opening.changes + [.invitation(invitation.identifier, .accept)]
        guard let member = snapshot.actor else {
            let joined = MembershipRecord(
                identifier: membership, company: snapshot.company.identifier, account: guest.account,
                roles: invitation.roles, level: guest.level, since: now, validUntil: invitation.membershipEnds)
            return CompanyDecision(accepted + [.newMembership(joined)])
        }
        guard member.membership.state == .active else { return .refused(.notInThisState) }
        let roles = member.membership.roles.union(invitation.roles)
        // Administrators have no end date, and a member who has one does not lose it by an invitation.
        guard !roles.contains(.orgAdmin) || member.membership.validUntil == nil else { return .refused(.notAcceptable) }
        return CompanyDecision(accepted + [.roles(member.membership.identifier, roles)])
    }

    /// The invited person does not want to.
    public static func decline(by guest: Guest, in snapshot: CompanySnapshot, now: Timestamp) -> CompanyDecision {
        let opening = open(by: guest, in: snapshot, now: now)
        guard opening.refusal == nil || opening.refusal == .levelTooLow, let invitation = snapshot.invitation else {
            return opening
        }
        return CompanyDecision([.invitation(invitation.identifier, .decline)])
    }

    /// The inviter or an administrator takes it back.
    public static func withdraw(in snapshot: CompanySnapshot, now: Timestamp) -> CompanyDecision {
        guard let invitation = snapshot.invitation, let actor = snapshot.effectiveActor(now) else {
            return .refused(.unknown)
        }
        guard invitation.invitedBy == actor.membership.identifier || actor.membership.roles.contains(.orgAdmin) else {
            return .refused(.notPermitted)
        }
        guard invitation.state.allows(.withdraw) else { return .refused(.notInThisState) }
        return CompanyDecision([.invitation(invitation.identifier, .withdraw)])
    }
}
