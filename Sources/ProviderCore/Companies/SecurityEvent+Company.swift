public import AccountDirectory
public import OpenIDMessages

/// Who changes a company or its mandates, and in whose chain of audit events it is told.
public struct CompanyActor: Sendable, Equatable {
    public let actor: SecurityEvent.Actor
    /// The member; nil for offices, and for what nobody does.
    public let person: AccountIdentifier?
    /// The town whose clerk acts.
    public let tenant: TenantIdentifier?
    /// The login by which an administrator acts.
    public let transaction: TransactionIdentifier?

    /// A member, or whoever becomes one, with the own phone.
    public static func person(_ account: AccountIdentifier) -> CompanyActor { CompanyActor(.person, person: account) }
    /// What follows from something else, or ends in its time.
    public static let system = CompanyActor(.system)

    public init(
        _ actor: SecurityEvent.Actor, person: AccountIdentifier? = nil, tenant: TenantIdentifier? = nil,
        transaction: TransactionIdentifier? = nil
    ) {
        self.actor = actor
        self.person = person
        self.tenant = tenant
        self.transaction = transaction
    }

    /// True for the clerk of an office, at the local socket or over the network: the company did not do it itself.
    public var isOffice: Bool { actor.isOffice }
}

extension SecurityEvent {
    /// The audit event of a change: what happened to which object, without a name or number of it.
    public init(of change: CompanyChange, in company: CompanyIdentifier, by actor: CompanyActor, time: Timestamp) {
        let (kind, object) = Self.kindAndObject(of: change)
        self.init(
            kind, time: time, tenant: actor.tenant, object: object ?? company.rawValue, transaction: actor.transaction,
            actor: actor.actor, person: actor.person, company: company)
    }

    /// Somebody of an office looked at a company. The store names a sole trader, whose facts were seen.
    static func seen(_ company: CompanyIdentifier, by actor: CompanyActor, at time: Timestamp) -> SecurityEvent {
        SecurityEvent(
            .companySeen, time: time, tenant: actor.tenant, object: company.rawValue, transaction: actor.transaction,
            actor: actor.actor, company: company)
    }

    private static func kindAndObject(of change: CompanyChange) -> (Kind, String?) {
        switch change {
        case .company(let event, _): (kind(of: event), nil)
        case .standing: (.companyRated, nil)
        case .evidence(let evidence): (.companyEvidenceRecorded, evidence.identifier.rawValue)
        case .details: (.companyChanged, nil)
        case .powers: (.companyPowersRecorded, nil)
        case .signature(let power, _): (.companySigned, power.rawValue)
        case .newMembership(let membership): (.membershipCreated, membership.identifier.rawValue)
        case .roles(let membership, _): (.membershipRolesChanged, membership.rawValue)
        case .suspend(let membership, _): (.membershipSuspended, membership.rawValue)
        case .resume(let membership): (.membershipResumed, membership.rawValue)
        case .end(let membership, _): (.membershipEnded, membership.rawValue)
        case .newInvitation(let invitation, _): (.invitationCreated, invitation.identifier.rawValue)
        case .invitation(let invitation, let event): (kind(of: event), invitation.rawValue)
        case .approval(let approval): (kind(of: approval.act), approval.subject)
        case .newEstablishment(let establishment):
            (.companyEstablishmentAdded, establishment.identifier.rawValue)
        case .closeEstablishment(let establishment): (.companyEstablishmentClosed, establishment.rawValue)
        case .forgetDetails: (.companyErased, nil)
        }
    }

    private static func kind(of event: CompanyState.Event) -> Kind {
        switch event {
        case .submit: .companySubmitted
        case .verify: .companyVerified
        case .freeze: .companyFrozen
        case .cure: .companyCured
        case .close: .companyClosing
        case .complete: .companyClosed
        case .abandon: .companyAbandoned
        }
    }

    private static func kind(of event: InvitationState.Event) -> Kind {
        switch event {
        case .send: .invitationSent
        case .open: .invitationOpened
        case .accept: .invitationAccepted
        case .decline: .invitationDeclined
        case .withdraw: .invitationWithdrawn
        case .expire: .invitationExpired
        }
    }

    private static func kind(of act: CompanyApproval.Act) -> Kind {
        switch act {
        case .invite: .invitationApproved
        case .remove: .membershipRemovalApproved
        case .close: .companyClosingApproved
        }
    }
}
