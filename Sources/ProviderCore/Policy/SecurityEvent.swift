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
        case attributeVerified = "attribute.verified"
        case attributeStale = "attribute.stale"
        case releaseGranted = "release.granted"
        case releaseWithdrawn = "release.withdrawn"
        case contextChosen = "context.chosen"
        case sessionReused = "session.reused"
        case sessionEnded = "session.ended"
        case clientTokenIssued = "client.token_issued"
        case clientRegistered = "client.registered"
        case clientChanged = "client.changed"
        case clientRemoved = "client.removed"
        case keyRotated = "key.rotated"
        case regionApplied = "region.applied"
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
