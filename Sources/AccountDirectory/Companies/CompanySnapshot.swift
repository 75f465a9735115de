public import OpenIDMessages

/// How an account stands, as far as companies care.
public struct AccountStanding: Sendable, Equatable {
    public var isActive: Bool
    /// The level to which the person's identity is proved.
    public var level: AssuranceLevel

    public init(isActive: Bool, level: AssuranceLevel) {
        self.isActive = isActive
        self.level = level
    }
}

/// A membership and how its account stands.
public struct CompanyMember: Sendable, Equatable {
    public var membership: MembershipRecord
    public var account: AccountStanding

    public init(membership: MembershipRecord, account: AccountStanding) {
        self.membership = membership
        self.account = account
    }

    /// True when the member's rights count now: membership and account are active, it is not over, and the person is
    /// proved to the company's floor (I13). Who is invited, suspended, locked or leaving has none.
    public func isEffective(floor: AssuranceLevel, now: Timestamp) -> Bool {
        membership.state == .active && account.isActive && account.level >= floor
            && membership.validUntil.map { $0 > now } != false
    }
}

/// An agreement of an administrator to what needs several (I16).
public struct CompanyApproval: Sendable, Equatable {
    /// What is agreed to.
    public enum Act: String, Sendable, CaseIterable {
        /// An invitation to administer the company.
        case invite
        /// The removal of an administrator.
        case remove
        /// The end of the company's account.
        case close
    }

    public var act: Act
    /// The identifier of the invitation, membership or company.
    public var subject: String
    public var account: AccountIdentifier
    public var device: DeviceIdentifier
    public var time: Timestamp

    public init(
        act: Act, subject: String, account: AccountIdentifier, device: DeviceIdentifier, time: Timestamp
    ) {
        self.act = act
        self.subject = subject
        self.account = account
        self.device = device
        self.time = time
    }
}

/// What a decision about a company rests on, read in the transaction that writes the decision.
public struct CompanySnapshot: Sendable, Equatable {
    public var company: CompanyRecord
    /// Every open membership with the role of an administrator.
    public var administrators: [CompanyMember]
    /// The account of whoever acts, and its open membership.
    public var actorAccount: AccountStanding?
    public var actor: CompanyMember?
    /// The open membership of the clerk who acts: an office's act on the clerk's own company.
    public var clerk: CompanyMember?
    /// The membership that the act is about.
    public var target: CompanyMember?
    /// The invitation that the act is about, and who invited.
    public var invitation: InvitationRecord?
    public var inviter: CompanyMember?
    /// The powers of the latest extract, signed or not.
    public var powers: [RegisterPowerRecord]
    /// The level of that extract.
    public var extractLevel: AssuranceLevel?
    /// Who signed last as a sole trader's owner, while nobody has under the latest extract: it may name the same person
    /// under another name.
    public var lastOwner: AccountIdentifier?
    /// Agreements to the act and subject in question.
    public var approvals: [CompanyApproval]
    /// How many invitations are open.
    public var openInvitations: Int

    public init(
        company: CompanyRecord, administrators: [CompanyMember], actorAccount: AccountStanding? = nil,
        actor: CompanyMember? = nil, clerk: CompanyMember? = nil, target: CompanyMember? = nil,
        invitation: InvitationRecord? = nil,
        inviter: CompanyMember? = nil, powers: [RegisterPowerRecord] = [], extractLevel: AssuranceLevel? = nil,
        lastOwner: AccountIdentifier? = nil, approvals: [CompanyApproval] = [], openInvitations: Int = 0
    ) {
        self.company = company
        self.administrators = administrators
        self.actorAccount = actorAccount
        self.actor = actor
        self.clerk = clerk
        self.target = target
        self.invitation = invitation
        self.inviter = inviter
        self.powers = powers
        self.extractLevel = extractLevel
        self.lastOwner = lastOwner
        self.approvals = approvals
        self.openInvitations = openInvitations
    }

    /// The actor or an administrator, by the membership.
    func member(_ membership: MembershipIdentifier) -> CompanyMember? {
        ([actor].compactMap(\.self) + administrators).first { $0.membership.identifier == membership }
    }

    /// True when the company is the business of this account's person alone: its facts are theirs, until somebody else
    /// signs as its owner.
    public func isTrader(_ account: AccountIdentifier) -> Bool {
        guard company.details.kind == .soleTrader else { return false }
        return lastOwner == account
            || powers.contains { $0.kind == .owner && $0.state == .signed && $0.signature?.account == account }
    }

    /// True when the register names this account's person as who represents the company, and the person has signed.
    public func isRepresentative(_ account: AccountIdentifier) -> Bool {
        powers.contains {
            $0.kind.isLegalRepresentative && $0.state == .signed && $0.signature?.account == account
        }
    }

    /// True when the member's rights count now.
    public func isEffective(_ member: CompanyMember, _ now: Timestamp) -> Bool {
        member.isEffective(floor: company.floor, now: now)
    }

    /// The administrators whose rights count now.
    public func effectiveAdministrators(_ now: Timestamp) -> [CompanyMember] {
        administrators.filter { isEffective($0, now) }
    }

    /// The actor, if the actor's rights count now.
    public func effectiveActor(_ now: Timestamp) -> CompanyMember? { actor.flatMap { isEffective($0, now) ? $0 : nil } }

    /// The actor, if an administrator whose rights count now.
    public func actingAdministrator(_ now: Timestamp) -> CompanyMember? {
        effectiveActor(now).flatMap { $0.membership.roles.contains(.orgAdmin) ? $0 : nil }
    }
}

/// Which parts of a snapshot an act needs.
public struct CompanyConcern: Sendable, Equatable {
    public var actor: AccountIdentifier?
    /// The account of the administrator who acts as an office's clerk.
    public var clerk: AccountIdentifier?
    public var target: MembershipIdentifier?
    public var invitation: InvitationIdentifier?
    public var approvals: CompanyApproval.Act?

    public init(
        actor: AccountIdentifier? = nil, clerk: AccountIdentifier? = nil, target: MembershipIdentifier? = nil,
        invitation: InvitationIdentifier? = nil, approvals: CompanyApproval.Act? = nil
    ) {
        self.actor = actor
        self.clerk = clerk
        self.target = target
        self.invitation = invitation
        self.approvals = approvals
    }
}
