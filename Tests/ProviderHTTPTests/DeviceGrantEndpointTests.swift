import HTTPTypes
import HummingbirdTesting
import IdentityCrypto
import OpenIDMessages
import ProviderCore
import ProviderHTTP
import ProviderHarness
import Testing

/// RFC 8628 over HTTP: `/device_authorization`, `/token` and the pages of `/device`.
@Suite("Device authorization grant: endpoints and pages")
struct DeviceGrantEndpointTests {
    private static func begin(_ site: Site) async throws -> JSONObject {
        let response = try await site.post(
            "/device_authorization", form: ["scope": "openid person"], as: TestGrants.television)
        #expect(response.status == .ok && response.headers[.cacheControl] == "no-store")
        return response.json
    }

    private static func poll(_ site: Site, _ begun: JSONObject) async throws -> TestResponse {
        try await site.post(
            "/token",
            form: ["grant_type": TokenRequest.deviceCodeGrant, "device_code": try begun.text("device_code")],
            as: TestGrants.television)
    }

    @Test("the whole way: code, login page, phone, tokens; the browser ends at a page that says so")
    func wholeWay() async throws {
        let provider = try await TestProvider.withGrants()
        let phone = try await provider.enrolledPhone()
        try await Site.serve(provider) { site in
            let begun = try await Self.begin(site)
            let pending = try await Self.poll(site, begun)
            #expect(pending.status == .badRequest && pending.error == "authorization_pending")
            #expect(try await Self.poll(site, begun).error == "slow_down")
            let browser = Browser(site)
            let path = try begun.text("verification_uri_complete").replacing(TestRegion.issuer.rawValue, with: "")
            let page = try await browser.get(path)
            #expect(page.status == .ok && page.text.contains("id=\"device-form\""))
            let user = try begun.text("user_code")
            #expect(page.text.contains("value=\"\(user)\"") && page.text.contains("<bdi>Portal television</bdi>"))
            let entered = try await browser.post("/device", ["user_code": user])
            #expect(entered.status == .seeOther)
            let login = try #require(entered.headers[.location])
            let outcome = try await site.finishLogin(browser, page: login, phone: phone)
            #expect(outcome["code"] == nil && outcome.location.hasPrefix("https://id.region.example/device/done"))
            provider.clock.advance(30)
            let tokens = try await Self.poll(site, begun)
            #expect(tokens.status == .ok && tokens.json["id_token"] != nil)
            #expect(try await Self.poll(site, begun).error == "invalid_grant")
        }
    }

    @Test("the login page of a device sends nobody to a portal: it says to ask the device for a new code")
    func cancelled() async throws {
        try await Site.serve(try await TestProvider.withGrants()) { site in
            let browser = Browser(site)
            let user = try await Self.begin(site).text("user_code")
            let login = try #require(try await browser.post("/device", ["user_code": user]).headers[.location])
            _ = try await browser.post(login + "/cancel", ["csrf": try await browser.get(login).formToken])
            let page = try await browser.get(login).text
            #expect(page.contains("Lassen Sie sich am Gerät einen neuen Code zeigen."))
            #expect(page.contains("/finish\">Weiter</a>") && !page.contains("zum Portal"))
        }
    }

    @Test("a session is never enough: the phone is asked in any case (RFC 8628 §5.4)")
    func session() async throws {
        let provider = try await TestProvider.withGrants()
        let phone = try await provider.enrolledPhone()
        try await Site.serve(provider) { site in
            let browser = Browser(site)
            try await site.signIn(browser, at: TestRegion.basic, phone: phone)
            let begun = try await Self.begin(site)
            let entered = try await browser.post("/device", ["user_code": try begun.text("user_code")])
            let login = try #require(entered.headers[.location])
            #expect(login.hasPrefix("/login/"))
            #expect(try await browser.get(login).text.contains("data-qr-link"))
            #expect(try await Self.poll(site, begun).error == "authorization_pending")
        }
    }

