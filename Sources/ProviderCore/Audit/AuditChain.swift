public import AccountDirectory
public import OpenIDMessages

/// One chain of audit events: each tenant has its own, and the region has one for what belongs to no tenant.
public enum AuditChain: RawRepresentable, Sendable, Hashable, Comparable, CustomStringConvertible {
    case region
    case tenant(TenantIdentifier)

    /// No tenant's identifier has this spelling.
    private static let regionName = "(region)"

    public init(_ tenant: TenantIdentifier?) { self = tenant.map { .tenant($0) } ?? .region }

    /// Nil when the text names no chain.
    public init?(rawValue: String) {
        guard rawValue != Self.regionName else {
            self = .region
            return
        }
        guard let tenant = TenantIdentifier(rawValue: rawValue) else { return nil }
        self = .tenant(tenant)
    }

    /// The chain's name in rows, exports and hashes.
    public var rawValue: String {
        switch self {
        case .region: Self.regionName
        case .tenant(let tenant): tenant.rawValue
        }
    }

    public var tenant: TenantIdentifier? {
        switch self {
        case .region: nil
        case .tenant(let tenant): tenant
        }
    }

    public var description: String { rawValue }

    public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// The proof that somebody may read a chain's events: an administrator those of their tenant, the machine's operator all.
public struct AuditReach: Sendable {
    public let chain: AuditChain

    public init(_ scope: TenantScope) { chain = .tenant(scope.tenant.identifier) }

    public init(_ chain: AuditChain, for caller: LocalOperator) { self.chain = chain }
}

/// Where a chain ends: kept apart from the events, so that it is seen when the last ones are gone.
public struct AuditHead: Sendable, Equatable {
    public var chain: AuditChain
    /// The number of the last event; the first has 1. Nil when the head itself is gone.
    public var number: Int64?
    /// That event's hash.
    public var hash: [UInt8]?
    /// The greatest number that an event of the chain has now; nil when there is none.
    public var lastNumber: Int64?
    /// Where the chain begins, when its oldest events have gone.
    public var anchor: AuditAnchor?

    public init(
        chain: AuditChain, number: Int64?, hash: [UInt8]?, lastNumber: Int64?, anchor: AuditAnchor? = nil
    ) {
        self.chain = chain
        self.number = number
        self.hash = hash
        self.lastNumber = lastNumber
        self.anchor = anchor
    }
}
