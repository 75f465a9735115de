import AccountDirectory
import IdentityCrypto
import OpenIDMessages
import ProviderCore
import ProviderHarness
import Testing

/// OpenID Connect Core §2, RFC 9068; checklist E2, E4, E8, O4.
@Suite("Tokens: they tell the truth about this login")
struct TokenTests {
    private static func idToken(_ provider: TestProvider, _ tokens: JSONObject) throws -> VerifiedJWS {
        let text = try #require(tokens["id_token"]?.string)
        return try provider.provider.keys.ring.verificationKeys.verify(CompactJWS(parsing: text), type: nil)
    }

    @Test(
        "the ID token names issuer, client, nonce, time, level and methods of this login", arguments: LoginFlow.allCases
    )
    func contents(flow: LoginFlow) async throws {
        let provider = try await TestProvider()
        let phone = try await provider.enrolledPhone()
        let device = try await provider.verified(phone)
        let login = try await provider.login()
        provider.clock.advance(5)
        let request = try await provider.claimed(login, by: device, flow: flow)
        provider.clock.advance(7)
        let answer = try phone.response(to: request, now: provider.now)
        try await provider.answer(request, answer, by: device)
        if let uv = answer.returnValue { login.comeBack(uv) }
        let answeredAt = provider.now
        provider.clock.advance(20)
        let tokens = try await provider.redeem(#require(login.collect()?["code"]))
        let token = try Self.idToken(provider, tokens)
        let claims = token.payload
        #expect(token.key.algorithm == .es256)
        #expect(claims["iss"]?.string == "https://id.region.example")
        #expect(claims["aud"]?.string == "basic")
        #expect(claims["nonce"]?.string == "nonce of basic")
        #expect(claims["auth_time"] == answeredAt.json)
        #expect(claims["iat"] == provider.now.json)
        #expect(claims["exp"] == (provider.now + 300).json)
        #expect(claims["acr"]?.string == "http://bsi.bund.de/eID/LoA/normal")
        #expect(claims["amr"]?.strings == ["swk", "pin", "mfa", "user"])
        #expect(claims["rr"]?.string == (flow == .qr ? "code" : "same_device"))
        #expect(claims["txn"]?.string == request.statement.transaction.rawValue)
        let access = try #require(tokens["access_token"]?.string)
        #expect(claims["at_hash"]?.string == Base64URL.encode(Digest.sha256(Array(access.utf8)).prefix(16)))
        #expect(tokens["token_type"]?.string == "Bearer" && tokens["expires_in"]?.integer == 300)
    }

    // oidcc-idtoken-rs256
    @Test(
        "a client gets the algorithm that it chose",
        arguments: [(TestRegion.rsa, JWSAlgorithm.rs256), (TestRegion.ps256, .ps256), (TestRegion.edDSA, .edDSA)])
    func algorithm(portal: TestPortal, algorithm: JWSAlgorithm) async throws {
        let provider = try await TestProvider()
        let phone = try await provider.enrolledPhone()
        let code = try await provider.code(at: portal, phone: phone)
        let tokens = try await provider.redeem(code, at: portal)
        let token = try Self.idToken(provider, tokens)
        #expect(token.key.algorithm == algorithm)
        #expect(token.payload["aud"]?.string == portal.identifier)
        let access = try #require(tokens["access_token"]?.string)
        #expect(token.payload["at_hash"]?.string == algorithm.halfHash(of: access))
    }

    @Test("sub is one in a town, another in the next, and never the same for two people (E8)")
    func pairwiseSubjects() async throws {
        let provider = try await TestProvider()
        let (erika, max) = (try await provider.enrolledPhone(simulating: .tee), try await provider.enrolledPhone())
        func subject(_ portal: TestPortal, _ phone: TestPhone) async throws -> String {
            let tokens = try await provider.redeem(provider.code(at: portal, phone: phone), at: portal)
            let info = try await provider.userinfo(#require(tokens["access_token"]?.string))
            let subject = try #require(Self.idToken(provider, tokens).payload["sub"]?.string)
            #expect(info["sub"]?.string == subject)
            return subject
        }
        let herten = try await subject(TestRegion.basic, erika)
        #expect(try await subject(TestRegion.basic, erika) == herten)
        #expect(try await subject(TestRegion.substantial, erika) == herten)
        let marl = try await subject(TestRegion.post, erika)
        #expect(marl != herten)
        #expect(try await subject(TestRegion.rsa, erika) == marl)
        #expect(try await subject(TestRegion.basic, max) != herten)
    }

    @Test("userinfo has what the person released and nothing else (O4)")
    func released() async throws {
        let provider = try await TestProvider()
        let phone = try await provider.enrolledPhone()
        let device = try await provider.verified(phone)
        let scope = ["scope": "openid person person_birth email"]
        for (chosen, expected) in [
            (["given_name", "family_name"], ["sub", "given_name", "family_name", "name"]),
            (
                ["given_name", "family_name", "email"],
                ["sub", "given_name", "family_name", "email", "name", "email_verified"]
            ),
        ] {
            let login = try await provider.login(scope)
            let request = try await provider.claimed(login, by: device)
            // What the person does not have is not asked for.
            #expect(request.statement.voluntaryClaims == ["birthdate", "email"])
            let answer = try phone.response(to: request, now: provider.now) { $0.released = chosen }
            try await provider.answer(request, answer, by: device)
            let tokens = try await provider.redeem(#require(login.collect()?["code"]))
            let info = try await provider.userinfo(#require(tokens["access_token"]?.string))
            #expect(Set(info.names) == Set(expected))
        }
    }

    private static func reason(_ provider: TestProvider, _ token: String) async -> Refusal? {
        do {
            _ = try await provider.userinfo(token)
            return nil
        } catch let refusal as ClientRefusal {
            #expect(refusal.error.code == .invalidToken)
            return refusal.reason
        } catch {
            Issue.record(error)
            return nil
        }
    }

    @Test("no other kind of token is an access token, though the provider signed it (E2)")
    func otherKinds() async throws {
        let provider = try await TestProvider()
        let phone = try await provider.enrolledPhone()
        let code = try await provider.code(phone: phone)
        let tokens = try await provider.redeem(code)
        let access = try #require(tokens["access_token"]?.string)
        let claims = try unverifiedPayload(access)
        let ring = provider.provider.keys.ring
        for type in [
            "JWT", "logout+jwt", "dpop+jwt", "oauth-authz-req+jwt", LoginRequestStatement.type, LoginReceipt.type,
            ClientAttestation.type, DeviceRecord.type, EnrolmentOffer.type,
        ] {
            #expect(
                await Self.reason(provider, try ring.current(.es256).sign(type: type, payload: claims))
                    == .accessTokenSignature)
        }
        for text in [try #require(tokens["id_token"]?.string), phone.attestation] {
            #expect(await Self.reason(provider, text) == .accessTokenSignature)
        }
        #expect(await Self.reason(provider, code) == .accessTokenMalformed)
        #expect(
            await Self.reason(provider, try SigningKey.makeES256().sign(type: "at+jwt", payload: claims))
                == .accessTokenSignature)
        #expect(await Self.reason(provider, access) == nil)
    }

    @Test("claims of an access token are checked with their exact types (E4)")
    func claimTypes() async throws {
        let provider = try await TestProvider()
        let phone = try await provider.enrolledPhone()
        let tokens = try await provider.redeem(provider.code(phone: phone))
        let access = try #require(tokens["access_token"]?.string)
        let claims = try unverifiedPayload(access)
        let changes: [(String, JSONValue?, Refusal)] = [
            ("exp", "1800000300", .accessTokenClaims), ("exp", .number(1.8e9), .accessTokenClaims),
            ("exp", nil, .accessTokenClaims), ("exp", [1_800_000_300], .accessTokenClaims),
            ("exp", -1, .accessTokenExpired), ("exp", .integer(.min), .accessTokenExpired),
            ("aud", "basic", .accessTokenClaims), ("aud", ["https://id.region.example"], .accessTokenClaims),
            ("iss", "https://id.evil.example", .accessTokenClaims), ("txn", "short", .accessTokenClaims),
            ("txn", .string(TransactionIdentifier.random(bytes: 16).rawValue), .grantRevoked),
            ("sub", "somebody-else", .grantRevoked), ("sub", nil, .accessTokenClaims),
        ]
        for (name, value, reason) in changes {
            var changed = claims
            changed[name] = value
            let token = try provider.provider.keys.ring.current(.es256).sign(type: "at+jwt", payload: changed)
            #expect(await Self.reason(provider, token) == reason, "\(name)")
        }
        provider.clock.advance(299)
        #expect(await Self.reason(provider, access) == nil)
        provider.clock.advance(1)
        #expect(await Self.reason(provider, access) == .accessTokenExpired)
    }

    @Test("truncated, extended and changed tokens are no tokens (Zitadel CVE-2026-27840)")
    func damagedTokens() async throws {
        let provider = try await TestProvider()
        let phone = try await provider.enrolledPhone()
        let tokens = try await provider.redeem(provider.code(phone: phone))
        let access = try #require(tokens["access_token"]?.string)
        let bytes = Array(access.utf8)
        var damaged = (0..<bytes.count).map { Array(bytes.prefix($0)) }
        for index in bytes.indices {
            for mask: UInt8 in [1, 2, 32] {
                var copy = bytes
                copy[index] ^= mask
                damaged.append(copy)
            }
        }
        for suffix in ["A", "=", ".", "AA", "\n", " ", ".A"] { damaged.append(bytes + Array(suffix.utf8)) }
        for token in damaged {
            let isRefused = await Self.reason(provider, String(decoding: token, as: UTF8.self)) != nil
            if !isRefused { Issue.record("accepted \(String(decoding: token, as: UTF8.self))") }
        }
        #expect(await Self.reason(provider, access) == nil)
    }

    @Test("a suspended town's tokens end with it")
    func suspendedTown() async throws {
        let provider = try await TestProvider()
        let phone = try await provider.enrolledPhone()
        let tokens = try await provider.redeem(provider.code(phone: phone))
        let access = try #require(tokens["access_token"]?.string)
        let code = try await provider.code(phone: phone)
        var region = provider.provider.registry.region
        region.tenants[0].state = .suspended
        try provider.provider.registry.replace(with: region)
        #expect(await Self.reason(provider, access) == .unknownClient)
        await #expect(throws: ClientRefusal.self) { try await provider.redeem(code) }
    }
}
