import IdentityCrypto
import OpenIDMessages
import Synchronization
import Testing

@testable import RelyingParty

@Suite("Refreshing a login (RFC 6749 §6, OpenID Connect Core §12)")
struct RefreshTests {
    let portal = FakePortal()
    var provider: FakeProvider { portal.provider }

    /// A login with a refresh token; refreshed ID tokens have the same claims without a nonce (§12.2).
    private func logIn(_ party: RelyingParty) async throws -> LoggedIn {
        provider.state.withLock { $0.tokenMembers["refresh_token"] = "refresh-1" }
        let login = try await portal.logIn(party)
        provider.state.withLock {
            $0.claims["nonce"] = nil
            $0.tokenMembers = ["refresh_token": "refresh-2", "expires_in": 300]
        }
        return login
    }

    private func change(_ claim: String, _ value: JSONValue?) {
        provider.state.withLock { $0.claims[claim] = value }
    }

    @Test func `§6: the token is sent by the client itself, and the successor takes its place`() async throws {
        let party = try portal.party()
        let login = try await logIn(party)
        #expect(login.accessTokenExpiresAt == nil)
        change("acr", "http://bsi.bund.de/eID/LoA/hoch")
        let refreshed = try await party.refresh(login)
        let form = try #require(provider.requests(.token).last?.form)
        #expect(form["grant_type"] == "refresh_token" && form["refresh_token"] == "refresh-1")
        #expect(form["client_assertion"] != nil && form["code"] == nil)
        #expect(refreshed.isRotated && refreshed.login.refreshToken == "refresh-2")
        #expect(refreshed.login.accessTokenExpiresAt == portal.clock.now + 300)
        #expect(refreshed.login.subject == login.subject && refreshed.login.authenticationContext.level == .hoch)
    }

    @Test func `§6: without a new refresh token, and with the same, the old one stays`() async throws {
        let party = try portal.party()
        let login = try await logIn(party)
        for answer: JSONValue in [.null, "refresh-1"] {
            provider.state.withLock { $0.tokenMembers["refresh_token"] = answer }
            let refreshed = try await party.refresh(login)
            #expect(!refreshed.isRotated && refreshed.login.refreshToken == "refresh-1")
        }
    }

    @Test func `RFC 9449 §5: a bound login is refreshed with a proof by its own key`() async throws {
        let party = try portal.party { $0.tokenBinding = .keyOfEachLogin }
        let login = try await logIn(party)
        let refreshed = try await party.refresh(login).login
        let proof = try VerifiedDPoPProof.verify(
            #require(provider.requests(.token).last?.proof), method: "POST", url: "https://id.example.test/token",
            now: portal.clock.now, isAcceptableNonce: nil)
        #expect(proof.key.thumbprint == login.proofKey?.thumbprint)
        #expect(refreshed.proofKey?.thumbprint == login.proofKey?.thumbprint)
        provider.state.withLock { $0.tokenMembers["token_type"] = "Bearer" }
        await #expect(throws: RelyingPartyError.tokenTypeMismatch) { try await party.refresh(login) }
    }

    // MARK: §12.2

    static let changes: [(String, JSONValue?, IDTokenDefect)] = [
        ("iss", "https://other.example.test", .wrong("iss")), ("iss", nil, .missing("iss")),
        ("sub", "subject-2", .changed("sub")), ("sub", nil, .missing("sub")), ("aud", "other", .wrong("aud")),
        ("aud", ["portal", "other"], .wrong("aud")), ("nonce", "another", .changed("nonce")),
        ("nonce", .null, .changed("nonce")), ("nonce", "", .changed("nonce")),
        ("auth_time", (IDTokenValidationTests.now - 4).json, .changed("auth_time")),
        ("auth_time", IDTokenValidationTests.now.json, .changed("auth_time")), ("azp", "portal", .changed("azp")),
        ("azp", "other", .wrong("azp")), ("iat", (IDTokenValidationTests.now - 601).json, .clockDisagrees("iat")),
        ("exp", (IDTokenValidationTests.now - 30).json, .expired),
        ("acr", "http://bsi.bund.de/eID/LoA/normal", .levelNotSatisfied),
        ("at_hash", "AAAAAAAAAAAAAAAAAAAAAA", .wrong("at_hash")),
    ]

    @Test(arguments: changes)
    func `§12.2: a refreshed ID token that is not the login's is refused`(
        claim: String, value: JSONValue?, defect: IDTokenDefect
    ) async throws {
        let party = try portal.party()
        let login = try await logIn(party)
        change(claim, value)
        await #expect(throws: RelyingPartyError.unacceptableIDToken(defect)) { try await party.refresh(login) }
    }

