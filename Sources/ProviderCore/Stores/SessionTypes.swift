public import AccountDirectory
public import IdentityCrypto
public import OpenIDMessages

/// A person's session at the provider, in one browser. It lets other portals of the region in without the phone.
public struct SessionRecord: Sendable, Equatable {
    public var identifier: SessionIdentifier
    public var account: AccountIdentifier
    public var device: DeviceIdentifier
    /// The browser's cookie; new at each authentication.
    public var cookie: HandleDigest
    /// What the last authentication reached.
    public var context: AuthenticationContext
    /// What bounded that.
    public var bounds: LevelBounds
    public var methods: [String]
    public var flow: LoginFlow
    /// What stood against a relayed login in the last authentication.
    public var relayResistance: RelayResistance
    public var startedAt: Timestamp
    public var authenticatedAt: Timestamp
    public var lastUsedAt: Timestamp
    /// The absolute limit.
    public var expiresAt: Timestamp
    /// Browser and system in plain words, for the person's list.
    public var browser: String

    public init(
        identifier: SessionIdentifier, account: AccountIdentifier, device: DeviceIdentifier, cookie: HandleDigest,
        context: AuthenticationContext, bounds: LevelBounds = LevelBounds(), methods: [String], flow: LoginFlow,
        relayResistance: RelayResistance, startedAt: Timestamp, authenticatedAt: Timestamp, lastUsedAt: Timestamp,
        expiresAt: Timestamp, browser: String
    ) {
        self.identifier = identifier
        self.account = account
        self.device = device
        self.cookie = cookie
        self.context = context
        self.bounds = bounds
        self.methods = methods
        self.flow = flow
        self.relayResistance = relayResistance
        self.startedAt = startedAt
        self.authenticatedAt = authenticatedAt
        self.lastUsedAt = lastUsedAt
        self.expiresAt = expiresAt
        self.browser = browser
    }
}

/// A portal that somebody is signed in at through a session.
public struct SessionPortal: Sendable, Equatable {
    public var client: ClientIdentifier
    /// The town for which somebody is signed in there; one portal may serve several.
    public var tenant: TenantIdentifier
    public var subject: SubjectIdentifier
    public var since: Timestamp

    public init(
        client: ClientIdentifier, tenant: TenantIdentifier, subject: SubjectIdentifier, since: Timestamp
    ) {
        self.client = client
        self.tenant = tenant
        self.subject = subject
        self.since = since
    }
}

/// A logout token that has to reach a portal (OpenID Connect Back-Channel Logout §2.5): of one session, or, when the
/// account is gone, of all.
public struct LogoutDelivery: Sendable, Equatable {
    public enum State: String, Sendable, CaseIterable {
        case pending, delivered
        /// The portal refused or was out of reach for too long.
        case failed
    }

    public var identifier: Int64
    public var client: ClientIdentifier
    public var subject: SubjectIdentifier
    /// Nil when the account was erased.
    public var session: SessionIdentifier?
    public var state: State
    public var attempts: Int64
    public var createdAt: Timestamp
    public var nextAttemptAt: Timestamp
    /// Why the last attempt failed, in the operator's words; nothing secret.
    public var lastFailure: String?

    public init(
        identifier: Int64, client: ClientIdentifier, subject: SubjectIdentifier, session: SessionIdentifier?,
        state: State, attempts: Int64, createdAt: Timestamp, nextAttemptAt: Timestamp, lastFailure: String?
    ) {
        self.identifier = identifier
        self.client = client
        self.subject = subject
        self.session = session
        self.state = state
        self.attempts = attempts
        self.createdAt = createdAt
        self.nextAttemptAt = nextAttemptAt
        self.lastFailure = lastFailure
    }
}
