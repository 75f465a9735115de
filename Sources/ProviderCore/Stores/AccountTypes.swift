public import AccountDirectory
public import IdentityCrypto
public import OpenIDMessages

/// An account that is written for the first time, with a ticket for its first device.
public struct NewAccount: Sendable {
    public var account: AccountRecord
    public var ticket: TicketRecord
    public var createdAt: Timestamp
    /// A keyed hash of `PersonRecord.likeness`; nil without a birth date.
    public var likeness: SecretDigest?
    public var link: IdentityLink?
    /// The digest of the paper code that locks the account.
    public var blockDigest: SecretDigest?
    /// What proves the person's data; nil for a counter, of which nothing more was said.
    public var evidence: Evidence?
    /// A clerk was shown who looks alike, and says that it is somebody else (I1).
    public var isOtherPerson: Bool

    public init(
        _ account: AccountRecord, ticket: TicketRecord, createdAt: Timestamp, likeness: SecretDigest? = nil,
        link: IdentityLink? = nil, blockDigest: SecretDigest? = nil, evidence: Evidence? = nil,
        isOtherPerson: Bool = false
    ) {
        self.account = account
        self.ticket = ticket
        self.createdAt = createdAt
        self.likeness = likeness
        self.link = link
        self.blockDigest = blockDigest
        self.evidence = evidence
        self.isOtherPerson = isOtherPerson
    }
}

/// How a registration ended.
public enum RegistrationOutcome: Sendable, Equatable {
    case registered
    /// Somebody with an account looks alike, and no clerk has said that it is another person (I1).
    case similar
    /// An open account has this upstream identity (I1).
    case linkKnown(AccountIdentifier)
}

/// Ties an account to an identity elsewhere. The pseudonym there is kept as a keyed hash only.
public struct IdentityLink: Sendable, Equatable {
    /// Where the identity is known.
    public enum Upstream: String, Sendable, Hashable, CaseIterable {
        case bundid, muk, eid, eidas, counter
    }

    public var upstream: Upstream
    public var digest: SecretDigest
    public var level: AssuranceLevel

    public init(upstream: Upstream, digest: SecretDigest, level: AssuranceLevel) {
        self.upstream = upstream
        self.digest = digest
        self.level = level
    }
}

/// An account with everything that decides about its life.
public struct AccountProfile: Sendable, Equatable {
    public var identifier: AccountIdentifier
    public var person: PersonRecord
    public var level: AssuranceLevel
    public var state: AccountState
    /// Why it was locked: every reason since it was active, while it is locked and while it is closing.
    public var locks: Set<LockReason>
    public var createdAt: Timestamp
    /// While it is closing.
    public var eraseAt: Timestamp?

    public init(
        identifier: AccountIdentifier, person: PersonRecord, level: AssuranceLevel, state: AccountState,
        locks: Set<LockReason>, createdAt: Timestamp, eraseAt: Timestamp?
    ) {
        self.identifier = identifier
        self.person = person
        self.level = level
        self.state = state
        self.locks = locks
        self.createdAt = createdAt
        self.eraseAt = eraseAt
    }

    /// The gravest of the reasons while it is locked.
    public var lockReason: LockReason? { state == .locked ? locks.max() : nil }
}

/// How a change of an account ended. Ordinary refusals are values, faults are thrown.
public enum AccountChange: Sendable, Equatable {
    case changed
    /// The account becomes active when the ticket's device is enrolled: none is active now (I2).
    case awaitsDevice
    /// There is no such account.
    case unknown
    /// The account is in another state than the change needs, or than the caller saw.
    case notPossible(AccountState)
    /// The change is about a device of the account too, and this came of it: never `changed`.
    case deviceRefused(DeviceChange)
}

/// How a change of a device ended.
public enum DeviceChange: Sendable, Equatable {
    case changed
    /// The account has no such device.
    case unknown
    case notPossible(DeviceState)
}

/// Something the person was told.
public struct NoticeRecord: Sendable, Equatable {
    public var identifier: NoticeIdentifier
    public var kind: NoticeKind
    /// The name of the device that is meant, as the person called it, or which company, mandate, request or role it is about.
    public var detail: String?
    /// What the company is called now that the notice, or the mandate in it, is about; nil when there is none, or when nobody
    /// has verified it.
    public var companyName: String?
    public var time: Timestamp
    public var readAt: Timestamp?

    public init(
        identifier: NoticeIdentifier, kind: NoticeKind, detail: String?, companyName: String?, time: Timestamp,
        readAt: Timestamp?
    ) {
        self.identifier = identifier
        self.kind = kind
        self.detail = detail
        self.companyName = companyName
        self.time = time
        self.readAt = readAt
    }
}

/// A clerk's question whether the person at the desk is one who has an account (I1).
public struct DuplicateCase: Sendable, Equatable {
    public enum State: String, Sendable, Hashable, CaseIterable {
        case open
        /// They are the same person: the account that there is was used.
        case samePerson = "same_person"
        /// They are two people.
        case otherPerson = "other_person"
    }

    public var identifier: DuplicateCaseIdentifier
    public var tenant: TenantIdentifier
    public var state: State
    public var openedAt: Timestamp

    public init(identifier: DuplicateCaseIdentifier, tenant: TenantIdentifier, state: State, openedAt: Timestamp) {
        self.identifier = identifier
        self.tenant = tenant
        self.state = state
        self.openedAt = openedAt
    }
}

/// Which portals know an account, and by which pseudonyms.
public struct AccountRelations: Sendable, Equatable {
    /// A portal, and for which town it knows the account; nil where that is not known any more.
    public struct Portal: Sendable, Equatable {
        public var client: ClientIdentifier
        public var tenant: TenantIdentifier?

        public init(client: ClientIdentifier, tenant: TenantIdentifier?) {
            self.client = client
            self.tenant = tenant
        }
    }

    public struct Subject: Sendable, Equatable {
        /// `SubjectSector.name`.
        public var sector: String
        public var subject: SubjectIdentifier

        public init(sector: String, subject: SubjectIdentifier) {
            self.sector = sector
            self.subject = subject
        }
    }

    public var portals: [Portal]
    public var subjects: [Subject]

    public init(portals: [Portal], subjects: [Subject]) {
        self.portals = portals
        self.subjects = subjects
    }
}

/// A portal that has to hear that somebody's account is gone, by the name that the portal knows.
public struct PurgeNotice: Sendable, Equatable {
    public var client: ClientIdentifier
    public var subject: SubjectIdentifier

    public init(client: ClientIdentifier, subject: SubjectIdentifier) {
        self.client = client
        self.subject = subject
    }
}

/// Rows of one kind about a person, as the person gets them.
public struct PersonalSection: Sendable, Equatable {
    public var name: String
    public var rows: [JSONObject]

    public init(name: String, rows: [JSONObject]) {
        self.name = name
        self.rows = rows
    }
}
