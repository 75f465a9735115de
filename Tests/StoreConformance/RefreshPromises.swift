internal import IdentityCrypto
internal import OpenIDMessages
internal import ProviderCore

extension StorePromise {
    static let refreshing: [StorePromise] = [
        StorePromise("A refresh token comes with the redemption of its grant, and is found whatever its client") {
            store in
            let key = SigningKey.makeES256().thumbprint
            let (login, token) = try await Fixtures.refreshableLogin(in: store, proofKey: key)
            let found = try await store.refreshToken(token.digest, now: Fixtures.now)
            try requireEqual(
                found?.0,
                RefreshTokenRecord(
                    handle: token.digest, transaction: login.transaction, client: Fixtures.client, proofKey: key,
                    expiresAt: Fixtures.now + 3600))
            try requireEqual(found?.1.grant.transaction, login.transaction, "grant")
            try require(
                try await store.refreshToken(token.digest, now: Fixtures.now + 3600) == nil, "an expired one is found")
            try require(
                try await store.refreshToken(OneTimeHandle(.refreshToken).digest, now: Fixtures.now) == nil,
                "an unknown one is found")
        },
        StorePromise("A code that is not redeemed brings no refresh token") { store in
            let login = try await Fixtures.login(in: store)
            let token = OneTimeHandle(.refreshToken)
            let fresh = NewRefreshToken(handle: token.digest, proofKey: nil, expiresAt: Fixtures.now + 3600)
            _ = try await store.redeem(
                login.code.digest, client: Fixtures.otherClient, refreshToken: fresh, now: Fixtures.now)
            try require(try await store.refreshToken(token.digest, now: Fixtures.now) == nil, "it was written")
        },
        StorePromise("A rotating token is used up and its successor takes its place") { store in
            let (login, token) = try await Fixtures.refreshableLogin(in: store)
            let next = OneTimeHandle(.refreshToken)
            let (live, record) = try requireGranted(try await store.refresh(token, next))
            try requireEqual(live.grant.transaction, login.transaction, "grant")
            try requireEqual(
                record,
                RefreshTokenRecord(
                    handle: next.digest, transaction: login.transaction, client: Fixtures.client, proofKey: nil,
                    expiresAt: Fixtures.now + 7200))
            try require(try await store.refreshToken(token.digest, now: Fixtures.now) == nil, "the old one is found")
            try requireEqual(try await store.refreshToken(next.digest, now: Fixtures.now)?.0, record, "successor")
            try requireGranted(try await store.refresh(next, OneTimeHandle(.refreshToken)))
        },
        StorePromise("Whoever missed the answer gets the same successor within the grace, to its last second") {
            store in
            let (_, token) = try await Fixtures.refreshableLogin(in: store)
            let next = OneTimeHandle(.refreshToken)
            let (_, first) = try requireGranted(try await store.refresh(token, next))
            let (_, again) = try requireGranted(
                try await store.refresh(token, next, expiresAt: Fixtures.now + 9999, now: Fixtures.now + grace))
            try requireEqual(again, first, "successor")
            try requireGranted(
                try await store.refresh(next, OneTimeHandle(.refreshToken), now: Fixtures.now + grace))
        },
        StorePromise("A used token after the grace revokes the family (RFC 9700 §4.14.2)") { store in
            let (login, token) = try await Fixtures.refreshableLogin(in: store)
            let next = OneTimeHandle(.refreshToken)
            _ = try await store.refresh(token, next)
            try requireEqual(try await store.refresh(token, next, now: Fixtures.now + grace + 1), .reused)
            try await requireRevoked(login, [token, next], store)
        },
        StorePromise("A used token whose successor was used revokes the family at once") { store in
            let (login, token) = try await Fixtures.refreshableLogin(in: store)
            let (next, last) = (OneTimeHandle(.refreshToken), OneTimeHandle(.refreshToken))
            _ = try await store.refresh(token, next)
            _ = try await store.refresh(next, last)
            try requireEqual(try await store.refresh(token, next), .reused)
            try await requireRevoked(login, [token, next, last], store)
        },
        StorePromise("A used token with another successor than its own revokes the family") { store in
            let (login, token) = try await Fixtures.refreshableLogin(in: store)
            let next = OneTimeHandle(.refreshToken)
            _ = try await store.refresh(token, next)
            try requireEqual(try await store.refresh(token, OneTimeHandle(.refreshToken)), .reused)
            try await requireRevoked(login, [token, next], store)
        },
        StorePromise("A token that is bound to a key stays, and its expiry moves") { store in
            let key = SigningKey.makeES256().thumbprint
            let (_, token) = try await Fixtures.refreshableLogin(in: store, proofKey: key)
            for (time, expiry) in [(Fixtures.now, Fixtures.now + 4000), (Fixtures.now + 3999, Fixtures.now + 9000)] {
                let outcome = try await store.refresh(
                    token, OneTimeHandle(.refreshToken), expiresAt: expiry, now: time)
                let (_, record) = try requireGranted(outcome)
                try requireEqual(record.handle, token.digest, "handle")
                try requireEqual(record.proofKey, key, "key")
                try requireEqual(record.expiresAt, expiry, "expiry")
                try requireEqual(try await store.refreshToken(token.digest, now: time)?.0, record)
            }
        },
        StorePromise("A token is good until the second before it expires, and expired from then on") { store in
            let (_, token) = try await Fixtures.refreshableLogin(in: store)
            let next = OneTimeHandle(.refreshToken)
            try requireEqual(try await store.refresh(token, next, now: Fixtures.now + 3600), .expired)
            try requireGranted(try await store.refresh(token, next, now: Fixtures.now + 3599))
        },
        StorePromise("Another client gets nothing with a refresh token and destroys nothing") { store in
            let (login, token) = try await Fixtures.refreshableLogin(in: store)
            let next = OneTimeHandle(.refreshToken)
            let other = Fixtures.otherClient
            try requireEqual(try await store.refresh(token, next, client: other), .unknown)
            _ = try await store.refresh(token, next)
            try requireEqual(
                try await store.refresh(token, next, client: other, now: Fixtures.now + 3000), .unknown)
            try require(try await store.liveGrant(login.transaction) != nil, "another client revoked the grant")
        },
        StorePromise("Refresh tokens of an ended or expired session, and of a revoked grant, are unknown") { store in
            let (ended, first) = try await Fixtures.refreshableLogin(in: store)
            _ = try await store.end(ended)
            try requireEqual(try await store.refresh(first, OneTimeHandle(.refreshToken)), .unknown)
            let (late, second) = try await Fixtures.refreshableLogin(in: store, expiresAt: Fixtures.now + 86_400)
            try requireEqual(
                try await store.refresh(second, OneTimeHandle(.refreshToken), now: late.session.expiresAt), .unknown)
            try requireGranted(
                try await store.refresh(second, OneTimeHandle(.refreshToken), now: late.session.expiresAt - 1))
            let (revoked, third) = try await Fixtures.refreshableLogin(in: store)
            try await store.revoke(revoked.transaction, event: SecurityEvent(.tokenRevoked, time: Fixtures.now))
            try await requireRevoked(revoked, [third], store)
        },
        StorePromise("A replayed code ends its refresh tokens") { store in
            let (login, token) = try await Fixtures.refreshableLogin(in: store)
            try requireEqual(try await store.redeem(login.code), .replayed)
            try await requireRevoked(login, [token], store)
        },
        StorePromise("64 uses at once of one rotating token are one use, with one successor") { store in
            let (login, token) = try await Fixtures.refreshableLogin(in: store)
            let next = OneTimeHandle(.refreshToken)
            let outcomes = try await atOnce(64) { _ in try await store.refresh(token, next) }
            for outcome in outcomes { try requireEqual(try requireGranted(outcome).1.handle, next.digest) }
            try requireEqual(try await store.refresh(token, next, now: Fixtures.now + grace + 1), .reused)
            try await requireRevoked(login, [token, next], store)
        },
        StorePromise("64 uses at once with different successors are one use, and the end of the family") { store in
            let (login, token) = try await Fixtures.refreshableLogin(in: store)
            let outcomes = try await atOnce(64) { _ in
                try await store.refresh(token, OneTimeHandle(.refreshToken))
            }
            let granted = outcomes.count { if case .granted = $0 { true } else { false } }
            try requireEqual(granted, 1, "granted")
            try requireEqual(outcomes.count { $0 == .reused }, 1, "reused")
            try requireEqual(outcomes.count { $0 == .unknown }, 62, "unknown")
            try await requireRevoked(login, [token], store)
        },
        StorePromise("A refresh at the same time as the end of the session is before it or refused") { store in
            for _ in 0..<20 {
                let (login, token) = try await Fixtures.refreshableLogin(in: store)
                let next = OneTimeHandle(.refreshToken)
                async let refreshed = store.refresh(token, next)
                async let ended = store.end(login)
                let (outcome, isEnded) = try await (refreshed, ended)
                try require(isEnded, "the session did not end")
                if outcome != .unknown { try requireGranted(outcome) }
                try requireEqual(try await store.refresh(next, OneTimeHandle(.refreshToken)), .unknown)
            }
        },
    ]

