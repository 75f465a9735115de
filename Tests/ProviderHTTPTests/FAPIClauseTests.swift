import HTTPTypes
import HummingbirdTesting
import IdentityCrypto
import OpenIDMessages
import ProviderCore
import ProviderHarness
import Testing

/// FAPI 2.0 Security Profile §5.3.2: requirements for which the certification plan has no module of their own. Each test bears
/// its clause; `docs/conformance.md` has the table of all.
@Suite("FAPI 2.0 Security Profile: clauses without a module")
struct FAPIClauseTests {
    private static let portal = TestGrants.fapi

    private static func serve(_ body: @Sendable (Site) async throws -> Void) async throws {
        try await Site.serve(try await TestProvider.withGrants()) { try await body($0) }
    }

    /// A call of the portal at the token endpoint, with a proof by `key`.
    private static func redeem(
        _ site: Site, _ form: [String: String], _ key: SigningKey = .makeES256()
    ) async throws -> TestResponse {
        let (form, _) = try site.credentials(of: portal, added: form)
        let proof = try site.provider.proof(key, "POST", "/token").text
        return try await site.post("/token", form: form, headers: [.proof: proof])
    }

    @Test("FAPI 2.0 §5.3.2.1-2: the grant of the person's password does not exist")
    func password() async throws {
        try await Self.serve { site in
            let discovery = try await site.get("/.well-known/openid-configuration").json
            let listed = discovery["grant_types_supported"]?.array ?? []
            #expect(listed.contains("authorization_code") && !listed.contains("password"))
            let answer = try await Self.redeem(
                site, ["grant_type": "password", "username": "erika", "password": "secret"])
            #expect(answer.status == .badRequest && answer.error == "unsupported_grant_type")
        }
    }

    @Test("FAPI 2.0 §5.3.2.1-11: a code is good for 60 seconds at most", arguments: [59, 60] as [Int64])
    func codeLifetime(seconds: Int64) async throws {
        try await Self.serve { site in
            let phone = try await site.provider.enrolledPhone()
            let code = try await site.provider.code(at: Self.portal, phone: phone)
            site.provider.clock.advance(seconds)
            let answer = try await Self.redeem(site, Self.portal.tokenRequest(code: code))
            #expect(answer.status == (seconds < 60 ? .ok : .badRequest))
            #expect(answer.error == (seconds < 60 ? nil : "invalid_grant"))
        }
    }

    @Test("FAPI 2.0 §5.3.2.1-14: a token is good for what was asked for, and nobody asks for more than is registered")
    func leastPrivilege() async throws {
        try await Self.serve { site in
            let phone = try await site.provider.enrolledPhone()
            let code = try await site.provider.code(at: Self.portal, phone: phone, ["scope": "openid"])
            let answer = try await Self.redeem(site, Self.portal.tokenRequest(code: code))
            #expect(answer.status == .ok && answer.json["scope"] == "openid")
            let payload = try unverifiedPayload(answer.json.text("access_token"))
            #expect(payload["scope"] == "openid")
            let pushed = try await site.post(
                "/par", form: Self.portal.request(["scope": "openid phone"]), as: Self.portal)
            #expect(pushed.status == .badRequest && pushed.error == "invalid_scope")
        }
    }

    @Test("FAPI 2.0 §5.3.2.2-7: success and refusal name the issuer")
    func issuer() async throws {
        try await Self.serve { site in
            let (phone, browser) = (try await site.provider.enrolledPhone(), Browser(site))
            let page = try await browser.begin(Self.portal)
            let outcome = try await site.finishLogin(browser, page: page, phone: phone)
            #expect(outcome["code"] != nil && outcome["iss"] == TestRegion.issuer.rawValue)
            let uri = try await site.pushed(Self.portal, ["prompt": "none"])
            let refused = try await Browser(site).get(
                "/authorize", ["client_id": Self.portal.identifier, "request_uri": uri])
            let target = try #require(refused.target)
            #expect(target["error"] == "login_required" && target["iss"] == TestRegion.issuer.rawValue)
        }
    }

    @Test("FAPI 2.0 §5.3.2.2-10, FAPI 2.0 §5.3.2.2-11: no route answers 307 or 308; whoever is sent on goes by 303")
    func redirects() async throws {
        try await Site.serve(try await TestProvider.withEveryGrant()) { site in
            let crawl = try await Crawl(site)
            let token = try await crawl.browser.get("/sessions").formToken
            let forms = [
                [:], EveryGrant.herten.request(), ["id_token_hint": crawl.hint],
                ["csrf": token, "code": "00", "user_code": "x"],
            ]
            var seen: [HTTPResponse.Status: Int] = [:]
            try await crawl.send({ _ in forms }) { route, _, answer in
                guard (300...399).contains(answer.status.code) else { return }
                seen[answer.status, default: 0] += 1
                #expect(answer.status == .seeOther, "\(route)")
            }
            #expect(seen[.seeOther] ?? 0 >= 5, "the crawl reaches answers that lead on")
        }
    }

    @Test("FAPI 2.0 §5.3.2.2-12: a pushed request lives for less than 600 seconds")
    func pushedLifetime() async throws {
        try await Self.serve { site in
            let pushed = try await site.post("/par", form: Self.portal.request(), as: Self.portal)
            let seconds = try #require(pushed.json["expires_in"]?.integer)
            #expect(pushed.status == .created && seconds >= 5 && seconds < 600)
        }
    }
}
