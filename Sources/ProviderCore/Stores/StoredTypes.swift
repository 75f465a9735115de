public import AccountDirectory
public import IdentityCrypto
public import OpenIDMessages

extension Identifier {
    /// A fresh identifier of 128 random bits.
    public static func random() -> Self { .random(bytes: 16) }
}

/// A citizen's account with what logins need of it.
public struct AccountRecord: Sendable, Equatable {
    public var identifier: AccountIdentifier
    @Shared public var person: PersonRecord
    /// The level to which the person's identity was proved.
    public var level: AssuranceLevel
    public var state: AccountState

    public var isActive: Bool { state == .active }

    public init(identifier: AccountIdentifier, person: PersonRecord, level: AssuranceLevel, state: AccountState) {
        self.init(identifier: identifier, person: Shared(wrappedValue: person), level: level, state: state)
    }

    public init(
        identifier: AccountIdentifier, person: Shared<PersonRecord>, level: AssuranceLevel, state: AccountState
    ) {
        self.identifier = identifier
        _person = person
        self.level = level
        self.state = state
    }

    /// An account that is active, or one that has no device yet.
    public init(identifier: AccountIdentifier, person: PersonRecord, level: AssuranceLevel, isActive: Bool) {
        self.init(identifier: identifier, person: person, level: level, state: isActive ? .active : .pending)
    }
}

/// A right to enrol one device, as the provider keeps it.
public struct TicketRecord: Sendable, Equatable {
    public var digest: SecretDigest
    public var account: AccountIdentifier
    /// The tenant whose clerk made it.
    public var tenant: TenantIdentifier
    public var purpose: TicketPurpose
    /// The level of what approved the device: of the identification, or of the device that asked for it. No device
    /// reaches more than that (I12).
    public var level: AssuranceLevel
    public var expiresAt: Timestamp

    public init(
        digest: SecretDigest, account: AccountIdentifier, tenant: TenantIdentifier, purpose: TicketPurpose = .first,
        level: AssuranceLevel = .substantiell, expiresAt: Timestamp
    ) {
        self.digest = digest
        self.account = account
        self.tenant = tenant
        self.purpose = purpose
        self.level = level
        self.expiresAt = expiresAt
    }
}

/// An enrolled device.
public struct DeviceRecordRow: Sendable, Equatable {
    public typealias State = DeviceState

    /// Wrong PINs in a row that lock a device (BSI TR-03107-1).
    public static let pinTries = 3

    public var identifier: DeviceIdentifier
    public var account: AccountIdentifier
    public var keys: DeviceKeys
    public var description: DeviceDescription
    public var ceiling: DeviceCeiling
    public var state: State
    public var counter: Int64
    public var pinTriesLeft: Int
    public var blockDigest: SecretDigest
    public var createdAt: Timestamp
    public var lastUsedAt: Timestamp?
    /// Serial numbers of the certificates of its evidence, the leaf first. Written at the enrolment, not read again.
    public var certificates: [String]
    /// True when the ceiling was above *normal* at the enrolment and fell to that since. The phone may not know it.
    public var wasLowered: Bool

    public init(
        identifier: DeviceIdentifier, account: AccountIdentifier, keys: DeviceKeys, description: DeviceDescription,
        ceiling: DeviceCeiling, state: State, counter: Int64, pinTriesLeft: Int, blockDigest: SecretDigest,
        createdAt: Timestamp, lastUsedAt: Timestamp?, certificates: [String] = [], wasLowered: Bool = false
    ) {
        self.certificates = certificates
        self.wasLowered = wasLowered
        self.identifier = identifier
        self.account = account
        self.keys = keys
        self.description = description
        self.ceiling = ceiling
        self.state = state
        self.counter = counter
        self.pinTriesLeft = pinTriesLeft
        self.blockDigest = blockDigest
        self.createdAt = createdAt
        self.lastUsedAt = lastUsedAt
    }
}

/// How the store decided about an answer.
public enum LoginAnswerOutcome: Sendable, Equatable {
    case accepted
    /// The login was answered before, with the response of this digest.
    case answeredAlready(ContentDigest)
    case deviceNotActive
    /// Device or account no longer reaches the level that the login has: it was lowered after the claim.
    case levelLowered
    /// The browser that the login rests on was forgotten after the claim.
    case browserForgotten
    /// The counter did not rise: the device is suspended now.
    case cloned
    /// The PIN was wrong; so many tries are left.
    case wrongPIN(triesLeft: Int)
    /// The PIN was wrong for the last time: the device is locked now.
    case locked
}

/// How an enrolment ended.
public enum EnrolmentOutcome: Sendable, Equatable {
    case enrolled
    /// Enrolled; it counts once another device of the account has approved it, or at `usableFrom` unless one refuses it.
    case waits(usableFrom: Timestamp?)
    case ticketUsed
    /// The account may not get a device: it is locked, closing or closed, and the ticket does not lift that.
    case accountNotOpen
    case keyKnown
}

/// A signing key in its sealed form.
public struct StoredSigningKey: Sendable, Equatable {
    public var thumbprint: KeyThumbprint
    public var algorithm: JWSAlgorithm
    public var stage: SigningKeyRing.Stage
    public var since: Timestamp
    public var sealed: [UInt8]

    public init(
        thumbprint: KeyThumbprint, algorithm: JWSAlgorithm, stage: SigningKeyRing.Stage, since: Timestamp,
        sealed: [UInt8]
    ) {
        self.thumbprint = thumbprint
        self.algorithm = algorithm
        self.stage = stage
        self.since = since
        self.sealed = sealed
    }
}
