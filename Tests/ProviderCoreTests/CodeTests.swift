import Foundation
import IdentityCrypto
import OpenIDMessages
import ProviderCore
import ProviderHarness
import SQLiteStore
import Testing

/// RFC 6749 §4.1.2 and §4.1.3, RFC 7636; checklist B5, C2, D1–D3.
@Suite("Codes: once, in time, by the client that asked, with its verifier")
struct CodeTests {
    private static func refusal(_ reason: Refusal) -> ClientRefusal {
        ClientRefusal(.invalidGrant, "the grant is unknown, used, expired, revoked or not for this request", reason)
    }

    @Test("of 64 redemptions at once one succeeds (D1)")
    func parallelRedemptions() async throws {
        let provider = try await TestProvider()
        let phone = try await provider.enrolledPhone()
        for _ in 0..<3 {
            let code = try await provider.code(phone: phone)
            let client = try await provider.authenticated(TestRegion.basic)
            let request = try TokenRequest(
                parameters: FormParameters(TestRegion.basic.tokenRequest(code: code)))
            let wins = await withTaskGroup(of: Bool.self) { group in
                for _ in 0..<64 {
                    group.addTask { (try? await provider.provider.tokens.answer(request, by: client, key: nil)) != nil }
                }
                return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            }
            #expect(wins == 1)
        }
    }

    // fapi2-security-profile-final-attempt-reuse-authorization-code-after-one-second
    @Test("a second redemption revokes what came from the first (D2, oidcc-codereuse)")
    func replayRevokes() async throws {
        let provider = try await TestProvider()
        let phone = try await provider.enrolledPhone()
        let code = try await provider.code(phone: phone)
        let token = try #require(try await provider.redeem(code)["access_token"]?.string)
        _ = try await provider.userinfo(token)
        await #expect(throws: Self.refusal(.codeReplayed)) { try await provider.redeem(code) }
        await #expect(throws: ClientRefusal.self) {
            try await provider.userinfo(token)
        }
        // Tokens of another login of the same person live on.
        let second = try await provider.redeem(provider.code(phone: phone))
        _ = try await provider.userinfo(#require(second["access_token"]?.string))
    }

    @Test("another client learns nothing, spends nothing and revokes nothing (B5)")
    func otherClients() async throws {
        let provider = try await TestProvider()
        let phone = try await provider.enrolledPhone(simulating: .tee)
        for owner in [TestRegion.basic, TestRegion.post, TestRegion.rsa, TestRegion.substantial] {
            let code = try await provider.code(at: owner, phone: phone)
            for thief in TestRegion.portals where thief.identifier != owner.identifier {
                await #expect(throws: Self.refusal(.codeUnknown), "\(thief.identifier) took from \(owner.identifier)") {
                    try await provider.redeem(
                        code, at: thief,
                        ["redirect_uri": owner.redirectURI, "code_verifier": owner.verifier.rawValue])
                }
            }
            let tokens = try await provider.redeem(code, at: owner)
            for thief in TestRegion.portals where thief.identifier != owner.identifier {
                await #expect(throws: Self.refusal(.codeUnknown)) { try await provider.redeem(code, at: thief) }
            }
            _ = try await provider.userinfo(#require(tokens["access_token"]?.string))
        }
    }

    @Test("a wrong verifier or redirect URI spends the code (C2)")
    func wrongRest() async throws {
        let provider = try await TestProvider()
        let phone = try await provider.enrolledPhone()
        let cases: [([String: String?], Refusal)] = [
            (["code_verifier": nil], .codeVerifierMismatch),
            (["code_verifier": String(repeating: "a", count: 43)], .codeVerifierMismatch),
            // The challenge itself, as a `plain` verifier would be.
            (["code_verifier": TestRegion.basic.verifier.challenge.rawValue], .codeVerifierMismatch),
            (["code_verifier": TestRegion.basic.verifier.rawValue + "a"], .codeVerifierMismatch),
            (["redirect_uri": "https://basic.example/callback/"], .redirectURIMismatch),
            (["redirect_uri": "https://BASIC.example/callback"], .redirectURIMismatch),
            (["redirect_uri": TestRegion.post.redirectURI], .redirectURIMismatch),
        ]
        for (changes, reason) in cases {
            let code = try await provider.code(phone: phone)
            await #expect(throws: Self.refusal(reason)) { try await provider.redeem(code, changes) }
            await #expect(throws: Self.refusal(.codeReplayed)) { try await provider.redeem(code) }
        }
    }

    // fapi2-security-profile-final-ensure-token-endpoint-fails-with-expired-auth-code
    @Test("a code lives 60 s from the answer (D3)")
    func expiry() async throws {
        let provider = try await TestProvider()
        let phone = try await provider.enrolledPhone()
        let codes = (try await provider.code(phone: phone), try await provider.code(phone: phone))
        provider.clock.advance(59)
        _ = try await provider.redeem(codes.0)
        provider.clock.advance(1)
        await #expect(throws: Self.refusal(.codeExpired)) { try await provider.redeem(codes.1) }
    }

    @Test(
        "the database holds no code, ticket, block code, cookie or token, and no name in clear text is needed for them")
    func digestsOnly() async throws {
        let database = try TemporaryDatabase()
        let provider = try await TestProvider(store: SQLiteStore(path: database.path))
        let ticket = try await provider.ticket()
        let phone = try await provider.enrolledPhone()
        let login = try await provider.login()
        let device = try await provider.verified(phone)
        let request = try await provider.claimed(login, by: device)
        try await provider.answer(request, phone.response(to: request, now: provider.now), by: device)
        let code = try #require(login.collect()?["code"])
        let tokens = try await provider.redeem(code)
        let secrets = [
            ticket, code, phone.blockCode, login.cookie, try #require(tokens["access_token"]?.string),
            try #require(tokens["id_token"]?.string), request.statement.nonce.rawValue,
        ]
        let contents = try database.contents
        for (index, secret) in secrets.enumerated() {
            #expect(contents.range(of: Data(secret.utf8)) == nil, "secret \(index)")
            // A handle's class is no secret.
            if let bytes = Base64URL.decode(secret.hasPrefix("ac_") ? String(secret.dropFirst(3)) : secret) {
                #expect(contents.range(of: Data(bytes)) == nil, "bytes \(index)")
            }
        }
        // The search finds what is there.
        #expect(contents.range(of: Data(request.statement.transaction.rawValue.utf8)) != nil)
        #expect(Base64URL.decode(code.dropFirst("ac_".count))?.count == 32)
    }
}
