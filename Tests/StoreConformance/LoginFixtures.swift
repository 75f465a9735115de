public import AccountDirectory
public import IdentityCrypto
public import OpenIDMessages
public import ProviderCore

extension Fixtures {
    static let bounds = LevelBounds([.proofing: .hoch, .authenticator: .substantiell, .device: .substantiell])

    /// A grant for a login of that account.
    public static func grant(
        for account: AccountIdentifier, transaction: TransactionIdentifier = .random(bytes: 16),
        code: OneTimeHandle = OneTimeHandle(.authorizationCode), client: ClientIdentifier = client,
        session: SessionIdentifier = .random(bytes: 16), at time: Timestamp = now
    ) -> AuthorizationGrant {
        AuthorizationGrant(
            transaction: transaction, handle: code.digest, client: client, tenant: tenant, account: account,
            redirectURI: "https://portal.gelsenkirchen.example/callback",
            scope: Scope(parsing: "openid person")!, nonce: Nonce(rawValue: "n-0S6_WzA2Mj"),
            codeChallenge: CodeVerifier.random().challenge,
            context: AuthenticationContext(level: .substantiell, isSimulated: true), bounds: bounds,
            methods: ["hwk", "pin"], flow: .qr, relayResistance: .code, authenticatedAt: time, session: session,
            released: ["given_name", "family_name"], expiresAt: time + Lifetime.code)
    }

    /// A session that an approval of this device begins.
    public static func session(
        of device: DeviceRecordRow, cookie: OneTimeHandle = OneTimeHandle(.session), at time: Timestamp = now
    ) -> SessionRecord {
        SessionRecord(
            identifier: .random(bytes: 16), account: device.account, device: device.identifier,
            cookie: cookie.digest, context: AuthenticationContext(level: .substantiell, isSimulated: true),
            bounds: bounds, methods: ["hwk", "pin"], flow: .qr, relayResistance: .code, startedAt: time,
            authenticatedAt: time,
            lastUsedAt: time,
            expiresAt: time + SessionLimit.absolute, browser: "Firefox, Linux")
    }

    /// What a device answers to a login; an approval brings a grant and a session.
    public static func answer(
        from device: DeviceRecordRow, counter: Int64 = 1, decision: LoginDecision = .approve,
        isPINProved: Bool = true, transaction: TransactionIdentifier = .random(bytes: 16),
        code: OneTimeHandle = OneTimeHandle(.authorizationCode), client: ClientIdentifier = client,
        sector: SubjectSector = sector, cookie: OneTimeHandle = OneTimeHandle(.session),
        previousSession: SessionIdentifier? = nil, at time: Timestamp = now
    ) -> LoginAnswer {
        let session = session(of: device, cookie: cookie, at: time)
        let grant = grant(
            for: device.account, transaction: transaction, code: code, client: client, session: session.identifier,
            at: time)
        let approval = LoginApproval(
            grant: grant, sector: sector, session: session, previousSession: previousSession,
            asked: grant.released + ["birthdate"])
        return LoginAnswer(
            transaction: transaction, device: device.identifier, decision: decision,
            responseDigest: ContentDigest(of: RandomBytes.text(16)), counter: counter, isPINProved: isPINProved,
            approval: decision == .approve ? approval : nil, tenant: tenant, time: time)
    }

    /// Lets a fresh device approve a login; returns its code.
    public static func approvedCode(
        in store: any EnrolmentStore & GrantStore, transaction: TransactionIdentifier = .random(bytes: 16)
    ) async throws -> OneTimeHandle {
        let device = try await enrolledDevice(in: store)
        let code = OneTimeHandle(.authorizationCode)
        let outcome = try await store.accept(answer(from: device, transaction: transaction, code: code))
        try requireEqual(outcome, .accepted, "approval of a fixture")
        return code
    }
}

/// An approved login, with the secrets that only its browser and its portal have.
struct ApprovedLogin: Sendable {
    let device: DeviceRecordRow
    let session: SessionRecord
    let grant: AuthorizationGrant
    let code: OneTimeHandle
    let cookie: OneTimeHandle

    var transaction: TransactionIdentifier { grant.transaction }
}

extension Fixtures {
    /// Lets a device approve a login; a fresh one unless another is given.
    static func login(
        in store: any ProviderStore, device: DeviceRecordRow? = nil, counter: Int64 = 1,
        client: ClientIdentifier = client, previousSession: SessionIdentifier? = nil, at time: Timestamp = now,
        _ change: (inout LoginApproval) -> Void = { _ in }
    ) async throws -> ApprovedLogin {
        var device = device
        if device == nil { device = try await enrolledDevice(in: store) }
        let (code, cookie) = (OneTimeHandle(.authorizationCode), OneTimeHandle(.session))
        guard let device else { throw ConformanceFailure(description: "no device") }
        var answer = answer(
            from: device, counter: counter, code: code, client: client, cookie: cookie,
            previousSession: previousSession, at: time)
        guard var approval = answer.approval else { throw ConformanceFailure(description: "no approval") }
        change(&approval)
        answer.approval = approval
        answer.tenant = approval.grant.tenant
        try requireEqual(try await store.accept(answer), .accepted, "approval of a fixture")
        return ApprovedLogin(
            device: device, session: approval.session, grant: approval.grant, code: code, cookie: cookie)
    }

    /// A login whose code was redeemed, with a refresh token.
    static func refreshableLogin(
        in store: any ProviderStore, proofKey: KeyThumbprint? = nil, expiresAt: Timestamp = now + 3600
    ) async throws -> (ApprovedLogin, OneTimeHandle) {
        let login = try await login(in: store)
        let token = OneTimeHandle(.refreshToken)
        let fresh = NewRefreshToken(handle: token.digest, proofKey: proofKey, expiresAt: expiresAt)
        let redemption = try await store.redeem(login.code.digest, client: client, refreshToken: fresh, now: now)
        try requireRedeemed(redemption)
        return (login, token)
    }
}

/// The grant of a redemption; throws when there is none.
@discardableResult
func requireRedeemed(
    _ redemption: GrantRedemption, line: Int = #line, file: String = #fileID
) throws -> LiveGrant {
    guard case .redeemed(let live) = redemption else {
        throw ConformanceFailure(description: "not redeemed: \(redemption) (\(file):\(line))")
    }
    return live
}

extension SessionStore {
    /// What is due to all clients together, the oldest first.
    public func dueLogouts(now: Timestamp, limit: Int) async throws -> [LogoutDelivery] {
        var due: [LogoutDelivery] = []
        for client in try await clientsWithDueLogouts(now: now) {
            due += try await dueLogouts(to: client, now: now, limit: limit)
        }
        due.sort { ($0.nextAttemptAt, $0.identifier) < ($1.nextAttemptAt, $1.identifier) }
        return Array(due.prefix(limit))
    }
}

extension GrantStore {
    /// Redeems a code without asking for a refresh token.
    public func redeem(
        _ code: OneTimeHandle, client: ClientIdentifier = Fixtures.client, now: Timestamp = Fixtures.now
    ) async throws -> GrantRedemption {
        try await redeem(code.digest, client: client, refreshToken: nil, now: now)
    }

    /// The live grant behind a token that nobody revoked.
    public func liveGrant(
        _ transaction: TransactionIdentifier, now: Timestamp = Fixtures.now
    ) async throws -> LiveGrant? {
        try await liveGrant(transaction, token: .random(bytes: 16), now: now)
    }
}
