internal import AccountDirectory
internal import IdentityCrypto
internal import OpenIDMessages
internal import ProviderCore

extension StorePromise {
    static let registrations: [StorePromise] = [
        StorePromise("An initial access token is found while it has uses left and lives") { store in
            let token = initialToken(uses: 2)
            try await save(token, store)
            try requireEqual(try await store.initialAccessToken(token.handle, now: token.expiresAt - 1), token)
            try requireEqual(try await store.initialAccessToken(token.handle, now: token.expiresAt), nil)
            try requireEqual(
                try await store.initialAccessToken(OneTimeHandle(.initialAccessToken).digest, now: Fixtures.now), nil)
            for left in [Int64(1), 0] {
                try require(try await register(registration(), token, store), "a use was refused")
                let found = try await store.initialAccessToken(token.handle, now: Fixtures.now)
                try requireEqual(found?.usesLeft, left == 0 ? nil : left, "uses left")
            }
            try require(try await !register(registration(), token, store), "a use too many")
            try requireEqual(try await store.clientRegistrations().count, 2, "registrations")
        },
        StorePromise("Registrations come back as they were written, in their order") { store in
            let token = initialToken(uses: 3)
            try await save(token, store)
            let first = registration()
            var second = registration(at: Fixtures.now + 1)
            second.secretDigest = ContentDigest(of: "secret")
            for registration in [first, second] { try require(try await register(registration, token, store), "it") }
            try requireEqual(try await store.clientRegistrations(), [first, second])
        },
        StorePromise("An unknown, expired or other tenant's token registers nothing") { store in
            let expired = initialToken(uses: 5, expiresAt: Fixtures.now)
            let foreign = initialToken(uses: 5, tenant: TenantIdentifier(rawValue: "bottrop")!)
            for token in [expired, foreign] { try await save(token, store) }
            for token in [expired, foreign, initialToken(uses: 5)] {
                try require(try await !register(registration(), token, store), "it was registered")
            }
            try requireEqual(try await store.clientRegistrations(), [])
            try requireEqual(
                try await store.initialAccessToken(foreign.handle, now: Fixtures.now)?.usesLeft, 5, "uses left")
        },
        StorePromise("A tenant's tokens that are good are listed, and one that is ended registers nothing") { store in
            let tenant = try scope(Fixtures.tenant.rawValue)
            let (now, other) = (Fixtures.now, try scope("bottrop"))
            let (later, sooner) = (initialToken(uses: 2), initialToken(uses: 1, expiresAt: now + 60))
            let over = initialToken(uses: 1, expiresAt: now)
            let foreign = initialToken(uses: 1, tenant: TenantIdentifier(rawValue: "bottrop")!)
            for token in [later, sooner, over, foreign] { try await save(token, store) }
            try requireEqual(try await store.initialAccessTokens(in: tenant, now: now), [sooner, later])
            func revoke(_ token: InitialAccessToken) async throws -> Bool {
                try await store.revokeInitialAccessToken(
                    token.name, in: tenant, now: now, event: event(.clientTokenRevoked))
            }
            try require(try await !revoke(over), "what is over was ended")
            try require(try await !revoke(foreign), "another tenant's was ended")
            try require(try await revoke(later), "it was not ended")
            try require(try await !revoke(later), "it was ended twice")
            try require(try await !register(registration(), later, store), "it registered a client")
            try require(try await register(registration(), sooner, store), "another one was ended with it")
            try requireEqual(try await store.initialAccessTokens(in: tenant, now: now), [])
            try requireEqual(try await store.initialAccessTokens(in: other, now: now), [foreign])
        },
        StorePromise("A client that exists is not registered again, and no use is taken") { store in
            let token = initialToken(uses: 2)
            try await save(token, store)
            let first = registration()
            _ = try await register(first, token, store)
            var again = registration()
            again.identifier = first.identifier
            try require(try await !register(again, token, store), "it was registered again")
            try requireEqual(try await store.clientRegistrations(), [first])
            try requireEqual(try await store.initialAccessToken(token.handle, now: Fixtures.now)?.usesLeft, 1)
        },
        StorePromise("Of 64 registrations at once with a token for one, one succeeds") { store in
            let token = initialToken(uses: 1)
            try await save(token, store)
            let registered = try await atOnce(64) { _ in try await register(registration(), token, store) }
            try requireEqual(registered.count { $0 }, 1, "registered")
            try requireEqual(try await store.clientRegistrations().count, 1, "registrations")
        },
        StorePromise("A registration is replaced with its access token, and its old token counts no more") { store in
            let first = try await registered(store)
            var second = registration()
            second.identifier = first.identifier
            second.metadata = ["client_name": "Neu"]
            try require(
                try await !store.replace(
                    second, previous: OneTimeHandle(.registrationAccessToken).digest, event: event(.clientChanged)),
                "with a token that is unknown")
            try requireEqual(try await store.clientRegistrations(), [first])
            try require(
                try await store.replace(second, previous: first.accessToken, event: event(.clientChanged)), "refused")
            try requireEqual(try await store.clientRegistrations(), [second])
            try require(
                try await !store.replace(first, previous: first.accessToken, event: event(.clientChanged)), "twice")
            try requireEqual(try await store.clientRegistrations(), [second])
        },
        StorePromise("The token of one registration replaces no other") { store in
            let first = try await registered(store)
            let second = try await registered(store)
            try require(
                try await !store.replace(first, previous: second.accessToken, event: event(.clientChanged)), "it did")
        },
        StorePromise("Of 64 replacements at once with the same token, one succeeds") { store in
            let first = try await registered(store)
            let replaced = try await atOnce(64) { _ in
                var next = registration()
                next.identifier = first.identifier
                return try await store.replace(next, previous: first.accessToken, event: event(.clientChanged))
            }
            try requireEqual(replaced.count { $0 }, 1, "replaced")
        },
        StorePromise("A removed registration is gone, and its grants and tokens with it; others stay") { store in
            let removed = try await registered(store)
            let kept = try await registered(store)
            let (waiting, redeemed) = (
                try await Fixtures.login(in: store, client: removed.identifier),
                try await Fixtures.login(in: store, client: removed.identifier)
            )
            let token = OneTimeHandle(.refreshToken)
            try requireRedeemed(
                try await store.redeem(
                    redeemed.code.digest, client: removed.identifier,
                    refreshToken: NewRefreshToken(
                        handle: token.digest, proofKey: nil, expiresAt: Fixtures.now + 3600), now: Fixtures.now))
            let (other, otherToken) = try await Fixtures.refreshableLogin(in: store)
            try require(
                try await store.removeRegistration(
                    removed.identifier, holding: removed.accessToken, event: event(.clientRemoved)), "not removed")
            try require(
                try await !store.removeRegistration(
                    removed.identifier, holding: removed.accessToken, event: event(.clientRemoved)), "twice")
            try requireEqual(try await store.clientRegistrations(), [kept])
            try requireEqual(try await store.redeem(waiting.code, client: removed.identifier), .unknown)
            try require(try await store.liveGrant(redeemed.transaction) == nil, "the grant lives")
            try require(try await store.refreshToken(token.digest, now: Fixtures.now) == nil, "the token lives")
            try require(try await store.liveGrant(other.transaction) != nil, "another client's grant")
            try require(try await store.refreshToken(otherToken.digest, now: Fixtures.now) != nil, "another's token")
        },
        StorePromise("I22: a registration goes with its own token or its tenant's scope, with nobody else's") { store in
            let (first, second) = (try await registered(store), try await registered(store))
            try require(
                try await !store.removeRegistration(
                    first.identifier, holding: second.accessToken, event: event(.clientRemoved)), "another's token")
            try require(
                try await !store.removeRegistration(
                    first.identifier, in: scope("bottrop"), event: event(.clientRemoved)), "another tenant")
            try requireEqual(try await store.clientRegistrations(), [first, second])
            try require(
                try await store.removeRegistration(
                    first.identifier, in: scope("gelsenkirchen"), event: event(.clientRemoved)), "its tenant")
            try requireEqual(try await store.clientRegistrations(), [second])
        },
        StorePromise("A client of the region, which did not register itself, is not removed") { store in
            let login = try await Fixtures.login(in: store)
            try require(
                try await !store.removeRegistration(
                    Fixtures.client, in: scope("gelsenkirchen"), event: event(.clientRemoved)), "it was removed")
            try requireRedeemed(try await store.redeem(login.code))
        },
    ]

