public import OpenIDMessages

/// For what an administrator answers.
public enum AdministrationScope: Sendable, Hashable {
    case region
    case tenant(TenantIdentifier)
    /// The operator's work for one tenant; void once the tenant has another operator, and outside of the days on which this
    /// one works for it.
    case operated(by: OperatorIdentifier, for: TenantIdentifier)

    public var reach: AdministrationRole.Reach {
        switch self {
        case .region: .region
        case .tenant: .tenant
        case .operated: .operated
        }
    }

    /// Nil for the region.
    public var tenant: TenantIdentifier? {
        switch self {
        case .region: nil
        case .tenant(let tenant), .operated(_, let tenant): tenant
        }
    }

    public var operatorIdentifier: OperatorIdentifier? {
        if case .operated(let identifier, _) = self { identifier } else { nil }
    }

    /// True when everything inside `other` is inside this scope, too.
    public func contains(_ other: AdministrationScope) -> Bool {
        switch self {
        case .region: true
        case .tenant(let tenant): other.tenant == tenant
        case .operated: other == self
        }
    }
}

/// A dated, scoped right of one person to administer (domain.md row 29).
public struct AdminAssignment: Sendable, Equatable {
    public var identifier: AssignmentIdentifier
    public var account: AccountIdentifier
    /// The person's name in administration: the pairwise subject at the client `citizen-id-admin`.
    public var subject: SubjectIdentifier
    public var role: AdministrationRole
    public var scope: AdministrationScope
    public var validFrom: Timestamp
    public var validUntil: Timestamp
    /// The assignment by whose right this one was granted; nil for the first administrator.
    public var grantedBy: AssignmentIdentifier?
    public var grantedAt: Timestamp
    public var revokedAt: Timestamp?

    public init(
        identifier: AssignmentIdentifier, account: AccountIdentifier, subject: SubjectIdentifier,
        role: AdministrationRole, scope: AdministrationScope, validFrom: Timestamp, validUntil: Timestamp,
        grantedBy: AssignmentIdentifier?, grantedAt: Timestamp, revokedAt: Timestamp? = nil
    ) {
        self.identifier = identifier
        self.account = account
        self.subject = subject
        self.role = role
        self.scope = scope
        self.validFrom = validFrom
        self.validUntil = validUntil
        self.grantedBy = grantedBy
        self.grantedAt = grantedAt
        self.revokedAt = revokedAt
    }

    /// Dated: counts from `validFrom` until just before `validUntil`, unless it was revoked.
    public func counts(at now: Timestamp) -> Bool { validFrom <= now && now < validUntil && revokedAt == nil }
}
