internal import IdentityCrypto
internal import OpenIDMessages
internal import ProviderCore

extension StorePromise {
    static let oneTimeUse: [StorePromise] = [
        StorePromise("A value may be used once") { store in
            try require(try await use("jti-1", store), "the first use was refused")
            try require(try await !use("jti-1", store), "the second use was allowed")
            try require(try await use("jti-2", store), "another value was refused")
        },
        StorePromise("A value is known as used from its first use on, in its class alone") { store in
            try require(try await !store.isUsed("jti", class: .clientAssertion), "used before its use")
            _ = try await use("jti", store)
            try require(try await store.isUsed("jti", class: .clientAssertion), "not used after its use")
            try require(try await !store.isUsed("jti", class: .revokedAccessToken), "used in another class")
        },
        StorePromise("Of 64 uses at once of one value, one is the first") { store in
            let firsts = try await atOnce(64) { _ in try await use("jti", store) }
            try requireEqual(firsts.count { $0 }, 1, "first uses")
        },
        StorePromise("A sweep forgets values when their time is over, and not before") { store in
            _ = try await use("jti", store)
            try await store.sweep(now: Fixtures.now + 59)
            try require(try await !use("jti", store), "forgotten too early")
            try await store.sweep(now: Fixtures.now + 60)
            try require(try await use("jti", store), "never forgotten")
        },
        StorePromise("A sweep removes more than one batch") { store in
            _ = try await atOnce(450) { index in try await use("jti-\(index)", store) }
            try await store.sweep(now: Fixtures.now + 60)
            try require(try await use("jti-449", store), "never forgotten")
        },
        StorePromise("A sweep within the day leaves grants, answers and tickets as they are") { store in
            let login = try await sweptLogin(at: Fixtures.now + 86_400 + Lifetime.code, store)
            try require(try await store.liveGrant(login.transaction) != nil, "the grant is gone")
            try requireEqual(try await store.accept(login), .answeredAlready(login.responseDigest))
        },
        StorePromise("A sweep after a day removes grants and answers; accounts and devices stay") { store in
            let login = try await sweptLogin(at: Fixtures.now + 2 * 86_400, store)
            try require(try await store.liveGrant(login.transaction) == nil, "the grant is still there")
            try require(try await store.device(login.device)?.1.isActive == true, "the device is gone")
            // Nothing remembers the login, but the counter remembers the response.
            try requireEqual(try await store.accept(login), .cloned)
        },
        StorePromise("A sweep after a day removes tickets") { store in
            let account = Fixtures.account()
            let ticket = Fixtures.ticket(for: account)
            try await store.register(account, ticket: ticket, events: [])
            try await store.sweep(now: ticket.expiresAt + 86_400)
            try require(try await store.ticket(ticket.digest) != nil, "the ticket is gone too early")
            try await store.sweep(now: ticket.expiresAt + 86_401)
            try require(try await store.ticket(ticket.digest) == nil, "the ticket is still there")
        },
    ]

    private static func use(_ value: String, _ store: any ProviderStore) async throws -> Bool {
        try await store.use(value, class: .clientAssertion, expiresAt: Fixtures.now + 60)
    }

    private static func sweptLogin(at time: Timestamp, _ store: any ProviderStore) async throws -> LoginAnswer {
        let device = try await Fixtures.enrolledDevice(in: store)
        let code = OneTimeHandle(.authorizationCode)
        let answer = Fixtures.answer(from: device, code: code)
        _ = try await store.accept(answer)
        _ = try await store.redeem(code, client: Fixtures.client, now: Fixtures.now)
        try await store.sweep(now: time)
        return answer
    }
}
