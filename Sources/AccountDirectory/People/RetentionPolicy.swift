/// How long things are kept, in seconds (docs/domain.md, "An account's life").
public struct RetentionPolicy: Sendable, Equatable {
    /// A registered account without a device.
    public var pendingAccount: Int64 = 24 * 3600
    /// A device that waits for another one's approval.
    public var pendingDevice: Int64 = 24 * 3600
    /// For so long other devices may object to one that was enrolled at a desk.
    public var objection: Int64 = 24 * 3600
    /// The time for second thoughts about closing an account.
    public var closing: Int64 = 14 * day
    /// Without a login for so long, the person is told; after `afterNotice` more the account begins to close.
    public var unused: Int64 = 730 * day
    public var afterNotice: Int64 = 60 * day
    /// A device's keys.
    public var deviceAge: Int64 = 3 * 365 * day
    /// What says what was released to whom (no values), after it was withdrawn or another one took its place.
    public var releases: Int64 = 3 * 365 * day
    /// What the person was told.
    public var notices: Int64 = 365 * day
    /// A request of the person and how it ended.
    public var requests: Int64 = 3 * 365 * day
    /// For so long at most the file may hold copies of rows that were erased (it is written anew then).
    public var traces: Int64 = 24 * 3600
    /// What happened, without values: a year, so that it is gone by the end of the next calendar year.
    public var audit: Int64 = 365 * day
    /// Events that are over go together, so much later at most.
    public var auditCuts: Int64 = day
    /// An open question whether two people are one, and its answer.
    public var duplicateCase: Int64 = 30 * day
    /// Who had which right in administration, emergencies and what was told of them, after their end.
    public var administration: Int64 = 3 * 365 * day
    /// Whom an extract named whose place another one took: a keyed hash, and who had signed.
    public var supersededPowers: Int64 = 365 * day
    /// A company's account that was never verified, after it was given up.
    public var abandonedCompany: Int64 = 365 * day
    /// Ended memberships and mandates, and closed companies with what proved them.
    public var companyPast: Int64 = 10 * 365 * day

    public init() {}
}

private let day: Int64 = 86_400
