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
        case bootstrapTicketIssued = "admin.ticket_issued"
        case administratorLogin = "admin.login"
        case administratorGranted = "admin.granted"
        case administratorRevoked = "admin.revoked"
        case crossTenantProbe = "admin.cross_tenant_probe"
        /// An administrator looked at what the tenant knows of a person.
        case subjectSeen = "admin.subject_seen"
        case emergencyRequested = "admin.break_glass_requested"
        case emergencyApproved = "admin.break_glass"
        case emergencyRefused = "admin.break_glass_refused"
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
