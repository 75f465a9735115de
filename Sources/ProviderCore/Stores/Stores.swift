public import AccountDirectory
public import IdentityCrypto
public import OpenIDMessages

/// Accounts and the tickets and devices that belong to them. Each call is one transaction with its audit event.
public protocol EnrolmentStore: Sendable {
    /// Writes a new account and a ticket for it, unless an open account has the same link of an upstream identity or, where
    /// no clerk has decided about that, a person who looks alike.
    func register(_ new: NewAccount, events: [SecurityEvent]) async throws -> RegistrationOutcome

    /// The unused ticket with this digest and its account; nil when there is none. Expiry is the caller's to judge.
    func ticket(_ digest: SecretDigest) async throws -> (TicketRecord, AccountRecord)?

    /// Uses up the ticket and writes the device with its keys, or writes nothing. The device is active or waits as its
    /// ticket's purpose says; the first active one makes its account active.
    func enrol(_ device: DeviceRecordRow, ticket: SecretDigest, event: SecurityEvent) async throws -> EnrolmentOutcome
}

/// Enrolled devices.
public protocol DeviceStore: Sendable {
    func device(_ identifier: DeviceIdentifier) async throws -> (DeviceRecordRow, AccountRecord)?

    /// The devices of an account, the oldest first.
    func devices(of account: AccountIdentifier) async throws -> [DeviceRecordRow]

    /// Suspends the device, or locks the account, whose block code has this digest; nil when there is none.
    func block(_ digest: SecretDigest, time: Timestamp) async throws -> Blocked?

    /// The devices, not at their end, whose evidence has a certificate with one of these serial numbers, the oldest first.
    ///
    /// - Parameter distrust: gives only those that it would still change.
    func devices(certifiedBy serials: Set<String>, leftTo distrust: Distrust?) async throws -> [CertifiedDevice]

    /// The serial numbers of the certificates in the device's evidence, the leaf's first; none without such evidence.
    func certificates(of device: DeviceIdentifier) async throws -> [String]

    /// Takes from the device what its evidence gave it; ends its sessions, and tells the person. False when there was
    /// nothing left to do.
    func distrust(
        _ device: DeviceIdentifier, of account: AccountIdentifier, _ distrust: Distrust, time: Timestamp
    ) async throws -> Bool
}

/// What a block code has stopped.
public enum Blocked: String, Sendable, CaseIterable {
    case device
    /// A desk gives it back.
    case account
}

/// What becomes of a device whose evidence counts no more.
public enum Distrust: Sendable, CaseIterable {
    /// It falls to *normal*.
    case lowers
    /// It falls to *normal* and is never used again.
    case ends
}

/// A device as its certificates lead to it.
public struct CertifiedDevice: Sendable, Equatable {
    public var identifier: DeviceIdentifier
    public var account: AccountIdentifier
    public var ceiling: DeviceCeiling
    public var state: DeviceState

    public init(
        identifier: DeviceIdentifier, account: AccountIdentifier, ceiling: DeviceCeiling, state: DeviceState
    ) {
        self.identifier = identifier
        self.account = account
        self.ceiling = ceiling
        self.state = state
    }
}

/// Answers of devices, and the grants and tokens that come of them.
public protocol GrantStore: Sendable {
    /// Decides about an answer and writes counter, tries, session, release, grant and audit event in one transaction.
    func accept(_ answer: LoginAnswer) async throws -> LoginAnswerOutcome

    /// Writes a grant that rests on a session, if the session lives, has this cookie, account and device, and both
    /// are active, and if what it releases is released; touches `lastUsedAt`. Returns the grant's subject, nil when
    /// nothing was written.
    func grant(
        _ grant: AuthorizationGrant, sector: SubjectSector, session cookie: HandleDigest, now: Timestamp
    ) async throws -> SubjectIdentifier?

    /// Uses up a code: one conditional write decides which of several redemptions succeeds. With `refreshToken` a
    /// refresh token is written in the same transaction, for the redeemed grant.
    func redeem(
        _ code: HandleDigest, client: ClientIdentifier, refreshToken: NewRefreshToken?, now: Timestamp
    ) async throws -> GrantRedemption

