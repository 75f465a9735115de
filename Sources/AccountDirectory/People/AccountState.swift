/// Where a citizen's account stands in its life.
public enum AccountState: String, StateMachine {
    /// Registered; no device yet. After a day without one nothing of it is kept.
    case pending
    /// Can log in: it has at least one active device (I2).
    case active
    /// Cannot log in, and nothing of it is lost.
    case locked
    /// Cannot log in, and is erased when the time for second thoughts is over.
    case closing
    /// Erased: an identifier and a date are left.
    case closed

    /// What can happen to an account.
    public enum Event: String, CaseIterable, Hashable, Sendable {
        /// Its first device was enrolled.
        case firstDevice
        /// Blocked by its person, an office or a rule, or its last device is gone. While it is closing only by an authority's
        /// order (`AccountRules.mayLock`).
        case lock
        /// The person was identified again at the account's level or above, and a device is active.
        case reactivate
        case requestClose
        /// As `reactivate`, while the time for second thoughts lasts.
        case cancelClose
        /// That time is over.
        case erase
    }

    /// True while a desk may give the person a ticket for a device; else the account is given back first.
    public var takesTickets: Bool { self == .pending || self == .active }

    public static let initial = AccountState.pending
    public static let table: [Transition<AccountState>] = [
        Transition(.pending, .firstDevice, .active),
        Transition(.active, .lock, .locked),
        // For one more reason.
        Transition(.locked, .lock, .locked),
        Transition(.locked, .reactivate, .active),
        Transition(.active, .requestClose, .closing),
        Transition(.locked, .requestClose, .closing),
        // What an authority ordered to be kept is not erased.
        Transition(.closing, .lock, .locked),
        Transition(.closing, .cancelClose, .active),
        Transition(.closing, .erase, .closed),
    ]
}

/// Why an account is locked, the lightest reason first. There may be several: each counts until the account is given back.
public enum LockReason: String, Sendable, Hashable, CaseIterable, Comparable {
    /// No device is active: lost, revoked, expired or locked by wrong PINs.
    case noAuthenticator = "no_authenticator"
    /// The person blocked it.
    case own = "self"
    /// A verified attribute turned out to be wrong.
    case attributeInvalid = "attribute_invalid"
    /// Misuse is suspected: what was bound before counts no more.
    case fraud
    /// A court or another authority ordered it.
    case authority
    case deceased

    public static func < (left: Self, right: Self) -> Bool { left.rank < right.rank }

    private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }

    /// Reasons that a clerk at a desk may give.
    public static let ofDesk: [LockReason] = [.own, .attributeInvalid, .fraud, .authority, .deceased]
}
