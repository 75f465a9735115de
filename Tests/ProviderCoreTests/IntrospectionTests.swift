import AccountDirectory
import IdentityCrypto
import OpenIDMessages
import ProviderCore
import ProviderHarness
import Testing

/// RFC 7662, RFC 9701, RFC 7009.
@Suite("Introspection and revocation")
struct IntrospectionTests {
    private static let inactive: JSONObject = ["active": false]

    private func ask(
        _ provider: TestProvider, _ token: String, _ portal: TestPortal, hint: String? = nil
    ) async throws -> JSONObject {
        var form = ["token": token]
        form["token_type_hint"] = hint
        return try await provider.provider.introspection.inquire(
            TokenInquiry(parameters: FormParameters(form)), by: try await provider.authenticated(portal))
    }

    private func revoke(_ provider: TestProvider, _ token: String, _ portal: TestPortal) async throws {
        try await provider.provider.revocation.revoke(
            TokenInquiry(parameters: FormParameters(["token": token])), by: try await provider.authenticated(portal))
    }

    @Test("RFC 7662 §2.2: what a token says, to its client and to the service that it is for, and to nobody else")
    func audience() async throws {
        let provider = try await TestProvider.withGrants()
        let phone = try await provider.enrolledPhone()
        let key = SigningKey.makeES256()
        let tokens = try await provider.granted(
            at: TestGrants.fapi, phone: phone, ["resource": TestGrants.files.rawValue], key: key)
        let (access, refresh) = (try tokens.text("access_token"), try tokens.text("refresh_token"))
        for portal in [TestGrants.fapi, TestGrants.filesService] {
            for hint in [nil, "access_token", "refresh_token", "unheard-of"] {
                let answer = try await ask(provider, access, portal, hint: hint)
                #expect(answer["active"] == true && answer["token_type"] == "DPoP")
                #expect(answer["iss"]?.string == TestRegion.issuer.rawValue && answer["scope"] == "openid person")
                #expect(answer["client_id"] == "fapi-refreshing" && answer["aud"]?.string == TestGrants.files.rawValue)
                #expect(answer["cnf"]?.object?["jkt"]?.string == key.thumbprint.rawValue)
                #expect(answer["sub"] != nil && answer["exp"] == (provider.now + 300).json && answer["acr"] != nil)
            }
        }
        let owner = try await ask(provider, refresh, TestGrants.fapi)
        #expect(owner["active"] == true && owner["cnf"]?.object?["jkt"]?.string == key.thumbprint.rawValue)
        for portal in TestGrants.portals + TestRegion.portals
        where portal.identifier != "fapi-refreshing" && portal.client.authenticationMethod != .none {
            if portal.identifier != "files-service" {
                #expect(try await ask(provider, access, portal) == Self.inactive, "\(portal.identifier)")
            }
            #expect(try await ask(provider, refresh, portal) == Self.inactive, "\(portal.identifier)")
        }
        // No other artefact is a token.
        for text in [try tokens.text("id_token"), phone.attestation, "x", OneTimeHandle(.refreshToken).text] {
            #expect(try await ask(provider, text, TestGrants.fapi) == Self.inactive)
        }
    }

    @Test("RFC 7662 §2.1: whoever cannot prove who it is gets no answer, not even about its own token")
    func unproved() async throws {
        let provider = try await TestProvider.withGrants()
        let key = SigningKey.makeES256()
        let tokens = try await provider.granted(
            at: TestGrants.native, phone: provider.enrolledPhone(), ["resource": TestGrants.files.rawValue], key: key)
        for token in [try tokens.text("access_token"), try tokens.text("refresh_token"), "x"] {
            let refusal = try await provider.refusal { _ = try await ask(provider, token, TestGrants.native) }
            #expect(refusal?.error.code == .invalidClient && refusal?.reason == .clientMethodMismatch)
        }
        let service = try await ask(provider, tokens.text("access_token"), TestGrants.filesService)
        #expect(service["active"] == true)
    }

    @Test("a token that ended is not active, and not a word more (RFC 7662 §2.2)", arguments: 0..<7)
    func ended(way: Int) async throws {
        let provider = try await TestProvider.withGrants()
        let phone = try await provider.enrolledPhone()
        let portal = TestGrants.refreshing
        let signedIn = try await provider.signIn(at: portal, phone: phone)
        let access = try signedIn.tokens.text("access_token")
        let refresh = try signedIn.tokens.text("refresh_token")
        #expect(try await ask(provider, access, portal)["active"] == true)
        #expect(try await ask(provider, refresh, portal)["active"] == true)
        var accessEnds = true
        switch way {
        case 0: try await provider.signOut(signedIn.cookie)
        case 1: try await provider.provider.block(code: phone.blockCode)
        case 2: provider.clock.advance(8 * 3600)
        case 3: try await revoke(provider, refresh, portal)
        case 4:
            _ = try await provider.refreshed(refresh, at: portal)
            accessEnds = false
        case 5: provider.clock.advance(12 * 3600)
        default:
            _ = try await provider.refreshed(refresh, at: portal)
            provider.clock.advance(31)
            _ = try await provider.refusal { _ = try await provider.refreshed(refresh, at: portal) }
        }
        #expect(try await ask(provider, refresh, portal) == Self.inactive)
        #expect(try await ask(provider, access, portal)["active"]?.bool == !accessEnds)
    }