    fileprivate static let grace: Int64 = 30

    private static func requireRevoked(
        _ login: ApprovedLogin, _ tokens: [OneTimeHandle], _ store: any ProviderStore, line: Int = #line
    ) async throws {
        try require(try await store.liveGrant(login.transaction) == nil, "the grant lives", line: line)
        for token in tokens {
            try requireEqual(
                try await store.refresh(token, OneTimeHandle(.refreshToken)), .unknown, "refresh", line: line)
            try require(
                try await store.refreshToken(token.digest, now: Fixtures.now) == nil, "a token is found", line: line)
        }
    }
}

/// The grant and the token of a refresh; throws when there are none.
@discardableResult
private func requireGranted(
    _ outcome: RefreshOutcome, line: Int = #line
) throws -> (LiveGrant, RefreshTokenRecord) {
    guard case .granted(let live, let record) = outcome else {
        throw ConformanceFailure(description: "not granted: \(outcome) (RefreshPromises:\(line))")
    }
    return (live, record)
}

extension GrantStore {
    fileprivate func refresh(
        _ token: OneTimeHandle, _ successor: OneTimeHandle, client: ClientIdentifier = Fixtures.client,
        expiresAt: Timestamp = Fixtures.now + 7200, now: Timestamp = Fixtures.now
    ) async throws -> RefreshOutcome {
        try await refresh(
            token.digest, client: client, successor: successor.digest, expiresAt: expiresAt, grace: StorePromise.grace,
            now: now)
    }
}
