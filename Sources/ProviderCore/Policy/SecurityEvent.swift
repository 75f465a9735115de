public import OpenIDMessages

/// An audit event: what happened, never with which values. Written in the transaction of what it records.
public struct SecurityEvent: Sendable, Equatable {
    public enum Kind: String, Sendable, CaseIterable {
        case accountRegistered = "account.registered"
        case ticketIssued = "proofing.passed"
        case deviceActivated = "device.activated"
        case deviceSuspended = "device.suspended"
        case deviceLocked = "device.locked"
        case deviceRenamed = "device.renamed"
        case actConfirmed = "auth.confirmed"
        case loginApproved = "auth.approved"
        case loginDenied = "auth.denied"
        case loginReported = "auth.reported"
        case loginFailed = "auth.failed"
        case replayRejected = "auth.replay_rejected"
        case tokenIssued = "token.issued"
        case tokenRefreshed = "token.refreshed"
        case tokenExchanged = "token.exchanged"
        case tokenRevoked = "token.revoked"
        case sessionReused = "session.reused"
        case sessionEnded = "session.ended"
        case clientTokenIssued = "client.token_issued"
        case clientRegistered = "client.registered"
        case clientChanged = "client.changed"
        case clientRemoved = "client.removed"
        case keyRotated = "key.rotated"
        case regionApplied = "region.applied"
        case tenantChanged = "tenant.changed"
        case tenantArchived = "tenant.archived"
        case templatePublished = "template.published"
        case templateProposed = "template.proposed"
        case templateApproved = "template.approved"
        case templateAdopted = "template.adopted"
        case templateUpdateAvailable = "template.update_available"
        case templateUpgraded = "template.upgraded"
        case templateDeclined = "template.declined"
        case templateWithdrawn = "template.withdrawn"
        case companyCreated = "company.created"
        case companySubmitted = "company.submitted"
        case companyEvidenceRecorded = "company.evidence_recorded"
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
    }

    public var kind: Kind
    public var time: Timestamp
    public var tenant: TenantIdentifier?
    /// The identifier of what changed: a device, a client, a key.
    public var object: String?
    public var transaction: TransactionIdentifier?

    public init(
        _ kind: Kind, time: Timestamp, tenant: TenantIdentifier? = nil, object: String? = nil,
        transaction: TransactionIdentifier? = nil
    ) {
        self.kind = kind
        self.time = time
        self.tenant = tenant
        self.object = object
        self.transaction = transaction
    }
}
