import IdentityCrypto
import OpenIDMessages
import Synchronization
import Testing

@testable import RelyingParty

@Suite("Tokens bound to a key of each login (RFC 9449)")
struct SenderConstraintTests {
    static let issuer = "https://id.example.test"

    let portal = FakePortal()
    var provider: FakeProvider { portal.provider }

    func party(_ change: (inout RelyingParty.Configuration) -> Void = { _ in }) throws -> RelyingParty {
        try portal.party {
            $0.tokenBinding = .keyOfEachLogin
            change(&$0)
        }
    }

    /// The proof of a request, verified as a server does for this address.
    func verified(
        _ request: BackChannelRequest?, _ method: String, _ url: String, accessToken: String? = nil
    ) throws -> VerifiedDPoPProof {
        try VerifiedDPoPProof.verify(
            #require(request?.proof), method: method, url: url, now: portal.clock.now, isAcceptableNonce: nil,
            accessToken: accessToken)
    }

    @Test func `§10.1, §5: the pushed request and the token request bring proofs by the key of the login`() async throws
    {
        let login = try await portal.logIn(party())
        let key = try #require(login.proofKey)
        let pushed = try verified(provider.requests(.pushedAuthorizationRequest).first, "POST", Self.issuer + "/par")
        let redeemed = try verified(provider.requests(.token).first, "POST", Self.issuer + "/token")
        #expect(pushed.key.thumbprint == key.thumbprint && redeemed.key.thumbprint == key.thumbprint)
        #expect(pushed.identifier != redeemed.identifier)
        #expect(FakeProvider.claims(try #require(provider.requests(.token).first?.proof))["ath"] == nil)
        #expect(provider.requests(.discovery).allSatisfy { $0.proof == nil })
    }

    @Test func `§10: without a pushed request the browser carries the thumbprint of the key`() async throws {
        let pending = try await party { $0.usesPushedAuthorizationRequests = false }.beginLogin()
        let query = try #require(pending.authorizationURL.split(separator: "?").last)
        let key = try #require(pending.proofKey)
        #expect(try FormParameters(parsing: query.utf8)["dpop_jkt"] == key.thumbprint.rawValue)
    }

    @Test func `§7.1, §4.2: userinfo comes with the scheme DPoP and a proof over the token, without the query in htu`()
        async throws
    {
        provider.state.withLock { $0.metadata["userinfo_endpoint"] = "https://id.example.test/userinfo?view=all" }
        let party = try party()
        let login = try await portal.logIn(party)
        _ = try await party.userinfo(of: login)
        let request = try #require(provider.requests(.userinfo).first)
        #expect(request.url == Self.issuer + "/userinfo?view=all")
        #expect(request.authorization == "DPoP access-token")
        let proof = try verified(request, "GET", Self.issuer + "/userinfo", accessToken: "access-token")
        #expect(proof.key.thumbprint == login.proofKey?.thumbprint)
    }

    @Test func `each login has a key of its own, and a portal of bearer tokens has none`() async throws {
        let party = try party()
        let first = try await party.beginLogin().proofKey
        let second = try await party.beginLogin().proofKey
        #expect(first != nil && first?.thumbprint != second?.thumbprint)
        let bearer = try portal.party()
        let login = try await portal.logIn(bearer)
        _ = try await bearer.userinfo(of: login)
        #expect(login.proofKey == nil)
        #expect(provider.requests(.userinfo).map(\.authorization) == ["Bearer access-token"])
        #expect(provider.requests(.userinfo).allSatisfy { $0.proof == nil })
    }

    // MARK: Nonces

