internal import IdentityCrypto
internal import OpenIDMessages
internal import ProviderCore

extension StorePromise {
    static let grants: [StorePromise] = [
        StorePromise("A live session makes a grant with every part of it, and remembers its use") { store in
            let login = try await Fixtures.login(in: store)
            let code = OneTimeHandle(.deviceCode)
            var grant = Fixtures.grant(for: login.device.account, session: login.session.identifier)
            grant.handle = code.digest
            grant.redirectURI = nil
            grant.codeChallenge = nil
            grant.nonce = nil
            grant.resource = ResourceURI(rawValue: "https://bescheide.example/api")
            grant.proofKey = SigningKey.makeES256().thumbprint
            grant.idTokenClaims = ["given_name"]
            let time = Fixtures.now + 30
            let subject = try await store.grant(
                grant, sector: .public, session: login.cookie.digest, now: time)
            let live = try requireRedeemed(try await store.redeem(code, now: time))
            grant.subject = subject
            try requireEqual(live.grant, grant, "grant")
            let session = try await store.session(cookie: login.cookie.digest, now: time)
            try requireEqual(session?.0.lastUsedAt, time, "last use")
            try requireEqual(
                try await store.subject(of: login.device.account, in: .public, as: .citizen), subject, "public subject")
        },
        StorePromise("A session with another cookie, account or identifier makes no grant") { store in
            let login = try await Fixtures.login(in: store)
            let other = try await Fixtures.login(in: store)
            let grant = Fixtures.grant(for: login.device.account, session: login.session.identifier)
            var foreign = grant
            foreign.account = other.device.account
            var elsewhere = grant
            elsewhere.session = other.session.identifier
            for (grant, cookie) in [
                (grant, other.cookie), (grant, OneTimeHandle(.session)), (foreign, login.cookie),
                (elsewhere, login.cookie),
            ] {
                try requireNothing(try await grant.write(in: store, cookie))
            }
            try requireEqual(try await grant.write(in: store, login.cookie) != nil, true, "the right one")
        },
        StorePromise("A session that is over, or whose device was blocked, makes no grant") { store in
            let late = try await Fixtures.login(in: store)
            let grant = Fixtures.grant(for: late.device.account, session: late.session.identifier)
            try requireNothing(try await grant.write(in: store, late.cookie, at: late.session.expiresAt))
            let phone = Fixtures.Phone()
            let device = try await Fixtures.enrolledDevice(in: store, phone: phone)
            let blocked = try await Fixtures.login(in: store, device: device)
            _ = try await store.block(phone.blockCode.digest, time: Fixtures.now)
            let second = Fixtures.grant(for: device.account, session: blocked.session.identifier)
            try requireNothing(try await second.write(in: store, blocked.cookie))
            try requireEqual(try await store.redeem(OneTimeHandle(.authorizationCode)), .unknown)
        },
        StorePromise("A grant shows when its session is over, and when its device is not active") { store in
            let phone = Fixtures.Phone()
            let device = try await Fixtures.enrolledDevice(in: store, phone: phone)
            let login = try await Fixtures.login(in: store, device: device)
            let limit = login.session.expiresAt
            _ = try await store.redeem(login.code)
            try requireEqual(try await store.liveGrant(login.transaction, now: limit - 1)?.isSessionLive, true)
            try requireEqual(try await store.liveGrant(login.transaction, now: limit)?.isSessionLive, false)
            _ = try await store.block(phone.blockCode.digest, time: Fixtures.now)
            let live = try await store.liveGrant(login.transaction)
            try requireEqual(live?.isSessionLive, false, "session")
            try requireEqual(live?.isDeviceActive, false, "device")
        },
        StorePromise("A token that was revoked by itself has no grant; other tokens of the grant have") { store in
            let login = try await Fixtures.login(in: store)
            _ = try await store.redeem(login.code)
            let token = TokenIdentifier.random(bytes: 16)
            _ = try await store.use(token.rawValue, class: .clientAssertion, expiresAt: Fixtures.now + 300)
            try require(
                try await store.liveGrant(login.transaction, token: token, now: Fixtures.now) != nil,
                "a value of another class revoked the token")
            _ = try await store.use(token.rawValue, class: .revokedAccessToken, expiresAt: Fixtures.now + 300)
            try require(
                try await store.liveGrant(login.transaction, token: token, now: Fixtures.now) == nil,
                "the revoked token lives")
            try require(try await store.liveGrant(login.transaction) != nil, "another token was revoked")
        },
        StorePromise("A revoked grant is not live and not redeemed, and the second revocation is no fault") { store in
            let redeemed = try await Fixtures.login(in: store)
            _ = try await store.redeem(redeemed.code)
            let waiting = try await Fixtures.login(in: store)
            for login in [redeemed, waiting, redeemed] {
                try await store.revoke(
                    login.transaction, event: SecurityEvent(.tokenRevoked, time: Fixtures.now))
            }
            try require(try await store.liveGrant(redeemed.transaction) == nil, "the grant lives")
            try requireEqual(try await store.redeem(waiting.code), .unknown)
        },
        StorePromise("A code's digest counts in its own class alone") { store in
            let login = try await Fixtures.login(in: store)
            for handleClass in HandleClass.allCases where handleClass != .authorizationCode {
                let disguised = HandleDigest(handleClass, digest: login.code.digest.digest)
                try requireEqual(
                    try await store.redeem(
                        disguised, client: Fixtures.client, refreshToken: nil, now: Fixtures.now), .unknown)
            }
            try requireRedeemed(try await store.redeem(login.code))
        },
        StorePromise("A code whose session ended meanwhile is redeemed with a session that is over") { store in
            let login = try await Fixtures.login(in: store)
            _ = try await store.end(login)
            let live = try requireRedeemed(try await store.redeem(login.code))
            try requireEqual(live.isSessionLive, false)
        },
    ]

    private static func requireNothing(_ subject: SubjectIdentifier?, line: Int = #line) throws {
        try require(subject == nil, "a grant was written", line: line)
    }
}

extension AuthorizationGrant {
    func write(
        in store: any ProviderStore, _ cookie: OneTimeHandle, at time: Timestamp = Fixtures.now
    ) async throws -> SubjectIdentifier? {
        try await store.grant(self, sector: Fixtures.sector, session: cookie.digest, now: time)
    }
}

extension SessionStore {
    /// Ends the session of a login, as its person does.
    func end(_ login: ApprovedLogin, at time: Timestamp = Fixtures.now) async throws -> Bool {
        try await end(
            login.session.identifier, of: login.device.account,
            event: SecurityEvent(.sessionEnded, time: time, object: login.session.identifier.rawValue))
    }
}
