public import AccountDirectory
public import IdentityCrypto
public import OpenIDMessages

/// What a code stands for: everything that tokens will say. Stored with the digest of its handle, never with the handle.
public struct AuthorizationGrant: Sendable, Equatable {
    /// Names the grant in tokens (`txn`), logs and audit events.
    public var transaction: TransactionIdentifier
    /// The code (or device code, or `auth_req_id`) that redeems the grant.
    public var handle: HandleDigest
    public var client: ClientIdentifier
    public var tenant: TenantIdentifier
    public var account: AccountIdentifier
    /// Nil for what is not redeemed by way of a browser.
    public var redirectURI: String?
    public var scope: Scope
    /// The resource that access tokens are for; nil for the provider's own (userinfo).
    public var resource: ResourceURI?
    public var nonce: Nonce?
    /// Nil for a device code and for a `legacy` client that sent none.
    public var codeChallenge: CodeChallenge?
    /// The key that redemption must prove (RFC 9449 §10).
    public var proofKey: KeyThumbprint?
    /// Set by the store when the grant is written.
    public var subject: SubjectIdentifier?
    /// The level that this login answers with.
    public var context: AuthenticationContext
    /// What bounded the level that the login reached, which may be higher than the answer.
    public var bounds: LevelBounds
    public var methods: [String]
    public var flow: LoginFlow
    /// What stood against a relayed login, in this login or in the earlier one of the session.
    public var relayResistance: RelayResistance
    /// When the person last proved presence, in this login or in an earlier one of the session.
    public var authenticatedAt: Timestamp
    public var session: SessionIdentifier
    /// Claims that the person released to the client.
    public var released: [String]
    /// Of these, the claims that the request wants in the ID token (OpenID Connect Core §5.5).
    public var idTokenClaims: [String]
    /// Claims that the request wants with their evidence.
    public var verified: VerifiedClaimsDemand
    /// What the login was for; nil for no service in particular.
    public var service: ServiceIdentifier?
    /// The version of the purpose that the person read; empty without a service.
    public var purposeVersion: String
    /// The hat that the person wears.
    public var acting: ActingContext
    public var expiresAt: Timestamp

    public init(
        transaction: TransactionIdentifier, handle: HandleDigest, client: ClientIdentifier, tenant: TenantIdentifier,
        account: AccountIdentifier, redirectURI: String?, scope: Scope, resource: ResourceURI? = nil, nonce: Nonce?,
        codeChallenge: CodeChallenge?, proofKey: KeyThumbprint? = nil, subject: SubjectIdentifier? = nil,
        context: AuthenticationContext, bounds: LevelBounds = LevelBounds(), methods: [String], flow: LoginFlow,
        relayResistance: RelayResistance, authenticatedAt: Timestamp, session: SessionIdentifier, released: [String],
        idTokenClaims: [String] = [],
        verified: VerifiedClaimsDemand = .none, service: ServiceIdentifier? = nil, purposeVersion: String = "",
        acting: ActingContext = .citizen, expiresAt: Timestamp
    ) {
        self.transaction = transaction
        self.handle = handle
        self.client = client
        self.tenant = tenant
        self.account = account
        self.redirectURI = redirectURI
        self.scope = scope
        self.resource = resource
        self.nonce = nonce
        self.codeChallenge = codeChallenge
        self.proofKey = proofKey
        self.subject = subject
        self.context = context
        self.bounds = bounds
        self.methods = methods
        self.flow = flow
        self.relayResistance = relayResistance
        self.authenticatedAt = authenticatedAt
        self.session = session
        self.released = released
        self.idTokenClaims = idTokenClaims
        self.verified = verified
        self.service = service
        self.purposeVersion = purposeVersion
        self.acting = acting
        self.expiresAt = expiresAt
    }

    /// What the person's decision behind the grant is filed under.
    public var releaseKey: ReleaseKey {
        ReleaseKey(
            account: account, context: acting.name, client: client, tenant: tenant, service: service,
            purposeVersion: purposeVersion)
    }
}

/// Where the pairwise subject of a grant lives (OpenID Connect Core §8.1).
public enum SubjectSector: Sendable, Hashable {
    case pairwise(SectorIdentifier)
    /// One subject for all clients that are configured so.
    case `public`

    /// The sector's name in the store; no `SectorIdentifier` has this spelling.
    public var name: String {
        switch self {
        case .pairwise(let sector): sector.rawValue
        case .public: "(public)"
        }
    }
}