    static func initialToken(
        uses: Int64, tenant: TenantIdentifier = Fixtures.tenant, expiresAt: Timestamp = Fixtures.now + 600
    ) -> InitialAccessToken {
        InitialAccessToken(
            handle: OneTimeHandle(.initialAccessToken).digest,
            name: RegistrationTokenIdentifier(rawValue: "it_" + RandomBytes.text(16))!, tenant: tenant, usesLeft: uses,
            expiresAt: expiresAt)
    }

    static func save(_ token: InitialAccessToken, _ store: any ProviderStore) async throws {
        try await store.save(token, in: scope(token.tenant.rawValue), event: event(.clientTokenIssued))
    }

    private static func event(_ kind: SecurityEvent.Kind) -> SecurityEvent {
        SecurityEvent(kind, time: Fixtures.now, tenant: Fixtures.tenant)
    }

    private static func registration(
        at time: Timestamp = Fixtures.now, metadata: JSONObject = ["client_name": "Bürgerbüro"]
    ) -> ClientRegistration {
        ClientRegistration(
            identifier: .random(bytes: 16), tenant: Fixtures.tenant, metadata: metadata,
            secretDigest: nil, accessToken: OneTimeHandle(.registrationAccessToken).digest, createdAt: time)
    }

    private static func register(
        _ registration: ClientRegistration, _ token: InitialAccessToken, _ store: any ProviderStore
    ) async throws -> Bool {
        try await store.register(
            registration, with: token.handle, now: Fixtures.now, event: event(.clientRegistered))
    }

    @discardableResult
    static func registered(
        _ store: any ProviderStore, _ metadata: JSONObject = ["client_name": "Bürgerbüro"]
    ) async throws -> ClientRegistration {
        let token = initialToken(uses: 1)
        try await save(token, store)
        let registration = registration(metadata: metadata)
        try require(try await register(registration, token, store), "a fixture was not registered")
        return registration
    }
}
