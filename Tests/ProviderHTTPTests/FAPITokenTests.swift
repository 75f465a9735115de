import AccountDirectory
import HTTPTypes
import HummingbirdTesting
import IdentityCrypto
import OpenIDMessages
import ProviderCore
import ProviderHarness
import Testing

/// Modules of the OpenID Foundation's plan for FAPI 2.0 servers that concern the token endpoint, userinfo and the
/// client's authentication there; each test bears its module's name.
@Suite("FAPI 2.0 Security Profile: token endpoint and userinfo")
struct FAPITokenTests {
    private static let portal = TestGrants.fapi
    private static let other = TestGrants.otherFAPI

    /// What a portal has after the login: a code, and a key for its proofs.
    struct Call: Sendable {
        let site: Site
        let phone: TestPhone
        let key = SigningKey.makeES256()

        func code(_ changes: [String: String?] = [:]) async throws -> String {
            try await site.provider.code(at: FAPITokenTests.portal, phone: phone, changes)
        }

        /// A redemption; `assertion` replaces the good one, and an empty text leaves it out.
        func redeem(
            _ code: String, assertion: String? = nil, _ changes: [String: String?] = [:], proof: String? = nil
        ) async throws -> TestResponse {
            var form = FAPITokenTests.portal.tokenRequest(code: code, changes)
            if assertion != "" {
                form["client_assertion"] = try assertion ?? FAPITokenTests.portal.assertion(now: site.now)
                form["client_assertion_type"] = ClientCredentials.assertionType
            }
            let made = try proof ?? site.provider.proof(key, "POST", "/token").text
            return try await site.post("/token", form: form, headers: made.isEmpty ? [:] : [.proof: made])
        }

        func userinfo(_ access: String, _ change: (inout JSONObject) -> Void = { _ in }) async throws -> TestResponse {
            let proof = try phone.proof(
                "GET", "/userinfo", nonce: site.provider.provider.proofs.nonce(), now: site.now, key: key
            ) { claims in
                claims["ath"] = .string(ContentDigest(of: access).rawValue)
                change(&claims)
            }
            return try await site.get("/userinfo", headers: [.authorization: "DPoP " + access, .proof: proof])
        }
    }

    private func run(_ body: @Sendable (Call) async throws -> Void) async throws {
        let provider = try await TestProvider.withGrants()
        let phone = try await provider.enrolledPhone()
        try await Site.serve(provider) { site in try await body(Call(site: site, phone: phone)) }
    }

    private func requireClientRefused(_ response: TestResponse) {
        #expect(response.status == .unauthorized && response.error == "invalid_client")
    }

    @Test("fapi2-security-profile-final-happy-flow")
    func happyFlow() async throws {
        try await run { call in
            let response = try await call.redeem(try await call.code())
            #expect(response.status == .ok && response.json["token_type"] == "DPoP")
            #expect(response.headers[.cacheControl] == "no-store")
            #expect(response.headers[.contentType] == "application/json")
            let info = try await call.userinfo(response.json.text("access_token"))
            let subject = try response.json.idToken["sub"]
            #expect(info.status == .ok && info.json["sub"] == subject)
        }
    }

    @Test("fapi2-security-profile-final-ensure-authorization-code-is-bound-to-client")
    func codeOfOtherClient() async throws {
        try await run { call in
            let code = try await call.code()
            let assertion = try Self.other.assertion(now: call.site.now)
            let response = try await call.redeem(code, assertion: assertion)
            #expect(response.status == .badRequest && response.error == "invalid_grant")
            #expect(try await call.redeem(code).status == .ok)
        }
    }

    // fapi-ciba-id1-ensure-without-client-assertion-in-token-endpoint-request
    @Test("fapi2-security-profile-final-ensure-client-assertion-in-token-endpoint")
    func assertionMissing() async throws {
        try await run { call in
            let code = try await call.code()
            requireClientRefused(try await call.redeem(code, assertion: ""))
            requireClientRefused(try await call.redeem(code, assertion: "", ["client_id": Self.portal.identifier]))
            #expect(try await call.redeem(code).status == .ok)
        }
    }

