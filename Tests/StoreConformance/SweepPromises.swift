internal import IdentityCrypto
internal import OpenIDMessages
internal import ProviderCore

extension StorePromise {
    static let sweeping: [StorePromise] = [
        StorePromise("A sweep leaves live sessions, their grants and their refresh tokens as they are") { store in
            let (login, token) = try await Fixtures.refreshableLogin(in: store, expiresAt: Fixtures.now + 3 * day)
            let time = login.session.expiresAt - 1
            try await store.sweep(now: time)
            try requireEqual(try await store.sessions(of: login.device.account, now: time).count, 1, "sessions")
            try require(try await store.refreshToken(token.digest, now: time) != nil, "the token is gone")
        },
        StorePromise("A grant stays while its session lives, and for a day afterwards") { store in
            let login = try await Fixtures.login(in: store) { $0.session.expiresAt = Fixtures.now + 2 * day }
            _ = try await store.redeem(login.code)
            for time in [Fixtures.now + 2 * day - 1, Fixtures.now + 3 * day] {
                try await store.sweep(now: time)
                try require(try await store.liveGrant(login.transaction, now: time) != nil, "the grant is gone")
            }
            try await store.sweep(now: Fixtures.now + 3 * day + 1)
            try require(try await store.liveGrant(login.transaction) == nil, "the grant is still there")
            try requireEqual(try await store.portals(of: login.session.identifier), [], "portals")
        },
        StorePromise("A grant stays while a refresh token may ask for it, and goes after that") { store in
            let expiry = Fixtures.now + 5 * day
            let (login, token) = try await Fixtures.refreshableLogin(in: store, expiresAt: expiry)
            try await store.sweep(now: expiry - 1)
            try require(try await store.refreshToken(token.digest, now: expiry - 1) != nil, "the token is gone")
            try await store.sweep(now: expiry)
            try require(try await store.liveGrant(login.transaction) == nil, "the grant is still there")
            try requireEqual(
                try await store.refresh(
                    token.digest, client: Fixtures.client, successor: OneTimeHandle(.refreshToken).digest,
                    expiresAt: expiry, grace: 30, now: Fixtures.now), .unknown)
        },
        StorePromise("Deliveries stay for 30 days after they came to an end, and while they are pending") { store in
            for _ in 0..<2 {
                let login = try await Fixtures.login(in: store)
                _ = try await store.redeem(login.code)
                _ = try await store.end(login)
            }
            let queued = try await store.dueLogouts(now: Fixtures.now, limit: 2)
            var delivered = queued[0]
            delivered.state = .delivered
            try await store.save(delivered)
            try await store.sweep(now: Fixtures.now + 30 * day)
            try requireEqual(try await store.logouts(to: Fixtures.client, limit: 10).count, 2, "after 30 days")
            try await store.sweep(now: Fixtures.now + 30 * day + 1)
            try requireEqual(try await store.logouts(to: Fixtures.client, limit: 10), [queued[1]], "later")
        },
        StorePromise("Initial access tokens go when they expire, and not before") { store in
            let token = initialToken(uses: 1)
            try await save(token, store)
            try await store.sweep(now: token.expiresAt - 1)
            try requireEqual(try await store.initialAccessToken(token.handle, now: Fixtures.now), token)
            try await store.sweep(now: token.expiresAt)
            try requireEqual(try await store.initialAccessToken(token.handle, now: Fixtures.now), nil)
        },
        StorePromise("Releases in force and subjects are not swept") { store in
            let login = try await Fixtures.login(in: store)
            try await store.sweep(now: Fixtures.now + 1000 * day)
            try requireEqual(try await store.releases(of: login.device.account).count, 1, "the release is gone")
            try require(
                try await store.subject(of: login.device.account, in: Fixtures.sector, as: .citizen) != nil,
                "the subject is gone")
        },
    ]

    private static let day: Int64 = 86_400
}