    @Test(
        "the form is taken from its own page alone",
        arguments: [
            [:], [.origin: "https://evil.example"], [.origin: "null"],
            [.origin: "https://id.region.example", .fetchSite: "cross-site"],
            [.origin: "https://id.region.example.evil.example", .fetchSite: "same-origin"],
        ] as [HTTPFields])
    func foreignForms(headers: HTTPFields) async throws {
        try await Site.serve(try await TestProvider.withGrants()) { site in
            let begun = try await Self.begin(site)
            let user = try begun.text("user_code")
            let response = try await site.post("/device", form: ["user_code": user], headers: headers)
            #expect((400...403).contains(response.status.code) && response.headers[.setCookie] == nil)
            // It used nothing up.
            #expect(try await Browser(site).post("/device", ["user_code": user]).status == .seeOther)
        }
    }

    @Test("a wrong code says so in the person's language, and begins nothing")
    func wrongCodes() async throws {
        try await Site.serve(try await TestProvider.withGrants()) { site in
            let begun = try await Self.begin(site)
            let user = try begun.text("user_code")
            let wrong = user == "BBBB-BBBB" ? "CCCC-CCCC" : "BBBB-BBBB"
            for form in [["user_code": wrong], ["user_code": ""], [:], ["user_code": user + "B"], ["user_code": "<b>"]]
            {
                let response = try await Browser(site).post("/device", form)
                #expect(response.status == .unprocessableContent && response.headers[.setCookie] == nil)
                #expect(response.text.contains("Mit diesem Code wartet kein Gerät."))
                #expect(!response.text.contains("<b>"))
            }
        }
    }

    @Test("the pages speak German and English, and have no words of the other")
    func languages() async throws {
        try await Site.serve(try await TestProvider.withGrants()) { site in
            for (language, question, approved, refused) in [
                ("de", "Ein Gerät anmelden", "Das Gerät ist angemeldet", "Das Gerät ist nicht angemeldet"),
                ("en", "Sign in a device", "The device is signed in", "The device is not signed in"),
            ] {
                let headers: HTTPFields = [.acceptLanguage: language]
                let pages = [
                    (try await site.get("/device", headers: headers), question),
                    (try await site.get("/device/done", headers: headers), approved),
                    (try await site.get("/device/done?error=access_denied", headers: headers), refused),
                ]
                for (page, title) in pages {
                    #expect(page.status == .ok && page.text.contains("<h1>\(title)</h1>"))
                    #expect(page.text.contains("<html lang=\"\(language)\""))
                    #expect(page.headers[.cacheControl]?.contains("no-store") == true)
                    #expect(page.headers[.contentSecurityPolicy]?.contains("frame-ancestors 'none'") == true)
                }
            }
        }
    }

    @Test("guesses are limited per address (RFC 8628 §5.1)")
    func rateLimit() async throws {
        let limits = ProviderApplication.Limits(codeBurst: 5, codesPerMinute: 0.001)
        try await Site.serve(try await TestProvider.withGrants(), limits: limits) { site in
            for _ in 0..<5 {
                #expect(
                    try await Browser(site).post("/device", ["user_code": "BBBB-BBBB"]).status == .unprocessableContent)
            }
            let limited = try await Browser(site).post("/device", ["user_code": "BBBB-BBBB"])
            #expect(limited.status == .tooManyRequests && limited.headers[.retryAfter] != nil)
            #expect(try await site.get("/device?user_code=BBBB-BBBB").status == .tooManyRequests)
        }
    }

    @Test("a device needs the client's authentication, and its parameters in the body")
    func authentication() async throws {
        try await Site.serve(try await TestProvider.withGrants()) { site in
            let anonymous = try await site.post("/device_authorization", form: ["scope": "openid"])
            #expect(anonymous.status == .unauthorized && anonymous.error == "invalid_client")
            let named = try await site.post(
                "/device_authorization", form: ["scope": "openid", "client_id": "television"])
            #expect(named.status == .unauthorized && named.error == "invalid_client")
            let query = try await site.post(
                "/device_authorization?scope=openid", form: ["scope": "openid"], as: TestGrants.television)
            #expect(query.status == .badRequest && query.error == "invalid_request")
            let twice = try await site.post(
                "/device_authorization", text: "scope=openid&scope=openid",
                headers: [.authorization: Site.basic("television", TestGrants.television.secret ?? "")])
            #expect(twice.status == .badRequest && twice.error == "invalid_request")
            #expect(try await site.get("/device_authorization").status != .ok)
        }
    }
}
