public import OpenIDMessages

/// An IT provider that runs things for tenants on instruction (GDPR Art. 28).
public struct Operator: Sendable, Equatable {
    public var identifier: OperatorIdentifier
    public var name: String
    /// The customary abbreviation.
    public var shortName: String
    /// How the operator and its data protection officer are reached (GDPR Art. 30 (2) (a)).
    public var contact: Contact
    /// The reference of the contract, or of the other legal act, that binds the operator to all its tenants (GDPR Art. 28
    /// (3)); nil where each tenant has one of its own. A reference, never the text.
    public var contract: String?

    public init(
        identifier: OperatorIdentifier, name: String, shortName: String, contact: Contact = Contact(),
        contract: String? = nil
    ) {
        self.identifier = identifier
        self.name = name
        self.shortName = shortName
        self.contact = contact
        self.contract = contract
    }
}

/// An operator's work for one tenant: who, for what, by which contract and on which days.
///
/// Outside of these days the operator's staff have no business at the tenant (invariant I26). A tenant has one operator at a
/// time; its predecessor's staff lose their roles with the file that names the successor.
public struct OperatorAssignment: Sendable, Equatable {
    /// The `identifier` of the operator.
    public var operatorIdentifier: OperatorIdentifier
    /// What the operator does for the tenant, in its own words.
    public var purpose: String?
    /// The reference of the tenant's own contract; nil where the operator's counts.
    public var contract: String?
    /// The first day; nil for one that lies before all that we know.
    public var from: CalendarDate?
    /// The last day; nil for an assignment without end.
    public var until: CalendarDate?

    public init(
        _ operatorIdentifier: OperatorIdentifier, purpose: String? = nil, contract: String? = nil,
        from: CalendarDate? = nil, until: CalendarDate? = nil
    ) {
        self.operatorIdentifier = operatorIdentifier
        self.purpose = purpose
        self.contract = contract
        self.from = from
        self.until = until
    }

    /// True from the beginning of the first day to the end of the last, as days are in Germany.
    public func isInForce(at now: Timestamp) -> Bool {
        let today = CalendarDate(inGermanyAt: now)
        return (from.map { $0 <= today } ?? true) && (until.map { today <= $0 } ?? true)
    }

    /// True when the assignment is in force from `start` until just before `end`.
    func isInForce(from start: Timestamp, until end: Timestamp) -> Bool {
        isInForce(at: start) && isInForce(at: end - 1)
    }
}

extension Region {
    /// The operator that works for the tenant on that day; nil outside of the days of its assignment.
    public func processor(of tenant: Tenant, at now: Timestamp) -> Operator? {
        guard tenant.operatorAssignment.isInForce(at: now) else { return nil }
        return operators.first { $0.identifier == tenant.operatorIdentifier }
    }
}
