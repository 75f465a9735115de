public import AccountDirectory
public import OpenIDMessages

/// An audit event: what happened, never with which values. Written in the transaction of what it records.
public struct SecurityEvent: Sendable, Equatable {
    public enum Kind: String, Sendable, CaseIterable {
        case accountRegistered = "account.registered"
        case accountActivated = "account.activated"
        case accountLocked = "account.locked"
        case accountUnlocked = "account.unlocked"
        case accountCloseRequested = "account.close_requested"
        case accountCloseCancelled = "account.close_cancelled"
        case accountClosed = "account.closed"
        case accountErased = "account.erased"
        case accountUnused = "account.unused"
        case requestReceived = "dsr.received"
        case requestIdentityChecked = "dsr.identity_checked"
        case requestRunning = "dsr.running"
        case requestDone = "dsr.done"
        case requestRefused = "dsr.refused"
        case accountContactChanged = "account.contact_changed"
        case accountBlockCodeReplaced = "account.block_code_replaced"
        case proofingStarted = "proofing.started"
        case proofingFailed = "proofing.failed"
        /// Evidence of somebody's identity has expired; the object is the level that is left.
        case proofingExpired = "proofing.expired"
        case duplicateAnswered = "proofing.duplicate_answered"
        case attributeVerified = "attribute.verified"
        case attributeStale = "attribute.stale"
        case deviceAdded = "device.added"
        case deviceRevoked = "device.revoked"
        case deviceExpired = "device.expired"
        /// A certificate behind the device's evidence was revoked.
        case deviceEvidenceRevoked = "device.evidence_revoked"
        /// Somebody was identified: a ticket was issued for them, or their level rose; then the object is the level.
        case ticketIssued = "proofing.passed"
        case deviceActivated = "device.activated"
        case deviceSuspended = "device.suspended"
        case deviceLocked = "device.locked"
        case deviceRenamed = "device.renamed"
        case actConfirmed = "auth.confirmed"
        case loginApproved = "auth.approved"
        case loginDenied = "auth.denied"
        case loginReported = "auth.reported"
        /// A portal that the person had reported may ask them again; the object is its client.
        case reportWithdrawn = "auth.report_withdrawn"
        case loginFailed = "auth.failed"
        case replayRejected = "auth.replay_rejected"
        case tokenIssued = "token.issued"
        case tokenRefreshed = "token.refreshed"
        case tokenExchanged = "token.exchanged"
        case tokenRevoked = "token.revoked"
        case releaseGranted = "release.granted"
        case releaseWithdrawn = "release.withdrawn"
        case contextChosen = "context.chosen"
        /// A login of a session in which the person wore another hat at the same portal before.
        case contextSwitched = "context.switched"
        /// A browser is known from now on; the object is its identifier.
        case browserRemembered = "browser.remembered"
        case browserForgotten = "browser.forgotten"
        /// A browser has a session from now on; the object is its identifier.
        case sessionCreated = "session.created"
        /// A login joined a session and reached more than it had.
        case sessionSteppedUp = "session.stepped_up"
        case sessionReused = "session.reused"
        case sessionEnded = "session.ended"
        case clientTokenIssued = "client.token_issued"
        case clientTokenRevoked = "client.token_revoked"
        case clientRegistered = "client.registered"
        case clientChanged = "client.changed"
        case clientRemoved = "client.removed"
        /// A signing key of the provider is published (the object is its algorithm and name), or a device has its keys (the
        /// object is the device).
        case keyCreated = "key.created"
        /// The keys of a device never count again; the object is the device.
        case keyRevoked = "key.revoked"
        /// Somebody else has the keys of a device.
        case keyCompromised = "key.compromised"
        case keyRotated = "key.rotated"
        case serviceAdded = "service.added"
        case serviceChanged = "service.changed"
        case serviceRemoved = "service.removed"
        case regionApplied = "region.applied"
        /// The region's own entry; the object is the names of what changed.
        case regionChanged = "region.changed"
        /// An operator, in the region's chain and in those of the towns for which it works.
        case operatorAdded = "operator.added"
        case operatorChanged = "operator.changed"
        case operatorRemoved = "operator.removed"
        /// The object is the state that the town has reached, or the names of what else changed.
        case tenantChanged = "tenant.changed"
        case tenantArchived = "tenant.archived"
        /// The entry of a town that never opened or has left is gone; in the region's chain.
        case tenantRemoved = "tenant.removed"
        case templatePublished = "template.published"
        case templateProposed = "template.proposed"
        case templateApproved = "template.approved"
        case templateAdopted = "template.adopted"
        case templateUpdateAvailable = "template.update_available"
        case templateUpgraded = "template.upgraded"
        case templateDeclined = "template.declined"
        case templateWithdrawn = "template.withdrawn"
        /// A version is in the region file no more.
        case templateRemoved = "template.removed"
        case bootstrapTicketIssued = "admin.ticket_issued"
        case administratorLogin = "admin.login"
        case administratorGranted = "admin.granted"
        case administratorRevoked = "admin.revoked"
        case crossTenantProbe = "admin.cross_tenant_probe"
        /// An administrator wanted what their role, or the rule of two people, does not allow; the object is the route.
        case administrationRefused = "admin.refused"
        /// An administrator looked at what the tenant knows of a person.
        case subjectSeen = "admin.subject_seen"
        case emergencyRequested = "admin.break_glass_requested"
        case emergencyApproved = "admin.break_glass"
        case emergencyRefused = "admin.break_glass_refused"
        /// An administrator looked at a company.
        case companySeen = "company.seen"
        case companyCreated = "company.created"
        case companySubmitted = "company.submitted"
        case companyEvidenceRecorded = "company.evidence_recorded"
        case companyChanged = "company.changed"
        case companyPowersRecorded = "company.powers_recorded"
        case companySigned = "company.signed"
        case companyRated = "company.rated"
        case companyVerified = "company.verified"
        case companyFrozen = "company.frozen"
        case companyCured = "company.cured"
        case companyClosingApproved = "company.closing_approved"
        case companyClosing = "company.closing"
        case companyClosed = "company.closed"
        case companyAbandoned = "company.abandoned"
        case companyErased = "company.erased"
        case companyEstablishmentAdded = "company.establishment_added"
        case companyEstablishmentClosed = "company.establishment_closed"
        case invitationCreated = "invitation.created"
        case invitationApproved = "invitation.approved"
        case invitationSent = "invitation.sent"
        case invitationOpened = "invitation.opened"
        case invitationAccepted = "invitation.accepted"
        case invitationDeclined = "invitation.declined"
        case invitationWithdrawn = "invitation.withdrawn"
        case invitationExpired = "invitation.expired"
        case membershipCreated = "membership.created"
        case membershipRolesChanged = "membership.roles_changed"
        case membershipSuspended = "membership.suspended"
        case membershipResumed = "membership.resumed"
        case membershipEnded = "membership.ended"
        case membershipRemovalApproved = "membership.removal_approved"
        case mandateProposed = "mandate.proposed"
        case mandateCosigned = "mandate.cosigned"
        /// Active for the first time, or again.
        case mandateActivated = "mandate.activated"
        case mandateSuspended = "mandate.suspended"
        case mandateRevoked = "mandate.revoked"
        case mandateExpired = "mandate.expired"
        case mandateSuperseded = "mandate.superseded"
        /// Somebody acted for a company.
        case mandateUsed = "mandate.used"
        /// An administrator looked at a mandate.
        case mandateSeen = "mandate.seen"
        case auditVerified = "audit.verified"
        /// Events that were over went from the beginning of the chain; the object says up to which.
        case auditSealed = "audit.sealed"
    }

