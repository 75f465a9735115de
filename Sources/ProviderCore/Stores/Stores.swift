public import IdentityCrypto
public import OpenIDMessages

/// Accounts and the tickets and devices that belong to them. Each call is one transaction with its audit event.
public protocol EnrolmentStore: Sendable {
    /// Writes a new account and a ticket for it.
    func register(_ account: AccountRecord, ticket: TicketRecord, events: [SecurityEvent]) async throws

    /// The unused ticket with this digest and its account; nil when there is none. Expiry is the caller's to judge.
    func ticket(_ digest: SecretDigest) async throws -> (TicketRecord, AccountRecord)?

    /// Uses up the ticket and writes the device, or writes nothing.
    func enrol(_ device: DeviceRecordRow, ticket: SecretDigest, event: SecurityEvent) async throws -> EnrolmentOutcome
}

/// Enrolled devices.
public protocol DeviceStore: Sendable {
    func device(_ identifier: DeviceIdentifier) async throws -> (DeviceRecordRow, AccountRecord)?

    /// The devices of an account, the oldest first.
    func devices(of account: AccountIdentifier) async throws -> [DeviceRecordRow]

    /// Suspends the device whose block code has this digest; false when there is none.
    func block(_ digest: SecretDigest, time: Timestamp) async throws -> Bool
}

/// Answers of devices and the grants that they make.
public protocol GrantStore: Sendable {
    /// Decides about an answer and writes counter, tries, session, grant and audit event in one transaction.
    func accept(_ answer: LoginAnswer) async throws -> LoginAnswerOutcome

    /// Uses up a code: one conditional write decides which of several redemptions succeeds.
    func redeem(_ code: SecretDigest, client: ClientIdentifier, now: Timestamp) async throws -> GrantRedemption

    /// The grant behind an access token with its account, unless it was revoked or the account is not active.
    func liveGrant(_ transaction: TransactionIdentifier) async throws -> (AuthorizationGrant, AccountRecord)?
}

/// Values that may be used once, on all nodes and after every restart.
public protocol OneTimeUseStore: Sendable {
    /// True for the first caller with this value of this class; false for all others until `expiresAt`.
    func use(_ value: String, class: OneTimeClass, expiresAt: Timestamp) async throws -> Bool

    /// Removes values, codes and tickets whose time is over.
    func sweep(now: Timestamp) async throws
}

/// Classes of values that may be used once; the class is part of the key.
public enum OneTimeClass: String, Sendable, CaseIterable {
    /// `jti` of a client assertion, together with its client.
    case clientAssertion = "client_assertion"
}

/// The provider's own keys and secrets, sealed.
public protocol KeyStore: Sendable {
    func signingKeys() async throws -> [StoredSigningKey]
    /// Replaces all signing keys.
    func replaceSigningKeys(_ keys: [StoredSigningKey], event: SecurityEvent?) async throws
    /// The sealed secret `name`; writes and returns `fresh` when there is none.
    func secret(_ name: String, fresh: [UInt8]) async throws -> [UInt8]
}

/// The region file as it was applied last.
public protocol RegionStore: Sendable {
    func regionDocument() async throws -> String?
    func saveRegionDocument(_ document: String, event: SecurityEvent) async throws
}

/// Everything that a provider keeps.
public typealias ProviderStore = EnrolmentStore & DeviceStore & GrantStore & OneTimeUseStore & KeyStore & RegionStore
