public import AccountDirectory
public import OpenIDMessages

/// A person who was identified at a town's desk.
public struct DeskVisit: Sendable {
    let scope: TenantScope
    /// The level to which the identity was proved now.
    public var level: AssuranceLevel
    public var person: PersonRecord
    public var link: PresentedLink?
    /// How it was proved, as far as the clerk said it.
    public var evidence: DeskEvidence?
    /// Who serves the person.
    let author: Author

    /// - Parameter administrator: who serves the person; nil for somebody at the local socket.
    public init(
        in scope: TenantScope, level: AssuranceLevel, person: PersonRecord, link: PresentedLink? = nil,
        evidence: DeskEvidence? = nil, by administrator: Administrator? = nil
    ) {
        self.scope = scope
        self.level = level
        self.person = person
        self.link = link
        self.evidence = evidence
        author = Author(
            administrator.map { .administrator($0.account) } ?? .clerk, at: scope.tenant.identifier,
            in: administrator?.transaction)
    }

    var tenant: TenantIdentifier { scope.tenant.identifier }

    /// Nobody serves themself at a desk: what is said there of a person another one has seen (checklist R2). Nothing is known
    /// of who sits at the local socket.
    func checkServes(_ account: AccountIdentifier) throws(DeskRefusal) {
        guard author.actor != .administrator(account) else { throw .ownAccount }
    }

    /// What happens in this visit.
    func event(
        _ kind: SecurityEvent.Kind, object: String? = nil, person: AccountIdentifier? = nil, now: Timestamp
    ) -> SecurityEvent {
        author.event(kind, object: object, person: person, time: now)
    }
}

/// What the clerk says about people who look alike (I1).
public enum DuplicateDecision: Sendable, Equatable {
    case samePerson(AccountIdentifier)
    /// The person at the desk is none of those who were shown.
    case otherPerson
}

/// An account as a clerk sees it who has its person in front of them.
public struct DeskCandidate: Sendable, Equatable {
    public let account: AccountIdentifier
    public let maskedName: String
    public let state: AccountState
    public let lockReason: LockReason?
    public let level: AssuranceLevel
    public let createdAt: Timestamp
    /// Shown so that the clerk can ask, e.g. `Gelsenkirchen`.
    public let locality: String?

    init(_ profile: AccountProfile) {
        account = profile.identifier
        maskedName = profile.person.maskedName
        state = profile.state
        lockReason = profile.lockReason
        level = profile.level
        createdAt = profile.createdAt
        locality = profile.person.address?.locality
    }
}

/// What came of a wish for a ticket.
public enum DeskTicket: Sendable {
    /// - blockCode: 18 digits that lock the account; for a new account, shown once.
    case issued(IssuedTicket, account: AccountIdentifier, blockCode: String?)
    /// The clerk has to decide first.
    case similar([DeskCandidate], case: DuplicateCaseIdentifier?)
}

/// What a visit with new evidence changed.
public struct DeskRename: Sendable, Equatable {
    public var change: AttributeChange
    /// The question whether the person is somebody else with an account as well.
    public var `case`: DuplicateCaseIdentifier?
}

/// What came of a reactivation.
public enum DeskReactivation: Sendable {
    case active
    /// No device is active: the account becomes active with the one that this ticket enrols.
    case awaitsDevice(IssuedTicket)
}

/// Why a desk's wish is not done.
public enum DeskRefusal: Error, Sendable, Equatable {
    case unknownAccount, unknownDevice
    /// The account is the clerk's own.
    case ownAccount
    /// The person at the desk is not shown to be the account's.
    case otherPerson
    case levelTooLow(needed: AssuranceLevel)
    /// Nothing was shown that could be decided.
    case nothingToDecide
    /// Another open account has this upstream identity (I1).
    case linkKnown(AccountIdentifier)
    case orderedByAuthority, deceased, tooLate, nothingToLift
    /// Locked or closing: it has to be reactivated.
    case notOpen(AccountState)
    /// The account or device is in a state in which this cannot happen.
    case notPossible(state: String)
    /// Nothing that evidence proves is different.
    case nothingChanged
    /// The document that was shown was over: its last day.
    case documentExpired(CalendarDate)

    /// A stable code and a plain sentence with what to do.
    public var text: (code: String, sentence: String) {
        switch self {
        case .unknownAccount: ("unknown_account", "There is no such account.")
        case .unknownDevice: ("unknown_device", "The account has no such device.")
        case .ownAccount: ("own_account", "Nobody serves themself at the desk. Another clerk does this.")
        case .otherPerson:
            (
                "other_person",
                "The person's data do not fit the account. A new name comes in with citizen-id desk rename; the birth date and "
                    + "one of the names stay."
            )
        case .levelTooLow(let needed):
            ("level_too_low", "The account needs an identification at the level \(needed.name) or above.")
        case .nothingToDecide:
            ("nothing_to_decide", "Nobody was shown who looks like this person. Leave the decision out.")
        case .linkKnown(let account):
            ("link_known", "This identity belongs to the account \(account). Say --same-person \(account).")
        case .orderedByAuthority:
            ("ordered_by_authority", "An authority ordered the lock; only with its word (--order-lifted) it is lifted.")
        case .deceased:
            ("deceased", "Papers say that the person died. Only who stands at the desk gets it back (--alive).")
        case .tooLate: ("too_late", "The time for second thoughts is over. A new account can be registered.")
        case .nothingToLift: ("nothing_to_lift", "The account is neither locked nor closing.")
        case .notOpen(let state):
            ("account_not_open", "The account is \(state.rawValue). Use citizen-id desk reactivate.")
        case .notPossible(let state): ("not_possible", "In the state \(state) this cannot happen.")
        case .documentExpired(let day):
            (
                "document_expired",
                "The last day of the document was \(day.rawValue): it proves nobody's identity any more. "
                    + "Nothing was recorded. Ask for a document that is valid, or for the eID of the card."
            )
        case .nothingChanged: ("nothing_changed", "Nothing that was proved is different from what is known.")
        }
    }
}
