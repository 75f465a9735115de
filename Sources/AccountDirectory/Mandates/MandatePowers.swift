public import OpenIDMessages

/// Everything of a kind, or only some of it.
public enum Reach<Value: Hashable & Sendable>: Sendable, Hashable {
    case all
    case only(Set<Value>)

    public func contains(_ value: Value) -> Bool {
        switch self {
        case .all: true
        case .only(let values): values.contains(value)
        }
    }

    public func isWithin(_ other: Reach) -> Bool {
        switch (self, other) {
        case (_, .all): true
        case (.all, .only): false
        case (.only(let inner), .only(let outer)): inner.isSubset(of: outer)
        }
    }
}

extension Reach where Value: WireValue {
    /// `["*"]`, or the values in their order.
    public var words: [String] {
        switch self {
        case .all: ["*"]
        case .only(let values): values.sorted().map(\.rawValue)
        }
    }

    /// Reads `words`; nil when it is empty, has a malformed or repeated value, or a `*` among others.
    public init?(words: [String]) {
        if words == ["*"] {
            self = .all
            return
        }
        let values = words.compactMap(Value.init(rawValue:))
        guard !words.isEmpty, values.count == words.count, Set(values).count == values.count else { return nil }
        self = .only(Set(values))
    }
}

/// From the first to the last day, both included, by the calendar of Germany.
public struct MandateValidity: Sendable, Hashable {
    public var from: CalendarDate
    public var until: CalendarDate

    public init(from: CalendarDate, until: CalendarDate) {
        self.from = from
        self.until = until
    }

    public func contains(_ day: CalendarDate) -> Bool { from <= day && day <= until }
    public func isWithin(_ other: MandateValidity) -> Bool { other.from <= from && until <= other.until }
}

/// What a mandate lets its holder do, in each of its dimensions.
public struct MandatePowers: Sendable, Hashable {
    public var scopes: Set<MandateScope>
    public var tenants: Reach<TenantIdentifier>
    /// The highest amount of a single act; nil for no limit. Limits of several mandates do not add up.
    public var limit: MoneyAmount?
    public var establishments: Reach<EstablishmentIdentifier>
    public var validity: MandateValidity

    public init(
        scopes: Set<MandateScope>, tenants: Reach<TenantIdentifier>, limit: MoneyAmount?,
        establishments: Reach<EstablishmentIdentifier>, validity: MandateValidity
    ) {
        self.scopes = scopes
        self.tenants = tenants
        self.limit = limit
        self.establishments = establishments
        self.validity = validity
    }

    /// A way in which powers can exceed others.
    public enum Dimension: String, Sendable, CaseIterable {
        case scope, tenant, amount, establishment, time
    }

    /// The dimensions in which these powers are wider than `other` (invariant I17); empty when they lie within.
    public func excess(over other: MandatePowers) -> [Dimension] {
        var excess: [Dimension] = []
        if !scopes.isSubset(of: other.scopes) { excess.append(.scope) }
        if !tenants.isWithin(other.tenants) { excess.append(.tenant) }
        if !Self.isLimit(limit, within: other.limit) { excess.append(.amount) }
        if !establishments.isWithin(other.establishments) { excess.append(.establishment) }
        if !validity.isWithin(other.validity) { excess.append(.time) }
        return excess
    }

    private static func isLimit(_ inner: MoneyAmount?, within outer: MoneyAmount?) -> Bool {
        guard let outer else { return true }
        return inner?.isWithin(outer) ?? false
    }
}