    /// Uses a refresh token. Without a proof key it is used up and `successor` takes its place; the same call again
    /// within `grace` seconds, while the successor is unused, changes nothing and is granted again. With one it stays,
    /// and its expiry moves to `expiresAt`.
    func refresh(
        _ token: HandleDigest, client: ClientIdentifier, successor: HandleDigest, expiresAt: Timestamp, grace: Int64,
        now: Timestamp
    ) async throws -> RefreshOutcome

    /// The refresh token with its grant, whatever its client; nil when it is unknown, used, expired or revoked.
    func refreshToken(_ token: HandleDigest, now: Timestamp) async throws -> (RefreshTokenRecord, LiveGrant)?

    /// The redeemed grant behind a token; nil when it was revoked, or when the token with this `jti` was. Account,
    /// session and device are the caller's to judge.
    func liveGrant(
        _ transaction: TransactionIdentifier, token: TokenIdentifier, now: Timestamp
    ) async throws -> LiveGrant?

    /// The grant of a login at the tenant with its account and device, whatever became of them; nil when it is unknown or
    /// swept.
    func login(_ transaction: TransactionIdentifier, in scope: TenantScope) async throws -> LoginFacts?

    /// Ends a grant with all its tokens.
    func revoke(_ transaction: TransactionIdentifier, event: SecurityEvent) async throws
}

/// A refresh token to be written with the redemption of its grant.
public struct NewRefreshToken: Sendable {
    public var handle: HandleDigest
    public var proofKey: KeyThumbprint?
    public var expiresAt: Timestamp

    public init(handle: HandleDigest, proofKey: KeyThumbprint?, expiresAt: Timestamp) {
        self.handle = handle
        self.proofKey = proofKey
        self.expiresAt = expiresAt
    }
}

/// What people released to portals.
public protocol ReleaseStore: Sendable {
    /// The release in force for this person, context, client and service, whatever its purpose version.
    func release(for key: ReleaseKey) async throws -> ClaimRelease?

    /// Every release of a person in all towns, also those that ended, the latest first.
    func releases(of account: AccountIdentifier) async throws -> [ClaimRelease]

    /// Ends a release of this person; false when it is none of theirs or not in force. From the end of this call on
    /// nothing goes out on its ground.
    func withdraw(
        _ release: ReleaseIdentifier, of account: AccountIdentifier, event: SecurityEvent
    ) async throws -> Bool
}

/// What was verified about people, and by which evidence.
public protocol EvidenceStore: Sendable {
    /// The claims of an account behind which evidence stands or stood, with the newest of it.
    func verifiedAttributes(of account: AccountIdentifier) async throws -> [VerifiedAttribute]

    /// All evidence of an account, also what has expired, the oldest first.
    func evidence(of account: AccountIdentifier) async throws -> [Evidence]
}

/// Sessions, and who must hear of their end.
public protocol SessionStore: Sendable {
    /// The session with this cookie and its account, unless it ended, is past its absolute limit, or account or device
    /// are not active. The idle limit is the caller's to judge.
    func session(cookie: HandleDigest, now: Timestamp) async throws -> (SessionRecord, AccountRecord)?

    /// The hat that the person wore at the latest login of a session at this client for this town; nil before the first.
    func context(
        in session: SessionIdentifier, at client: ClientIdentifier, for tenant: TenantIdentifier
    ) async throws -> ContextName?

    /// The sessions of an account that have not ended, the latest first.
    func sessions(of account: AccountIdentifier, now: Timestamp) async throws -> [SessionRecord]

    /// Where somebody is signed in through a session.
    func portals(of session: SessionIdentifier) async throws -> [SessionPortal]

    /// Ends a session of this account and queues a logout token for each of its portals; false when it was over.
    func end(_ session: SessionIdentifier, of account: AccountIdentifier, event: SecurityEvent) async throws -> Bool

    /// The subject of an account in a sector and a context, if it has one.
    func subject(
        of account: AccountIdentifier, in sector: SubjectSector, as context: ContextName
    ) async throws -> SubjectIdentifier?

    /// The clients for which the time of at least one delivery has come, each once.
    func clientsWithDueLogouts(now: Timestamp) async throws -> [ClientIdentifier]