    // fapi-ciba-id1-ensure-wrong-client-id-in-token-endpoint-request
    @Test("fapi2-security-profile-final-ensure-client-id-in-token-endpoint")
    func otherClientIdentifier() async throws {
        try await run { call in
            let code = try await call.code()
            let response = try await call.redeem(code, ["client_id": Self.other.identifier])
            requireClientRefused(response)
            #expect(try await call.redeem(code, ["client_id": Self.portal.identifier]).status == .ok)
        }
    }

    /// Assertions that are refused, with a word of the module.
    private func refuseAssertion(_ change: @Sendable (inout JSONObject, Timestamp) -> Void) async throws {
        try await run { call in
            let code = try await call.code()
            let now = call.site.now
            requireClientRefused(
                try await call.redeem(code, assertion: try Self.portal.assertion(now: now) { change(&$0, now) }))
            #expect(try await call.redeem(code).status == .ok)
        }
    }

    @Test("fapi2-security-profile-final-ensure-client-assertion-with-exp-is-5-minutes-in-past-fails")
    func assertionExpired() async throws { try await refuseAssertion { $0["exp"] = ($1 - 300).json } }

    @Test("fapi2-security-profile-final-ensure-client-assertion-with-no-sub-fails")
    func assertionWithoutSubject() async throws { try await refuseAssertion { claims, _ in claims["sub"] = nil } }

    @Test("fapi2-security-profile-final-ensure-client-assertion-with-wrong-aud-fails")
    func assertionForOther() async throws {
        try await refuseAssertion { claims, _ in claims["aud"] = "https://other.example" }
    }

    // fapi-ciba-id1-ensure-client-assertion-signature-algorithm-in-token-endpoint-request-is-RS256-fails
    @Test("fapi2-security-profile-final-ensure-signed-client-assertion-with-RS256-fails")
    func assertionRS256() async throws {
        try await run { call in
            let rsa = try SigningKey.makeRS256()
            try call.site.provider.change(Self.portal) { client in
                client.keys.append(rsa.publicKey.listedJWK(identifier: "rsa"))
            }
            let code = try await call.code()
            requireClientRefused(
                try await call.redeem(
                    code,
                    assertion: try Self.portal.assertion(now: call.site.now, key: rsa, keyIdentifier: "rsa")))
            #expect(try await call.redeem(code).status == .ok)
        }
    }

    @Test("fapi2-security-profile-final-ensure-holder-of-key-required")
    func holderOfKey() async throws {
        try await run { call in
            let response = try await call.redeem(try await call.code(), proof: "")
            #expect(response.status == .badRequest && response.error == "invalid_dpop_proof")
        }
    }

    @Test("fapi2-security-profile-final-ensure-pkce-code-verifier-required")
    func verifierMissing() async throws {
        try await run { call in
            let response = try await call.redeem(try await call.code(), ["code_verifier": nil])
            #expect(response.status == .badRequest && response.error == "invalid_grant")
        }
    }

    @Test("fapi2-security-profile-final-incorrect-pkce-code-verifier-rejected")
    func verifierWrong() async throws {
        try await run { call in
            let wrong = String(repeating: "a", count: 43)
            let response = try await call.redeem(try await call.code(), ["code_verifier": wrong])
            #expect(response.status == .badRequest && response.error == "invalid_grant")
        }
    }

    @Test(
        "fapi2-security-profile-final-ensure-dpopproof-with-iat-10seconds-before-succeeds, fapi2-security-profile-final-ensure-dpopproof-with-iat-10seconds-after-succeeds",
        arguments: [-10, 10] as [Int64])
    func proofTime(seconds: Int64) async throws {
        try await run { call in
            let site = call.site
            func proof(_ path: String) throws -> String {
                try call.phone.proof(
                    "POST", path, nonce: site.provider.provider.proofs.nonce(), now: site.now + seconds, key: call.key)
            }
            let (form, _) = try site.credentials(of: Self.portal, added: Self.portal.request())
            #expect(try await site.post("/par", form: form, headers: [.proof: try proof("/par")]).status == .created)
            let response = try await call.redeem(try await call.code(), proof: try proof("/token"))
            #expect(response.status == .ok)
            let later = (site.now + seconds).json
            #expect(try await call.userinfo(response.json.text("access_token")) { $0["iat"] = later }.status == .ok)
        }
    }