    @Test func `§12.2: an azp of the login must come again`() async throws {
        let party = try portal.party()
        change("azp", "portal")
        let login = try await logIn(party)
        _ = try await party.refresh(login)
        change("azp", nil)
        await #expect(throws: RelyingPartyError.unacceptableIDToken(.changed("azp"))) { try await party.refresh(login) }
    }

    @Test
    func `§12.2: the login's own nonce may come again, auth_time may be left out, and iat is the time of the refresh`()
        async throws
    {
        let party = try portal.party()
        var login = try await logIn(party)
        change("nonce", .string(login.first.nonce.rawValue))
        change("auth_time", nil)
        portal.clock.advance(3600)
        change("iat", portal.clock.now.json)
        change("exp", (portal.clock.now + 300).json)
        login = try await party.refresh(login).login
        // What a refreshed token left out is not forgotten for the next one.
        change("auth_time", IDTokenValidationTests.good["auth_time"])
        login = try await party.refresh(login).login
        change("auth_time", portal.clock.now.json)
        await #expect(throws: RelyingPartyError.unacceptableIDToken(.changed("auth_time"))) {
            try await party.refresh(login)
        }
    }

    @Test func `§12.2: a response without ID token leaves the login's in force`() async throws {
        let party = try portal.party()
        change("sid", "session-of-sixteen-and-more")
        let login = try await logIn(party)
        provider.state.withLock {
            $0.tokenMembers["id_token"] = .null
            $0.tokenMembers["access_token"] = "access-2"
        }
        let refreshed = try await party.refresh(login).login
        #expect(refreshed.accessToken == "access-2")
        #expect(refreshed.idToken == login.idToken && refreshed.signedIDToken == login.signedIDToken)
        #expect(refreshed.session?.rawValue == "session-of-sixteen-and-more")
    }

    @Test func `I28: a refreshed ID token must name the town of the login`() async throws {
        let party = try portal.party()
        let pending = try await party.beginLogin(servedTenant: ServedTenantLoginTests.herten)
        change("nonce", .string(pending.nonce.rawValue))
        change(ServedTenantLoginTests.claim, .object(["id": "herten"]))
        provider.state.withLock { $0.tokenMembers["refresh_token"] = "refresh-1" }
        let login = try await party.finishLogin(callbackQuery: portal.callback(pending), pending: pending)
        change(ServedTenantLoginTests.claim, .object(["id": "marl"]))
        await #expect(throws: RelyingPartyError.unacceptableIDToken(.tenantMismatch)) { try await party.refresh(login) }
    }

    // MARK: Refusals

    @Test func `RFC 6749 §5.2: invalid_grant says that the grant is over, and nothing else does`() async throws {
        let party = try portal.party()
        let login = try await logIn(party)
        for code in ["invalid_grant", "invalid_client", "temporarily_unavailable"] {
            provider.state.withLock { $0.tokenRefusal = code }
            let refusal = ProviderRefusal(code: code, description: nil)
            let error: RelyingPartyError =
                code == "invalid_grant" ? .grantEnded(refusal) : .requestRefused(.token, refusal)
            await #expect(throws: error) { try await party.refresh(login) }
        }
    }

    @Test func `a login without refresh token sends nothing`() async throws {
        let party = try portal.party()
        let login = try await portal.logIn(party)
        await #expect(throws: RelyingPartyError.noRefreshToken) { try await party.refresh(login) }
        #expect(provider.count(.token) == 1)
    }

    @Test func `RFC 6749 §5.1: members that cannot be used are refused and not passed over`() async throws {
        for (name, value) in [
            ("refresh_token", 7), ("refresh_token", ""), ("refresh_token", "a\nb"), ("id_token", 7),
            ("expires_in", "300"), ("expires_in", -1), ("expires_in", .integer(.max)), ("access_token", "a b"),
            ("access_token", ""),
        ] as [(String, JSONValue)] {
            let portal = FakePortal()
            portal.provider.state.withLock { $0.tokenMembers[name] = value }
            await #expect(throws: RelyingPartyError.unusableAnswer(.token, status: 200), "\(name): \(value)") {
                try await portal.logIn(portal.party())
            }
        }
        provider.state.withLock { $0.tokenMembers["id_token"] = .null }
        await #expect(throws: RelyingPartyError.unusableAnswer(.token, status: 200)) {
            try await portal.logIn(portal.party())
        }
    }

    @Test func `the tokens of one provider go to no other`() async throws {
        let login = try await logIn(portal.party())
        let other = FakePortal()
        let party = try other.party { $0.issuer = IssuerURL(rawValue: "https://other.example.test")! }
        await #expect(throws: RelyingPartyError.loginOfOtherProvider) { try await party.refresh(login) }
        await #expect(throws: RelyingPartyError.loginOfOtherProvider) { try await party.revoke(login) }
        await #expect(throws: RelyingPartyError.loginOfOtherProvider) { try await party.userinfo(of: login) }
        await #expect(throws: RelyingPartyError.loginOfOtherProvider) { try await party.beginLogout(of: login) }
        #expect(other.provider.state.withLock { $0.requests.isEmpty })
    }

    // MARK: After a restart

    @Test(arguments: [TokenBinding.bearer, .keyOfEachLogin])
    func `a login that was kept goes on after a restart, with its key and its checks`(binding: TokenBinding)
        async throws
    {
        change("sid", "session-of-sixteen-and-more")
        let login = try await logIn(portal.party { $0.tokenBinding = binding })
        let kept = try LoggedIn(serialized: login.serialized)
        #expect(kept.serialized == login.serialized && kept.first == login.first && kept.session == login.session)
        #expect(kept.idToken == login.idToken && kept.authenticationContext == login.authenticationContext)
        #expect(kept.proofKey?.thumbprint == login.proofKey?.thumbprint)

        let restarted = try portal.party { $0.tokenBinding = binding }
        _ = try await restarted.refresh(kept)
        change("auth_time", portal.clock.now.json)
        await #expect(throws: RelyingPartyError.unacceptableIDToken(.changed("auth_time"))) {
            try await restarted.refresh(kept)
        }
    }

    @Test func `a kept login that was damaged is none`() async throws {
        let login = try await logIn(portal.party { $0.tokenBinding = .keyOfEachLogin })
        let good = try StrictJSON.parseObject(login.serialized)
        for name in good.names where !["auth_time", "sid", "expires_at", "refresh_token", "key"].contains(name) {
            var damaged = good
            damaged[name] = nil
            #expect(throws: RelyingPartyError.unreadableLogin, "\(name)") {
                try LoggedIn(serialized: damaged.serialized)
            }
        }
        for (name, value) in [
            ("version", 2), ("served_tenant", "Herten"), ("key", .object([:])), ("another", 1), ("sid", ""),
            ("id_token", "a.b.c"),
        ] as [(String, JSONValue)] {
            var damaged = good
            damaged[name] = value
            #expect(throws: RelyingPartyError.unreadableLogin, "\(name)") {
                try LoggedIn(serialized: damaged.serialized)
            }
        }
        #expect(throws: RelyingPartyError.unreadableLogin) { try LoggedIn(serialized: []) }
    }

    @Test func `a login and its key describe themselves without a secret`() async throws {
        let login = try await logIn(portal.party { $0.tokenBinding = .keyOfEachLogin })
        let text = "\(login) \(String(describing: login.proofKey))"
        for secret in [login.accessToken, login.refreshToken ?? "", login.signedIDToken, login.subject.rawValue] {
            #expect(!secret.isEmpty && !text.contains(secret))
        }
    }
}

