public import AccountDirectory
public import IdentityCrypto
public import OpenIDMessages

/// The region's identifier of an account; never leaves the provider.
public struct AccountIdentifier: Sendable, Hashable {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }
    public static func random() -> AccountIdentifier { AccountIdentifier(rawValue: RandomBytes.text(16)) }
}

/// A citizen's account with what logins need of it.
public struct AccountRecord: Sendable, Equatable {
    public var identifier: AccountIdentifier
    public var person: PersonRecord
    /// The level to which the person's identity was proved.
    public var level: AssuranceLevel
    public var isActive: Bool

    public init(identifier: AccountIdentifier, person: PersonRecord, level: AssuranceLevel, isActive: Bool) {
        self.identifier = identifier
        self.person = person
        self.level = level
        self.isActive = isActive
    }
}

/// A right to enrol one device, as the provider keeps it.
public struct TicketRecord: Sendable, Equatable {
    public var digest: SecretDigest
    public var account: AccountIdentifier
    /// The tenant whose clerk made it.
    public var tenant: TenantIdentifier
    public var expiresAt: Timestamp

    public init(digest: SecretDigest, account: AccountIdentifier, tenant: TenantIdentifier, expiresAt: Timestamp) {
        self.digest = digest
        self.account = account
        self.tenant = tenant
        self.expiresAt = expiresAt
    }
}

/// An enrolled device.
public struct DeviceRecordRow: Sendable, Equatable {
    public enum State: String, Sendable, CaseIterable {
        case active, suspended
        /// Too many wrong PINs: identity must be proved again.
        case locked
    }

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

    public init(
        identifier: DeviceIdentifier, account: AccountIdentifier, keys: DeviceKeys, description: DeviceDescription,
        ceiling: DeviceCeiling, state: State, counter: Int64, pinTriesLeft: Int, blockDigest: SecretDigest,
        createdAt: Timestamp, lastUsedAt: Timestamp?
    ) {
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

/// What a code stands for: everything that tokens will say. Stored with the code's digest, never with the code.
public struct AuthorizationGrant: Sendable, Equatable {
    public var transaction: TransactionIdentifier
    public var codeDigest: SecretDigest
    public var client: ClientIdentifier
    public var tenant: TenantIdentifier
    public var account: AccountIdentifier
    public var redirectURI: String
    public var scope: Scope
    public var nonce: Nonce?
    public var codeChallenge: CodeChallenge
    /// Set by the store when the grant is written.
    public var subject: SubjectIdentifier?
    public var acr: String
    public var methods: [String]
    public var flow: LoginFlow
    public var authenticatedAt: Timestamp
    public var session: String
    /// Claims that the person released.
    public var released: [String]
    public var expiresAt: Timestamp

    public init(
        transaction: TransactionIdentifier, codeDigest: SecretDigest, client: ClientIdentifier,
        tenant: TenantIdentifier, account: AccountIdentifier, redirectURI: String, scope: Scope, nonce: Nonce?,
        codeChallenge: CodeChallenge, subject: SubjectIdentifier? = nil, acr: String, methods: [String],
        flow: LoginFlow, authenticatedAt: Timestamp, session: String, released: [String], expiresAt: Timestamp
    ) {
        self.transaction = transaction
        self.codeDigest = codeDigest
        self.client = client
        self.tenant = tenant
        self.account = account
        self.redirectURI = redirectURI
        self.scope = scope
        self.nonce = nonce
        self.codeChallenge = codeChallenge
        self.subject = subject
        self.acr = acr
        self.methods = methods
        self.flow = flow
        self.authenticatedAt = authenticatedAt
        self.session = session
        self.released = released
        self.expiresAt = expiresAt
    }
}

/// How a code was received. Ordinary refusals are values, faults are thrown.
public enum GrantRedemption: Sendable, Equatable {
    case redeemed(AuthorizationGrant)
    /// The code was used before; what came from it is revoked now (RFC 6749 §4.1.2).
    case replayed
    case expired
    /// No such code for this client.
    case unknown
}

/// What a device answered, to be written in one transaction.
public struct LoginAnswer: Sendable {
    public var transaction: TransactionIdentifier
    public var device: DeviceIdentifier
    public var decision: LoginDecision
    public var responseDigest: ContentDigest
    public var counter: Int64
    /// For `approve`: whether the PIN proof was right.
    public var isPINProved: Bool
    /// The grant that an approval makes, and the sector of its subject.
    public var grant: (AuthorizationGrant, SectorIdentifier)?
    public var tenant: TenantIdentifier
    public var time: Timestamp

    public init(
        transaction: TransactionIdentifier, device: DeviceIdentifier, decision: LoginDecision,
        responseDigest: ContentDigest, counter: Int64, isPINProved: Bool,
        grant: (AuthorizationGrant, SectorIdentifier)?, tenant: TenantIdentifier, time: Timestamp
    ) {
        self.transaction = transaction
        self.device = device
        self.decision = decision
        self.responseDigest = responseDigest
        self.counter = counter
        self.isPINProved = isPINProved
        self.grant = grant
        self.tenant = tenant
        self.time = time
    }
}

/// How the store decided about an answer.
public enum LoginAnswerOutcome: Sendable, Equatable {
    case accepted
    /// The login was answered before, with the response of this digest.
    case answeredAlready(ContentDigest)
    case deviceNotActive
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
    case ticketUsed
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