    @Test("fapi2-security-profile-final-ensure-dpop-auth-code-binding-success")
    func codeBinding() async throws {
        try await run { call in
            let code = try await call.code(["dpop_jkt": call.key.thumbprint.rawValue])
            #expect(try await call.redeem(code).status == .ok)
        }
    }

    @Test("fapi2-security-profile-final-ensure-token-endpoint-fails-with-mismatched-dpop-jkt")
    func otherCodeBinding() async throws {
        try await run { call in
            let code = try await call.code(["dpop_jkt": SigningKey.makeES256().thumbprint.rawValue])
            let response = try await call.redeem(code)
            #expect(response.status == .badRequest && response.error == "invalid_grant")
        }
    }

    @Test("fapi2-security-profile-final-ensure-token-endpoint-fails-with-mismatched-dpop-proof-jkt")
    func otherPushedKey() async throws {
        try await run { call in
            let provider = call.site.provider
            for (key, status) in [(SigningKey.makeES256(), 400), (call.key, 200)] {
                let request = try await provider.validated(
                    pushed: Self.portal.request(), by: Self.portal, proofKey: key.thumbprint)
                let login = try provider.begin(request)
                let device = try await provider.verified(call.phone)
                let statement = try await provider.claimed(login, by: device)
                try await provider.answer(
                    statement, try call.phone.response(to: statement, now: provider.now), by: device)
                let response = try await call.redeem(try #require(login.collect()?["code"]))
                #expect(response.status.code == status)
            }
        }
    }

    // fapi-ciba-id1-refresh-token
    @Test("fapi2-security-profile-final-refresh-token: bound to the client, with its authentication and key")
    func refreshToken() async throws {
        try await run { call in
            let site = call.site
            let tokens = try await call.redeem(try await call.code()).json
            func refresh(_ portal: TestPortal?, key: SigningKey?) async throws -> TestResponse {
                var form = ["grant_type": "refresh_token", "refresh_token": try tokens.text("refresh_token")]
                if let portal {
                    form["client_assertion"] = try portal.assertion(now: site.now)
                    form["client_assertion_type"] = ClientCredentials.assertionType
                } else {
                    form["client_id"] = Self.portal.identifier
                }
                let proof = try key.map { try site.provider.proof($0, "POST", "/token").text }
                return try await site.post("/token", form: form, headers: proof.map { [.proof: $0] } ?? [:])
            }
            #expect(try await refresh(Self.other, key: call.key).error == "invalid_grant")
            requireClientRefused(try await refresh(nil, key: call.key))
            #expect(try await refresh(Self.portal, key: nil).error == "invalid_dpop_proof")
            #expect(try await refresh(Self.portal, key: .makeES256()).error == "invalid_grant")
            let response = try await refresh(Self.portal, key: call.key)
            #expect(response.status == .ok && response.json["refresh_token"] == tokens["refresh_token"])
            let (before, after) = (try tokens.idToken, try response.json.idToken)
            for name in ["iss", "sub", "aud", "auth_time"] { #expect(before[name] == after[name], "\(name)") }
            #expect(try await call.userinfo(response.json.text("access_token")).status == .ok)
        }
    }

    @Test("RFC 6749 §4.1.2: the second use ends what the first gave")
    func codeReuse() async throws {
        try await run { call in
            let code = try await call.code()
            let tokens = try await call.redeem(code).json
            #expect(try await call.redeem(code).error == "invalid_grant")
            #expect(try await call.userinfo(tokens.text("access_token")).status == .unauthorized)
        }
    }
}