    @Test func `§8: a server that asks for its nonce gets the request once more, with the nonce and a fresh assertion`()
        async throws
    {
        provider.state.withLock { $0.nonces[Self.issuer] = "n-1" }
        _ = try await party().beginLogin()
        let requests = provider.requests(.pushedAuthorizationRequest)
        let claims = try requests.map { FakeProvider.claims(try #require($0.proof)) }
        #expect(claims.map { $0["nonce"] } == [nil, "n-1"])
        #expect(claims[0]["jti"] != claims[1]["jti"])
        let assertions = try requests.map { FakeProvider.claims(try #require($0.form["client_assertion"])) }
        #expect(
            assertions[0]["jti"] != assertions[1]["jti"], "§5: a proof may be refused after the assertion was used up")
        #expect(requests[0].form["state"] == requests[1].form["state"])
    }

    @Test func `§8: a server that asks again is refused, and not asked a third time`() async throws {
        let party = try party()
        let pending = try await party.beginLogin()
        provider.state.withLock {
            $0.nonces[Self.issuer] = "n-1"
            $0.asksAgainAndAgain = true
        }
        let refusal = ProviderRefusal(code: "use_dpop_nonce", description: nil)
        await #expect(throws: RelyingPartyError.requestRefused(.token, refusal)) {
            try await party.finishLogin(callbackQuery: portal.callback(pending), pending: pending)
        }
        #expect(provider.count(.token) == 2)
    }

    @Test func `§9: a resource server asks by its challenge, and is asked once more and no third time`() async throws {
        let party = try party()
        let login = try await portal.logIn(party)
        provider.state.withLock { $0.nonces[Self.issuer] = "n-2" }
        #expect(try await party.userinfo(of: login)["name"] == "Erika")
        #expect(provider.count(.userinfo) == 2)
        provider.state.withLock { $0.asksAgainAndAgain = true }
        let refusal = ProviderRefusal(code: "use_dpop_nonce", description: "again")
        await #expect(throws: RelyingPartyError.requestRefused(.userinfo, refusal)) {
            try await party.userinfo(of: login)
        }
        #expect(provider.count(.userinfo) == 4)
    }

    @Test func `§8.2: the newest nonce comes from every answer, and stays with the server that gave it`() async throws {
        let tokens = "https://tokens.example.test"
        provider.state.withLock {
            $0.metadata["token_endpoint"] = .string(tokens + "/token")
            $0.nonces = [Self.issuer: "n-1", tokens: "t-1"]
        }
        let party = try party()
        let login = try await portal.logIn(party)
        let sent = try provider.requests(.token).map { FakeProvider.claims(try #require($0.proof))["nonce"] }
        #expect(sent == [nil, "t-1"], "§8.2: the nonce of the other server is none here")
        _ = try await party.userinfo(of: login)
        #expect(provider.count(.userinfo) == 1, "the nonce of the pushed request is good here")
        provider.state.withLock { $0.nonces[Self.issuer] = "n-2" }
        _ = try await party.userinfo(of: login)
        _ = try await party.userinfo(of: login)
        let nonces = try provider.requests(.userinfo).map { FakeProvider.claims(try #require($0.proof))["nonce"] }
        #expect(nonces == ["n-1", "n-1", "n-2", "n-2"])
    }

    @Test func `§8.1: without one well-formed nonce nothing is repeated, and none is remembered`() {
        let body = (["error": "use_dpop_nonce"] as JSONObject).serialized
        for nonces in [[], [""], ["a b"], ["a\""], ["a\\"], ["ü"], ["a", "b"], [String(repeating: "a", count: 1025)]] {
            let answer = BackChannelAnswer(status: 400, body: body, nonces: nonces)
            #expect(!answer.asksForNonce, "\(nonces)")
            let memory = ServerNonces()
            memory.remember(from: answer, of: Self.issuer)
            #expect(memory.nonce(for: Self.issuer) == nil, "\(nonces)")
        }
        #expect(BackChannelAnswer(status: 400, body: body, nonces: ["!~"]).asksForNonce)
        #expect(!BackChannelAnswer(status: 500, body: body, nonces: ["a"]).asksForNonce)
        let other = (["error": "invalid_dpop_proof"] as JSONObject).serialized
        #expect(!BackChannelAnswer(status: 400, body: other, nonces: ["a"]).asksForNonce)
    }

    @Test func `RFC 6750 §3: a refusal stands in the body, or in a challenge`() {
        func code(_ challenges: String..., body: JSONObject? = nil) -> String? {
            BackChannelAnswer(status: 401, body: body?.serialized ?? [], challenges: challenges).refusal?.code
        }
        #expect(code("Bearer", #"DPoP algs="ES256",error="a""#) == "a")
        #expect(code(#"Bearer error_description="error=b", error="a""#) == "a")
        #expect(code(#"Bearer realm="x", error="a", error_description="y""#, body: ["error": "b"]) == "b")
        for challenge in ["Bearer", "", "\"", #"Bearer my_error="a""#, #"Bearer realm="error=a""#, "Bearer error=a"] {
            #expect(code(challenge) == nil, "\(challenge)")
        }
    }

    @Test func `nonces of many servers do not pile up`() {
        let memory = ServerNonces()
        for index in 0..<100 {
            memory.remember(from: BackChannelAnswer(status: 200, body: [], nonces: ["n"]), of: "https://\(index).test")
        }
        #expect((0..<100).filter { memory.nonce(for: "https://\($0).test") != nil }.count <= 16)
        #expect(memory.nonce(for: "https://99.test") == "n")
    }

    // MARK: What would take the protection away

    @Test(arguments: ["Bearer", "bearer", "MAC", ""])
    func `§5, RFC 6749 §7.1: a token of another type than the bound one is refused`(type: String) async throws {
        provider.state.withLock { $0.tokenMembers["token_type"] = .string(type) }
        await #expect(throws: RelyingPartyError.tokenTypeMismatch) { try await portal.logIn(party()) }
    }

    @Test func `RFC 6749 §7.1: a bound token for a portal of bearer tokens is refused, and one of no type`()
        async throws
    {
        provider.state.withLock { $0.tokenMembers["token_type"] = "DPoP" }
        await #expect(throws: RelyingPartyError.tokenTypeMismatch) { try await portal.logIn(portal.party()) }
        provider.state.withLock { $0.tokenMembers["token_type"] = .null }
        await #expect(throws: RelyingPartyError.unusableAnswer(.token, status: 200)) {
            try await portal.logIn(portal.party())
        }
    }

    @Test func `RFC 6749 §5.1: the type's letters have no case`() async throws {
        provider.state.withLock { $0.tokenMembers["token_type"] = "dPoP" }
        #expect(try await portal.logIn(party()).proofKey != nil)
    }

    @Test func `a pending login that lost its key does not end with bearer tokens`() async throws {
        let party = try party()
        let begun = try await party.beginLogin()
        let bare = PendingLogin(
            state: begun.state, nonce: begun.nonce, verifier: begun.verifier, servedTenant: nil,
            authorizationURL: begun.authorizationURL, startedAt: begun.startedAt)
        await #expect(throws: RelyingPartyError.proofKeyMissing) {
            try await party.finishLogin(callbackQuery: portal.callback(bare), pending: bare)
        }
        #expect(provider.count(.token) == 0)
    }

    @Test func `§5.1: a provider that does not say that it binds tokens to ES256 keys is not asked to`() async throws {
        for value: JSONValue? in [nil, ["EdDSA"], "ES256"] {
            let portal = FakePortal()
            portal.provider.state.withLock { $0.metadata["dpop_signing_alg_values_supported"] = value }
            await #expect(throws: RelyingPartyError.unusableMetadata(.noDPoP)) {
                try await portal.party { $0.tokenBinding = .keyOfEachLogin }.beginLogin()
            }
            #expect(portal.provider.count(.pushedAuthorizationRequest) == 0)
            _ = try await portal.party().beginLogin()
        }
    }
}