    @Test("RFC 9701 §5: the signed answer names issuer, audience and time, in the client's algorithm")
    func signed() async throws {
        for algorithm in SignatureAlgorithm.allCases {
            let portal = TestGrants.portal("reader") {
                $0.servedResource = TestGrants.files
                $0.cryptography.introspectionAlgorithm = algorithm
            }
            let provider = try await TestProvider.withGrants([portal])
            let answer: JSONObject = ["active": false]
            let text = try provider.provider.introspection.signed(
                answer, for: try await provider.authenticated(portal))
            let verified = try provider.provider.keys.ring.verificationKeys.verify(
                CompactJWS(parsing: text), type: "token-introspection+jwt")
            #expect(verified.key.algorithm.rawValue == algorithm.rawValue)
            #expect(verified.payload["iss"]?.string == TestRegion.issuer.rawValue)
            #expect(verified.payload["aud"] == "reader" && verified.payload["iat"] == provider.now.json)
            #expect(verified.payload["token_introspection"] == .object(answer))
            for name in ["sub", "exp"] { #expect(verified.payload[name] == nil) }
        }
    }

    @Test("RFC 7009 §2.1: an access token ends alone")
    func accessToken() async throws {
        let provider = try await TestProvider.withGrants()
        let phone = try await provider.enrolledPhone()
        let portal = TestGrants.refreshing
        let first = try await provider.granted(at: portal, phone: phone)
        let second = try await provider.refreshed(first.text("refresh_token"), at: portal)
        for _ in 0..<2 { try await revoke(provider, try first.text("access_token"), portal) }
        await #expect(throws: ClientRefusal.self) { try await provider.userinfo(first.text("access_token")) }
        #expect(try await ask(provider, first.text("access_token"), portal) == Self.inactive)
        _ = try await provider.userinfo(second.text("access_token"))
        _ = try await provider.refreshed(second.text("refresh_token"), at: portal)
        // A client's own token, too.
        let own = try await provider.tokens(
            ["grant_type": "client_credentials", "resource": TestGrants.archive.rawValue], at: TestGrants.filesService
        ).text("access_token")
        #expect(try await ask(provider, own, TestGrants.archiveService)["active"] == true)
        try await revoke(provider, own, TestGrants.filesService)
        #expect(try await ask(provider, own, TestGrants.archiveService) == Self.inactive)
    }

    @Test("RFC 7009 §2.1: a refresh token ends with all that came from it, and nothing of another login")
    func refreshToken() async throws {
        let provider = try await TestProvider.withGrants()
        let phone = try await provider.enrolledPhone()
        let portal = TestGrants.refreshing
        let first = try await provider.granted(at: portal, phone: phone)
        let other = try await provider.granted(at: portal, phone: phone)
        let second = try await provider.refreshed(first.text("refresh_token"), at: portal)
        for _ in 0..<2 { try await revoke(provider, try second.text("refresh_token"), portal) }
        for tokens in [first, second] {
            await #expect(throws: ClientRefusal.self) { try await provider.userinfo(tokens.text("access_token")) }
            await #expect(throws: ClientRefusal.self) {
                try await provider.refreshed(tokens.text("refresh_token"), at: portal)
            }
        }
        _ = try await provider.userinfo(other.text("access_token"))
        _ = try await provider.refreshed(other.text("refresh_token"), at: portal)
    }

    @Test("RFC 7009 §2.1: whoever lost the answer of a rotation still ends the family with the token that it has")
    func usedRefreshToken() async throws {
        let provider = try await TestProvider.withGrants()
        let phone = try await provider.enrolledPhone()
        let portal = TestGrants.refreshing
        let first = try await provider.granted(at: portal, phone: phone)
        let lost = try await provider.refreshed(first.text("refresh_token"), at: portal)
        let thief = try await provider.refusal {
            try await revoke(provider, first.text("refresh_token"), TestGrants.otherRefreshing)
        }
        #expect(thief?.reason == .tokenOfOtherClient)
        _ = try await provider.userinfo(lost.text("access_token"))
        try await revoke(provider, first.text("refresh_token"), portal)
        await #expect(throws: ClientRefusal.self) {
            try await provider.refreshed(lost.text("refresh_token"), at: portal)
        }
        await #expect(throws: ClientRefusal.self) { try await provider.userinfo(lost.text("access_token")) }
    }

    @Test("RFC 7009 §2.1: another client's token is refused and stays; §2.2: what is no token is as good as revoked")
    func otherClients() async throws {
        let provider = try await TestProvider.withGrants()
        let phone = try await provider.enrolledPhone()
        let portal = TestGrants.refreshing
        let tokens = try await provider.granted(at: portal, phone: phone)
        let texts = [try tokens.text("access_token"), try tokens.text("refresh_token")]
        for thief in TestGrants.portals + TestRegion.portals where thief.identifier != portal.identifier {
            for text in texts {
                let refusal = try await provider.refusal { try await revoke(provider, text, thief) }
                #expect(refusal?.error.code == .invalidGrant && refusal?.reason == .tokenOfOtherClient)
            }
        }
        let code = try await provider.code(at: portal, phone: phone)
        for text in ["x", try tokens.text("id_token"), OneTimeHandle(.refreshToken).text, code] {
            try await revoke(provider, text, portal)
        }
        _ = try await provider.userinfo(texts[0])
        _ = try await provider.refreshed(texts[1], at: portal)
        _ = try await provider.redeem(code, at: portal)
    }
}
