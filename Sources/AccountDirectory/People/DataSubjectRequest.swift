public import OpenIDMessages

/// What a person may ask for about their data (GDPR Art. 15 to 18 and 21).
public enum DataSubjectRequestKind: String, Sendable, Hashable, CaseIterable {
    case access, export, rectify, erase, restrict
    /// That data are processed at all, on grounds of the person's own situation (GDPR Art. 21(1)). The grounds are heard at
    /// the desk and kept nowhere.
    case object

    /// True for what people at a desk decide. An export is made at once; and to erase the account is to close it, so that
    /// only a town can be asked to erase what it has.
    public func isDecided(atTenant: Bool) -> Bool {
        switch self {
        case .access, .rectify, .restrict, .object: true
        case .erase: atTenant
        case .export: false
        }
    }
}

/// Where such a request stands.
public enum DataSubjectRequestState: String, StateMachine {
    case received
    case identityChecked = "identity_checked"
    case running, done, refused

    public enum Event: String, CaseIterable, Hashable, Sendable { case checkIdentity, start, finish, refuse }

    public static let initial = DataSubjectRequestState.received
    public static let table: [Transition<DataSubjectRequestState>] = [
        Transition(.received, .checkIdentity, .identityChecked),
        Transition(.identityChecked, .start, .running),
        Transition(.running, .finish, .done),
        Transition(.received, .refuse, .refused),
        Transition(.identityChecked, .refuse, .refused),
        Transition(.running, .refuse, .refused),
    ]

    public var isOver: Bool { self == .done || self == .refused }
}

/// Why a request is refused.
public enum DataSubjectRefusal: String, Sendable, Hashable, CaseIterable {
    case identityNotProved = "identity_not_proved"
    /// Manifestly unfounded or excessive (GDPR Art. 12(5)).
    case excessive
    /// A law demands that the data be kept (GDPR Art. 17(3)).
    case keptByLaw = "kept_by_law"
    /// The data are right, or no ground of GDPR Art. 18(1) is there.
    case notJustified = "not_justified"
    /// Compelling grounds that override the person's, or a claim at law (GDPR Art. 21(1)).
    case overridingGrounds = "overriding_grounds"
    case withdrawn

    /// Those that a desk can give; a person withdraws alone.
    public static let ofDesks = allCases.filter { $0 != .withdrawn }
}

/// What a desk decides about a request.
public enum DataSubjectDecision: Sendable, Equatable {
    /// It was done what the person wanted.
    case done
    case refused(DataSubjectRefusal)

    /// The words of a decision; nil for others. A refusal has a reason, and what was done has none.
    public init?(decision: String, reason: DataSubjectRefusal?) {
        switch (decision, reason) {
        case ("done", nil): self = .done
        case ("refused", let reason?) where DataSubjectRefusal.ofDesks.contains(reason): self = .refused(reason)
        default: return nil
        }
    }

    public var event: DataSubjectRequestState.Event { self == .done ? .finish : .refuse }
    public var refusal: DataSubjectRefusal? { if case .refused(let reason) = self { reason } else { nil } }
}

/// A request of a person, with its deadline.
public struct DataSubjectRequest: Sendable, Equatable {
    public var identifier: DataSubjectRequestIdentifier
    public var account: AccountIdentifier
    public var kind: DataSubjectRequestKind
    /// The town that is asked about what it has; nil for the region, which keeps the account.
    public var tenant: TenantIdentifier?
    /// Names of the claims that it is about, never their values; empty for all.
    public var claims: [String]
    public var state: DataSubjectRequestState
    public var refusal: DataSubjectRefusal?
    public var receivedAt: Timestamp
    /// One month later (GDPR Art. 12(3)).
    public var dueAt: Timestamp
    public var endedAt: Timestamp?

    public init(
        identifier: DataSubjectRequestIdentifier, account: AccountIdentifier, kind: DataSubjectRequestKind,
        tenant: TenantIdentifier? = nil, claims: [String] = [], state: DataSubjectRequestState,
        refusal: DataSubjectRefusal? = nil, receivedAt: Timestamp, dueAt: Timestamp,
        endedAt: Timestamp? = nil
    ) {
        self.identifier = identifier
        self.account = account
        self.kind = kind
        self.tenant = tenant
        self.claims = claims
        self.state = state
        self.refusal = refusal
        self.receivedAt = receivedAt
        self.dueAt = dueAt
        self.endedAt = endedAt
    }

    /// True when people at a desk decide it.
    public var isDecidedAtDesk: Bool { kind.isDecided(atTenant: tenant != nil) }

    /// True when it was not answered in time.
    public func isOverdue(at time: Timestamp) -> Bool { !state.isOver && dueAt < time }

    /// The end of the month that begins with the request: the last second (UTC) of the same day of the next month, or of
    /// that month's last day (Regulation 1182/71 Art. 3(2)(c)).
    public static func deadline(for receivedAt: Timestamp) -> Timestamp {
        let day = CalendarDate(receivedAt)
        let (year, month) = day.month == 12 ? (day.year + 1, 1) : (day.year, day.month + 1)
        let days = (1...day.day).reversed().lazy.compactMap { CalendarDate(year: year, month: month, day: $0) }
        return (days.first ?? day).end - 1
    }
}

extension CalendarDate {
    /// Nil unless the day exists.
    fileprivate init?(year: Int, month: Int, day: Int) {
        func padded(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        self.init(rawValue: "\(year)-\(padded(month))-\(padded(day))")
    }
}