    /// Deliveries to a client whose time has come, the oldest first.
    func dueLogouts(to client: ClientIdentifier, now: Timestamp, limit: Int) async throws -> [LogoutDelivery]

    /// Writes how an attempt went: state, attempts, next attempt and failure.
    func save(_ delivery: LogoutDelivery) async throws

    /// The latest deliveries to a client, the newest first.
    func logouts(to client: ClientIdentifier, limit: Int) async throws -> [LogoutDelivery]
}

/// Clients that registered themselves.
public protocol RegistrationStore: Sendable {
    func clientRegistrations() async throws -> [ClientRegistration]

    /// Lets somebody register clients of this tenant.
    func save(_ token: InitialAccessToken, in scope: TenantScope, event: SecurityEvent) async throws

    /// The initial access token, if it has uses left and lives.
    func initialAccessToken(_ handle: HandleDigest, now: Timestamp) async throws -> InitialAccessToken?

    /// Those of the tenant that have uses left and live, the first to end first.
    func initialAccessTokens(in scope: TenantScope, now: Timestamp) async throws -> [InitialAccessToken]

    /// Ends a right to register clients of this tenant; false when none of the name has uses left and lives.
    func revokeInitialAccessToken(
        _ name: RegistrationTokenIdentifier, in scope: TenantScope, now: Timestamp, event: SecurityEvent
    ) async throws -> Bool

    /// Takes one use of the initial access token and writes the registration, or writes nothing; false then.
    func register(
        _ registration: ClientRegistration, with token: HandleDigest, now: Timestamp, event: SecurityEvent
    ) async throws -> Bool

    /// Replaces a registration that still has `previous` as its access token; false when it has not.
    func replace(
        _ registration: ClientRegistration, previous: HandleDigest, event: SecurityEvent
    ) async throws -> Bool

    /// Removes a registration that still has `token` as its access token, ends its grants and tokens; false when there is
    /// none.
    func removeRegistration(
        _ client: ClientIdentifier, holding token: HandleDigest, event: SecurityEvent
    ) async throws -> Bool

    /// The same for a client of this tenant, whatever its token.
    func removeRegistration(
        _ client: ClientIdentifier, in scope: TenantScope, event: SecurityEvent
    ) async throws -> Bool
}

/// Values that may be used once, on all nodes and after every restart.
public protocol OneTimeUseStore: Sendable {
    /// True for the first caller with this value of this class; false for all others until `expiresAt`.
    func use(_ value: String, class: OneTimeClass, expiresAt: Timestamp) async throws -> Bool

    /// True when the value of this class was used.
    func isUsed(_ value: String, class: OneTimeClass) async throws -> Bool

    /// Removes values, codes and tickets whose time is over.
    func sweep(now: Timestamp) async throws
}

/// Classes of values that may be used once; the class is part of the key.
public enum OneTimeClass: String, Sendable, CaseIterable {
    /// `jti` of a client assertion, together with its client.
    case clientAssertion = "client_assertion"
    /// `jti` of a request object, together with its client.
    case requestObject = "request_object"
    /// `jti` of an access token that was revoked by itself.
    case revokedAccessToken = "revoked_access_token"
}

/// The provider's own keys and secrets, sealed.
public protocol KeyStore: Sendable {
    func signingKeys() async throws -> [StoredSigningKey]
    /// Replaces all signing keys.
    func replaceSigningKeys(_ keys: [StoredSigningKey], events: [SecurityEvent]) async throws
    /// The sealed secret `name`; writes and returns `fresh` when there is none.
    func secret(_ name: String, fresh: [UInt8]) async throws -> [UInt8]
}

/// Everything that a provider keeps.
public typealias ProviderStore = EnrolmentStore & DeviceStore & GrantStore & SessionStore & RegistrationStore
    & OneTimeUseStore & KeyStore & RegionStore & SelfServiceStore & CompanyStore & AuditStore & MandateStore
    & TemplateStore & AccountStore & RetentionStore & AdministrationStore & TenantPeopleStore & ReleaseStore
    & EvidenceStore & CompanyOfficeStore & MandateOfficeStore & BackChannelStore
    & KnownBrowserStore