/// A grant with what decides whether it still counts.
public struct LiveGrant: Sendable, Equatable {
    @Shared public var grant: AuthorizationGrant
    public var account: AccountRecord
    /// The session is neither ended nor past its absolute limit.
    public var isSessionLive: Bool
    public var isDeviceActive: Bool
    private var right: Shared<ActingRight>?

    /// The right to act for a company as it stands now; nil for the person as such, and when the right is gone.
    public var representation: ActingRight? {
        get { right?.wrappedValue }
        set { right = newValue.map(Shared.init) }
    }

    public init(grant: Shared<AuthorizationGrant>, account: AccountRecord, isSessionLive: Bool, isDeviceActive: Bool) {
        _grant = grant
        self.account = account
        self.isSessionLive = isSessionLive
        self.isDeviceActive = isDeviceActive
    }

    /// Whoever acts for a company still may.
    public var isContextLive: Bool { grant.acting.kind == .citizen || right != nil }

    /// The person is still proved to the level that the login answered with: the evidence may be over by now, while the
    /// session goes on at a lower one.
    public var isLevelLive: Bool { account.level >= grant.context.level }
}

/// How a code was received. Ordinary refusals are values, faults are thrown.
public enum GrantRedemption: Sendable, Equatable {
    case redeemed(LiveGrant)
    /// The code was used before; what came from it is revoked now (RFC 6749 §4.1.2).
    case replayed
    case expired
    /// No such code for this client.
    case unknown
}

/// A refresh token, as the provider keeps it.
public struct RefreshTokenRecord: Sendable, Equatable {
    public var handle: HandleDigest
    /// The grant that it refreshes; all tokens of one grant are a family.
    public var transaction: TransactionIdentifier
    public var client: ClientIdentifier
    /// The key that every use must prove; nil when the token rotates instead.
    public var proofKey: KeyThumbprint?
    public var expiresAt: Timestamp

    public init(
        handle: HandleDigest, transaction: TransactionIdentifier, client: ClientIdentifier, proofKey: KeyThumbprint?,
        expiresAt: Timestamp
    ) {
        self.handle = handle
        self.transaction = transaction
        self.client = client
        self.proofKey = proofKey
        self.expiresAt = expiresAt
    }
}

/// How a refresh token was received.
public enum RefreshOutcome: Sendable, Equatable {
    /// The token counts, or counted a moment ago and its answer was lost.
    case granted(LiveGrant, RefreshTokenRecord)
    /// The token was used before and its successor too: the family is revoked now (RFC 9700 §4.14.2).
    case reused
    case expired
    /// No such token for this client, or its grant was revoked, or its session is over.
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
    /// What an approval makes.
    public var approval: LoginApproval?
    /// The client whose requests over the back channel shall reach the person no more.
    public var stops: ClientIdentifier?
    public var tenant: TenantIdentifier
    public var time: Timestamp

    public init(
        transaction: TransactionIdentifier, device: DeviceIdentifier, decision: LoginDecision,
        responseDigest: ContentDigest, counter: Int64, isPINProved: Bool, approval: LoginApproval?,
        stops: ClientIdentifier? = nil, tenant: TenantIdentifier, time: Timestamp
    ) {
        self.transaction = transaction
        self.device = device
        self.decision = decision
        self.responseDigest = responseDigest
        self.counter = counter
        self.isPINProved = isPINProved
        self.approval = approval
        self.stops = stops
        self.tenant = tenant
        self.time = time
    }
}

/// The grant and the session that an approval makes.
public struct LoginApproval: Sendable, Equatable {
    /// Its `session` is that of `session`.
    public var grant: AuthorizationGrant
    public var sector: SubjectSector
    public var session: SessionRecord
    /// The session that the browser had: continued when it lives and has the same account, ended otherwise.
    public var previousSession: SessionIdentifier?
    /// The known browser that the login rests on: it must be one of the account's still.
    public var browser: BrowserIdentifier?
    /// Every claim that was asked for, so that the decision can be remembered.
    public var asked: [String]

    public init(
        grant: AuthorizationGrant, sector: SubjectSector, session: SessionRecord,
        previousSession: SessionIdentifier? = nil, browser: BrowserIdentifier? = nil, asked: [String]
    ) {
        self.grant = grant
        self.sector = sector
        self.session = session
        self.previousSession = previousSession
        self.browser = browser
        self.asked = asked
    }
}