@Suite("Revoking a login's tokens (RFC 7009)")
struct RevocationTests {
    let portal = FakePortal()
    var provider: FakeProvider { portal.provider }

    @Test func `§2.1: the refresh token, by the client itself; an answer without a body is a success`() async throws {
        provider.state.withLock { $0.tokenMembers["refresh_token"] = "refresh-1" }
        let party = try portal.party()
        try await party.revoke(portal.logIn(party))
        let form = try #require(provider.requests(.revocation).first?.form)
        #expect(form["token"] == "refresh-1" && form["token_type_hint"] == "refresh_token")
        #expect(form["client_assertion"] != nil)
    }

    @Test func `§2.1: without a refresh token the access token`() async throws {
        let party = try portal.party()
        try await party.revoke(portal.logIn(party))
        let form = try #require(provider.requests(.revocation).first?.form)
        #expect(form["token"] == "access-token" && form["token_type_hint"] == "access_token")
    }

    @Test func `§2.2.1: a refusal is no success`() async throws {
        let party = try portal.party()
        let login = try await portal.logIn(party)
        let body = (["error": "invalid_client"] as JSONObject).serialized
        provider.state.withLock { $0.revocation = BackChannelAnswer(status: 401, body: body) }
        let refusal = ProviderRefusal(code: "invalid_client", description: nil)
        await #expect(throws: RelyingPartyError.requestRefused(.revocation, refusal)) { try await party.revoke(login) }
        provider.state.withLock { $0.revocation = BackChannelAnswer(status: 503, body: []) }
        await #expect(throws: RelyingPartyError.unusableAnswer(.revocation, status: 503)) {
            try await party.revoke(login)
        }
    }

    @Test func `a provider without the endpoint is told so`() async throws {
        provider.state.withLock { $0.metadata["revocation_endpoint"] = nil }
        let party = try portal.party()
        let login = try await portal.logIn(party)
        await #expect(throws: RelyingPartyError.unusableMetadata(.endpointNotOffered(.revocation))) {
            try await party.revoke(login)
        }
    }
}