    /// Who did it.
    public enum Actor: Sendable, Equatable {
        /// The person whom the event concerns, with phone or browser.
        case person
        /// A portal, with its own credentials.
        case portal
        /// Somebody at the provider's local administration socket: the desk, or the machine's operator.
        case clerk
        /// An administrator who logged in.
        case administrator(AccountIdentifier)
        /// The provider by itself.
        case system

        /// True for somebody at the provider's own end, at the local socket or over the network.
        public var isOffice: Bool {
            switch self {
            case .clerk, .administrator: true
            case .person, .portal, .system: false
            }
        }

        /// The stored word.
        public var word: String {
            switch self {
            case .person: "person"
            case .portal: "portal"
            case .clerk: "clerk"
            case .administrator: "administrator"
            case .system: "system"
            }
        }
    }

    /// How it went.
    public enum Outcome: String, Sendable, CaseIterable {
        case success, refusal
    }

    public var kind: Kind
    public var time: Timestamp
    /// Whose chain it goes into; nil for the region's.
    public var tenant: TenantIdentifier?
    /// The identifier of what changed: a device, a client, a key. Never a name or a value of a person.
    public var object: String?
    public var transaction: TransactionIdentifier?
    public var actor: Actor?
    /// Whom it concerns. Stored as a pseudonym (`AuditPseudonym`), never as the identifier.
    public var person: AccountIdentifier?
    /// For which company somebody acted, or what company changed.
    public var company: CompanyIdentifier?
    public var outcome: Outcome

    /// - Parameter outcome: what the kind itself says, unless it is given.
    public init(
        _ kind: Kind, time: Timestamp, tenant: TenantIdentifier? = nil, object: String? = nil,
        transaction: TransactionIdentifier? = nil, actor: Actor? = nil, person: AccountIdentifier? = nil,
        company: CompanyIdentifier? = nil, outcome: Outcome? = nil
    ) {
        self.kind = kind
        self.time = time
        self.tenant = tenant
        self.object = object
        self.transaction = transaction
        self.actor = actor
        self.person = person
        self.company = company
        self.outcome = outcome ?? kind.usualOutcome
    }
}

extension SecurityEvent.Kind {
    /// Whether an event of this kind tells of something done or of something refused.
    public var usualOutcome: SecurityEvent.Outcome {
        switch self {
        case .loginDenied, .loginReported, .loginFailed, .replayRejected, .administrationRefused, .proofingFailed:
            .refusal
        default: .success
        }
    }
}
