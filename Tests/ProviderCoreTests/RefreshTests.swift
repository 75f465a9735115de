import AccountDirectory
import IdentityCrypto
import OpenIDMessages
import ProviderCore
import ProviderHarness
import SQLiteStore
import Testing

/// RFC 6749 §6, RFC 9700 §4.14.2, OpenID Connect Core §12.
@Suite("Refresh tokens")
struct RefreshTests {
    @Test(
        "each use brings a successor, and a refreshed ID token is of the same login, without nonce (oidcc-refresh-token)"
    )
    func rotation() async throws {
        let provider = try await TestProvider.withGrants()
        let phone = try await provider.enrolledPhone()
        let first = try await provider.granted(at: TestGrants.refreshing, phone: phone)
        let before = try unverifiedPayload(first.text("id_token"))
        #expect(before["nonce"] != nil)
        var token = try first.text("refresh_token")
        var seen: Set = [token]
        for _ in 0..<3 {
            provider.clock.advance(600)
            let next = try await provider.refreshed(token, at: TestGrants.refreshing)
            let after = try unverifiedPayload(next.text("id_token"))
            #expect(after["nonce"] == nil)
            for name in ["iss", "sub", "aud", "auth_time", "sid", "txn", "acr", "amr"] {
                #expect(after[name] != nil && after[name] == before[name], "\(name)")
            }
            #expect(after["iat"] == provider.now.json && after["exp"] == (provider.now + 300).json)
            #expect(next["scope"] == "openid person" && next["token_type"] == "Bearer")
            _ = try await provider.userinfo(try next.text("access_token"))
            token = try next.text("refresh_token")
            #expect(OneTimeHandle(parsing: token, as: .refreshToken) != nil)
            #expect(seen.insert(token).inserted)
        }
    }

    @Test("whoever lost the answer gets the same successor for 30 s; later the family ends (Keycloak CVE-2026-1035)")
    func grace() async throws {
        for (seconds, isGranted) in [(0, true), (30, true), (31, false)] as [(Int64, Bool)] {
            let provider = try await TestProvider.withGrants()
            let phone = try await provider.enrolledPhone()
            let portal = TestGrants.refreshing
            let first = try await provider.granted(at: portal, phone: phone)
            let old = try first.text("refresh_token")
            let second = try await provider.refreshed(old, at: portal)
            let next = try second.text("refresh_token")
            provider.clock.advance(seconds)
            if isGranted {
                #expect(try await provider.refreshed(old, at: portal)["refresh_token"]?.string == next)
                #expect(try await provider.refreshed(next, at: portal)["refresh_token"] != nil)
            } else {
                let refusal = try await provider.refusal { _ = try await provider.refreshed(old, at: portal) }
                #expect(refusal?.error.code == .invalidGrant && refusal?.reason == .refreshTokenReplayed)
                await requireEnded(provider, [old, next], [try second.text("access_token")])
            }
        }
    }

    @Test("a token that comes again after its successor was used ends the family at once, for both who hold it")
    func reuse() async throws {
        let provider = try await TestProvider.withGrants()
        let phone = try await provider.enrolledPhone()
        let portal = TestGrants.refreshing
        let first = try await provider.granted(at: portal, phone: phone)
        let other = try await provider.granted(at: portal, phone: phone)
        let stolen = try first.text("refresh_token")
        let second = try await provider.refreshed(stolen, at: portal)
        let third = try await provider.refreshed(second.text("refresh_token"), at: portal)
        let refusal = try await provider.refusal { _ = try await provider.refreshed(stolen, at: portal) }
        #expect(refusal?.reason == .refreshTokenReplayed)
        await requireEnded(
            provider, [stolen, try second.text("refresh_token"), try third.text("refresh_token")],
            try [first, second, third].map { try $0.text("access_token") })
        // Another login of the same person is another family.
        _ = try await provider.refreshed(other.text("refresh_token"), at: portal)
    }

