import HTTPTypes
import HummingbirdTesting
import IdentityCrypto
import OpenIDMessages
import ProviderCore
import ProviderHarness
import Testing

/// Hints that are none: for `/authorize` and `/logout` alike.
enum UnusableHint {
    /// Tokens that differ from a good hint in one thing, by what is wrong.
    static func all(like hint: String, accessToken: String, provider: TestProvider) throws -> [String: String] {
        let claims = try unverifiedPayload(hint)
        let key = provider.provider.keys.ring.current(.es256)
        func signed(_ key: SigningKey, type: String = "JWT", _ change: (inout JSONObject) -> Void) throws -> String {
            var claims = claims
            change(&claims)
            return try key.sign(type: type, payload: claims)
        }
        let unsigned = ForgedJWS.make(header: ["alg": "none", "typ": "JWT"], payload: claims) { _ in [] }
        return [
            "alg none": unsigned, "alg none with a signature": unsigned + "AA",
            "garbage": "garbage", "a foreign key": try signed(.makeES256()) { _ in },
            "an access token": accessToken, "a logout token": try signed(key, type: "logout+jwt") { _ in },
            "without a type": try signed(key, type: "") { _ in },
            "another issuer": try signed(key) { $0["iss"] = "https://id.evil.example" },
            "an unknown client": try signed(key) { $0["aud"] = "nobody" },
            "two clients": try signed(key) { $0["aud"] = ["basic", "post"] },
            "no subject": try signed(key) { $0["sub"] = nil },
            "no session": try signed(key) { $0["sid"] = nil },
            "cut off": String(hint.dropLast()),
            "another subject under the old signature": try forged(hint) { $0["sub"] = "someone-else" },
        ]
    }

    private static func forged(_ hint: String, _ change: (inout JSONObject) -> Void) throws -> String {
        var claims = try unverifiedPayload(hint)
        change(&claims)
        let parts = hint.split(separator: ".")
        return "\(parts[0]).\(Base64URL.encode(claims.serialized)).\(parts[2])"
    }
}

/// OpenID Connect Core §3.1.2.1, §3.1.2.2.
@Suite("id_token_hint: the session's person is the one who is expected")
struct IDTokenHintTests {
    @Test("oidcc-id-token-hint, also when it expired")
    func samePerson() async throws {
        let provider = try await TestProvider()
        let phone = try await provider.enrolledPhone()
        try await Site.serve(provider) { site in
            let browser = Browser(site)
            let first = try await site.signIn(browser, phone: phone)
            let hint = try first.idTokenText
            provider.clock.advance(1000)
            let second = try await site.signOn(browser, ["prompt": "none", "id_token_hint": hint]).idToken
            #expect(try second["sub"] == first.idToken["sub"])
            // The subject is the sector's: another portal of the town means the same person, another town nobody.
            let sector = try await site.ask(
                browser, at: TestRegion.substantial, ["prompt": "none", "id_token_hint": hint])
            #expect(sector["error"] == "unmet_authentication_requirements")
            let other = try await site.ask(browser, at: TestRegion.post, ["prompt": "none", "id_token_hint": hint])
            #expect(other["error"] == "invalid_request")
        }
    }

    @Test("somebody else's session does not answer, and somebody else's phone neither")
    func otherPerson() async throws {
        let (provider, phone) = try await Site.sharedProvider()
        let other = try await provider.enrolledPhone()
        let log = OperatorLog()
        try await Site.serve(provider, log: log) { site in
            let hint = try await site.signIn(Browser(site), phone: other).idTokenText
            let browser = Browser(site)
            let before = try await site.signIn(browser, phone: phone).idToken
            let none = try await site.ask(browser, ["prompt": "none", "id_token_hint": hint])
            #expect(none["error"] == "login_required")
            // The wrong phone: no code, no session, and the one that was there stays.
            let cookie = browser.session
            let page = try await browser.begin(TestRegion.basic, ["id_token_hint": hint])
            let transaction = try await site.claimLogin(browser, page: page, phone: phone)
            _ = log.takeRefusals()
            #expect(try await site.approve(transaction, phone: phone).error == "login_over")
            #expect(log.takeRefusals().map(\.reason) == ["otherPersonExpected"])
            let outcome = try #require(try await browser.get(page + "/finish").target)
            #expect(outcome["error"] == "login_required" && outcome["code"] == nil)
            #expect(browser.session == cookie)
            #expect(try await site.signOn(browser, ["prompt": "none"]).idToken["sub"] == before["sub"])
            // The right phone: its session takes the place of the other person's.
            let right = try await site.signIn(browser, phone: other, ["id_token_hint": hint]).idToken
            #expect(try right["sub"] == unverifiedPayload(hint)["sub"] && right["sid"] != before["sid"])
            #expect(try await site.sessions(of: phone).isEmpty)
        }
    }

    @Test("the claims parameter may name the person as well, and must not contradict the hint")
    func claimsSubject() async throws {
        let (provider, phone) = try await Site.sharedProvider()
        try await Site.serve(provider) { site in
            let browser = Browser(site)
            let first = try await site.signIn(browser, phone: phone)
            let subject = try #require(try first.idToken["sub"]?.string)
            func asking(_ subject: String) -> String { #"{"id_token":{"sub":{"value":"\#(subject)"}}}"# }
            #expect(try await site.ask(browser, ["prompt": "none", "claims": asking(subject)])["code"] != nil)
            #expect(
                try await site.ask(browser, ["prompt": "none", "claims": asking("other")])["error"] == "login_required")
            #expect(try await site.ask(browser, ["claims": asking("other")]).isLoginPage)
            let both = ["prompt": "none", "claims": asking("other"), "id_token_hint": try first.idTokenText]
            #expect(try await site.ask(browser, both)["error"] == "invalid_request")
        }
    }

    @Test("a hint that is no ID token of ours is an error, never ignored")
    func unusable() async throws {
        let (provider, phone) = try await Site.sharedProvider()
        try await Site.serve(provider) { site in
            let browser = Browser(site)
            let tokens = try await site.signIn(browser, phone: phone)
            let hints = try UnusableHint.all(
                like: tokens.idTokenText, accessToken: try #require(tokens["access_token"]?.string),
                provider: provider)
            for (mistake, hint) in hints {
                for prompt in [nil, "none"] {
                    let outcome = try await site.ask(browser, ["id_token_hint": hint, "prompt": prompt])
                    #expect(outcome["error"] == "invalid_request" && outcome["code"] == nil, "\(mistake)")
                }
            }
        }
    }
}