    @Test("of 64 refreshes at once all get the same successor (Hydra #1831, Keycloak CVE-2026-9802)")
    func parallel() async throws {
        let provider = try await TestProvider.withGrants()
        let phone = try await provider.enrolledPhone()
        let portal = TestGrants.refreshing
        let client = try await provider.authenticated(portal)
        let token = try await provider.granted(at: portal, phone: phone).text("refresh_token")
        let request = try TokenRequest(
            parameters: FormParameters(["grant_type": "refresh_token", "refresh_token": token]))
        let successors = try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<64 {
                group.addTask {
                    try await provider.provider.tokens.answer(request, by: client, key: nil).text("refresh_token")
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(successors.count == 64 && Set(successors).count == 1 && successors[0] != token)
        _ = try await provider.refreshed(successors[0], at: portal)
    }

    @Test("a restart changes nothing: the same successor in the grace, a replay afterwards (Keycloak CVE-2026-1035)")
    func restart() async throws {
        let database = try TemporaryDatabase()
        let clock = SettableClock()
        let portal = TestGrants.refreshing
        let store = try SQLiteStore(path: database.path)
        let before = try await TestProvider.withGrants(store: store, clock: clock)
        let phone = try await before.enrolledPhone()
        let old = try await before.granted(at: portal, phone: phone).text("refresh_token")
        let next = try await before.refreshed(old, at: portal).text("refresh_token")
        let after = try await TestProvider.withGrants(store: store, clock: clock)
        #expect(try await after.refreshed(old, at: portal).text("refresh_token") == next)
        _ = try await after.refreshed(next, at: portal)
        let refusal = try await after.refusal { _ = try await after.refreshed(old, at: portal) }
        #expect(refusal?.reason == .refreshTokenReplayed)
        await requireEnded(after, [next], [])
    }

    @Test(
        "under DPoP the token stays and is good with its own key alone (fapi2-security-profile-final-refresh-token)",
        arguments: [TestGrants.fapi, TestGrants.native])
    func bound(portal: TestPortal) async throws {
        let provider = try await TestProvider.withGrants()
        let phone = try await provider.enrolledPhone()
        let (key, other) = (SigningKey.makeES256(), SigningKey.makeES256())
        let first = try await provider.granted(at: portal, phone: phone, key: key)
        let token = try first.text("refresh_token")
        #expect(first["token_type"] == "DPoP")
        for _ in 0..<2 {
            let next = try await provider.refreshed(token, at: portal, key: key)
            #expect(next["refresh_token"]?.string == token && next["token_type"] == "DPoP")
            let confirmation = try unverifiedPayload(next.text("access_token"))["cnf"]?.object
            #expect(confirmation?["jkt"]?.string == key.thumbprint.rawValue)
            for (wrong, reason) in [(nil, Refusal.proofMissing), (other, .proofKeyMismatch)] as [(SigningKey?, Refusal)]
            {
                let refusal = try await provider.refusal {
                    _ = try await provider.refreshed(token, at: portal, key: wrong)
                }
                #expect(refusal?.reason == reason)
                #expect(refusal?.error.code == (wrong == nil ? .invalidDPoPProof : .invalidGrant))
            }
        }
        // Whoever cannot use it cannot keep it alive either.
        provider.clock.advance(7 * 3600)
        _ = try await provider.refusal { _ = try await provider.refreshed(token, at: portal, key: other) }
        provider.clock.advance(3600)
        let refusal = try await provider.refusal { _ = try await provider.refreshed(token, at: portal, key: key) }
        #expect(refusal?.reason == .refreshTokenExpired)
    }

    @Test("the scope may become narrower for one access token, never wider; what is refused uses nothing up")
    func scopes() async throws {
        let provider = try await TestProvider.withGrants()
        let phone = try await provider.enrolledPhone()
        let portal = TestGrants.refreshing
        var token = try await provider.granted(at: portal, phone: phone).text("refresh_token")
        let narrow = try await provider.refreshed(token, at: portal, ["scope": "openid"])
        #expect(narrow["scope"] == "openid" && narrow["id_token"] != nil)
        token = try narrow.text("refresh_token")
        let narrower = try await provider.refreshed(token, at: portal, ["scope": "person"])
        #expect(narrower["scope"] == "person" && narrower["id_token"] == nil)
        let info = try await provider.refusal { _ = try await provider.userinfo(narrower.text("access_token")) }
        #expect(info?.error.code == .insufficientScope)
        token = try narrower.text("refresh_token")
        for (changes, code) in [
            (["scope": "openid email"], .invalidScope), (["scope": "openid person email"], .invalidScope),
            (["scope": "admin"], .invalidScope), (["resource": TestGrants.files.rawValue], .invalidTarget),
            (["resource": "https://other.example/"], .invalidTarget),
        ] as [([String: String], OAuthError.Code)] {
            let refusal = try await provider.refusal { _ = try await provider.refreshed(token, at: portal, changes) }
            #expect(refusal?.error.code == code, "\(changes)")
        }
        // Long after the grace.
        provider.clock.advance(3600)
        #expect(try await provider.refreshed(token, at: portal)["scope"] == "openid person")
    }

    @Test("another client's refresh token is unknown, whatever the client, and stays good (Zitadel CVE-2026-55672)")
    func otherClients() async throws {
        let provider = try await TestProvider.withGrants()
        let phone = try await provider.enrolledPhone()
        let key = SigningKey.makeES256()
        let owners = [TestGrants.refreshing, TestGrants.fapi, TestGrants.native, TestGrants.legacy]
        for owner in owners {
            let proof = owner.identifier == "refreshing" || owner.identifier.hasPrefix("legacy") ? nil : key
            let tokens = try await provider.granted(at: owner, phone: phone, key: proof)
            let token = try tokens.text("refresh_token")
            for thief in TestGrants.portals + TestRegion.portals where thief.identifier != owner.identifier {
                for thiefKey in [nil, key] {
                    let refusal = try await provider.refusal {
                        _ = try await provider.refreshed(token, at: thief, key: thiefKey)
                    }
                    #expect(refusal?.error.code == .invalidGrant && refusal?.reason == .refreshTokenUnknown)
                }
            }
            provider.clock.advance(60)
            #expect(try await provider.refreshed(token, at: owner, key: proof)["access_token"] != nil)
        }
    }

    /// What ends a refresh token besides its own use.
    enum Ending: CaseIterable {
        case signedOut, blockedDevice, idle, absoluteLimit, clientRemoved, levelRaised, tenantSuspended, grantRemoved
        case scopeRemoved, keyDemanded, revoked
    }

    @Test("it ends with session, device, client, level and time", arguments: Ending.allCases)
    func endings(ending: Ending) async throws {
        let provider = try await TestProvider.withGrants()
        let phone = try await provider.enrolledPhone()
        let portal = TestGrants.refreshing
        let signedIn = try await provider.signIn(at: portal, phone: phone)
        var token = try signedIn.tokens.text("refresh_token")
        token = try await provider.refreshed(token, at: portal).text("refresh_token")
        let refusal: ClientRefusal?
        switch ending {
        case .signedOut: try await provider.signOut(signedIn.cookie)
        case .blockedDevice: try await provider.provider.block(code: phone.blockCode)
        case .idle: provider.clock.advance(8 * 3600)
        case .absoluteLimit:
            provider.clock.advance(7 * 3600)
            token = try await provider.refreshed(token, at: portal).text("refresh_token")
            provider.clock.advance(5 * 3600)
        case .clientRemoved:
            try provider.changeRegion { $0.clients.removeAll { $0.identifier == portal.client.identifier } }
        case .levelRaised: try provider.change(portal) { $0.requiredLevel = .substantiell }
        case .tenantSuspended: try provider.changeRegion { $0.tenants[0].state = .suspended }
        case .grantRemoved: try provider.change(portal) { $0.grantTypes = [.authorizationCode] }
        case .scopeRemoved: try provider.change(portal) { $0.scopes = ["openid"] }
        case .keyDemanded: try provider.change(portal) { $0.requiresDPoP = true }
        case .revoked:
            try await provider.provider.revocation.revoke(
                TokenInquiry(parameters: FormParameters(["token": token])), by: try await provider.authenticated(portal)
            )
        }
        refusal = try await provider.refusal { _ = try await provider.refreshed(token, at: portal) }
        let expected: OAuthError.Code =
            switch ending {
            case .clientRemoved, .tenantSuspended: .invalidClient
            case .grantRemoved: .unauthorizedClient
            case .scopeRemoved: .invalidScope
            case .keyDemanded: .invalidDPoPProof
            default: .invalidGrant
            }
        #expect(refusal?.error.code == expected && refusal?.reason != nil)
    }

    @Test("a client without the grant gets no refresh token; offline_access changes nothing (OpenID Connect Core §11)")
    func notAllowed() async throws {
        let provider = try await TestProvider.withGrants()
        let phone = try await provider.enrolledPhone()
        #expect(try await provider.granted(at: TestRegion.basic, phone: phone)["refresh_token"] == nil)
        for portal in [TestRegion.basic, TestGrants.refreshing] {
            let tokens = try await provider.granted(at: portal, phone: phone, ["scope": "openid offline_access person"])
            #expect(tokens["scope"] == "openid person")
            #expect((tokens["refresh_token"] != nil) == (portal.identifier == TestGrants.refreshing.identifier))
            guard let token = tokens["refresh_token"]?.string else { continue }
            let again = try await provider.refreshed(token, at: portal, ["scope": "openid profile offline_access"])
            #expect(again["scope"] == "openid person")
        }
    }

    @Test("a replayed code ends the refresh token that came from it, rotated or not (RFC 6749 §4.1.2)")
    func replayedCode() async throws {
        let provider = try await TestProvider.withGrants()
        let phone = try await provider.enrolledPhone()
        let portal = TestGrants.refreshing
        let code = try await provider.code(at: portal, phone: phone)
        let first = try await provider.redeem(code, at: portal)
        let next = try await provider.refreshed(first.text("refresh_token"), at: portal)
        let refusal = try await provider.refusal { _ = try await provider.redeem(code, at: portal) }
        #expect(refusal?.reason == .codeReplayed)
        await requireEnded(
            provider, [try first.text("refresh_token"), try next.text("refresh_token")],
            [try next.text("access_token")])
    }

    private func requireEnded(_ provider: TestProvider, _ refreshTokens: [String], _ accessTokens: [String]) async {
        for token in refreshTokens {
            await #expect(throws: ClientRefusal.self) {
                try await provider.refreshed(token, at: TestGrants.refreshing)
            }
        }
        for token in accessTokens {
            await #expect(throws: ClientRefusal.self) { try await provider.userinfo(token) }
        }
    }
}
