import HTTPTypes
import HummingbirdTesting
import IdentityCrypto
import OpenIDMessages
import ProviderCore
import ProviderHarness
import SQLiteStore
import Testing

/// OpenID Connect Core §3.1.2.1; checklist E8, F2, F3.
@Suite("Single sign-on: the session answers when limits, age, level and consent allow it")
struct SingleSignOnTests {
    @Test("a portal of another town gets its own subject without the phone, and the truth about the earlier login (E8)")
    func secondPortal() async throws {
        let provider = try await TestProvider()
        let phone = try await provider.enrolledPhone(simulating: .tee)
        try await Site.serve(provider) { site in
            let known = try await site.signIn(Browser(site), at: TestRegion.post, phone: phone).idToken
            provider.clock.advance(60)
            let browser = Browser(site)
            let first = try await site.signIn(browser, phone: phone).idToken
            let cookie = browser.session
            provider.clock.advance(60)
            let response = try await browser.get("/authorize", TestRegion.post.request())
            #expect(response.status == .seeOther && response.headers[.setCookie] == nil)
            let outcome = try #require(response.target)
            #expect(outcome["iss"] == "https://id.region.example" && outcome["state"] == "state of post")
            let second = try await site.tokens(outcome, at: TestRegion.post).idToken
            #expect(second["sub"] == known["sub"] && second["sub"] != first["sub"])
            #expect(second["nonce"] == "nonce of post" && second["aud"] == "post")
            for name in ["auth_time", "amr", "idm", "rr", "acr"] {
                #expect(second[name] == first[name], "\(name)")
            }
            #expect(second["sid"] != first["sid"], "by a common name two towns would see that they know one person")
            // A login by QR code stays one: no mark of the same device appears later.
            #expect(second["idm"] == "qr" && second["rr"] == "code")
            #expect(second["txn"] != first["txn"] && second["sid"] != known["sid"])
            #expect(second["auth_time"]?.integer == provider.now.seconds - 60)
            #expect(browser.session == cookie)
        }
    }

    @Test("oidcc-prompt-none-not-logged-in")
    func promptNoneNotLoggedIn() async throws {
        let (provider, _) = try await Site.sharedProvider()
        try await Site.serve(provider) { site in
            for cookie in [nil, "", "x", "se_", OneTimeHandle(.session).text, OneTimeHandle(.authorizationCode).text] {
                let headers: HTTPFields = cookie.map { [.cookie: "__Host-session=\($0)"] } ?? [:]
                let request = TestRegion.basic.request(["prompt": "none"])
                let response = try await site.get("/authorize", request, headers: headers)
                #expect(response.target?["error"] == "login_required" && response.target?["code"] == nil)
                #expect(response.target?["state"] == "state of basic" && response.target?["iss"] != nil)
                #expect(response.headers[.setCookie] == nil)
            }
        }
    }

    @Test("oidcc-prompt-none-logged-in")
    func promptNoneLoggedIn() async throws {
        let (provider, phone) = try await Site.sharedProvider()
        try await Site.serve(provider) { site in
            let browser = Browser(site)
            let first = try await site.signIn(browser, phone: phone).idToken
            let second = try await site.signOn(browser, ["prompt": "none"]).idToken
            #expect(second["sub"] == first["sub"] && second["auth_time"] == first["auth_time"])
            #expect(try await site.ask(Browser(site), ["prompt": "none"])["error"] == "login_required")
        }
    }

    // oidcc-ensure-post-request-succeeds
    @Test("a portal's form, which brings no cookie, finds the session all the same, and uses nothing up on the way")
    func portalForm() async throws {
        let (provider, phone) = try await Site.sharedProvider()
        try await Site.serve(provider) { site in
            let browser = Browser(site)
            try await site.signIn(browser, phone: phone)
            try await site.signIn(browser, at: TestRegion.pushing, phone: phone)
            let foreign: HTTPFields = [.origin: "https://basic.example", .fetchSite: "cross-site"]
            let pushed = [
                "client_id": "pushing", "request_uri": try await site.pushed(TestRegion.pushing, ["prompt": "none"]),
            ]
            for form in [TestRegion.basic.request(["prompt": "none"]), pushed] {
                let answer = try await site.post("/authorize", form: form, headers: foreign)
                #expect(answer.status == .seeOther && answer.headers[.setCookie] == nil)
                let again = try #require(answer.headers[.location])
                #expect(again.hasPrefix("/authorize?"))
                // A navigation by GET brings the cookie.
                let outcome = try await browser.get(again)
                #expect(outcome.target?["code"] != nil, "\(outcome.headers)")
            }
            // Who the person is, which the portal keeps out of addresses, is not put into one.
            let hinted = TestRegion.basic.request(["login_hint": "erika@example.org"])
            let answer = try await site.post("/authorize", form: hinted, headers: foreign)
            #expect(answer.headers[.location]?.hasPrefix("/login/") == true, "\(answer.headers)")
            // Our own site's form brings it by itself.
            let own = try await browser.post("/authorize", TestRegion.basic.request(["prompt": "none"]))
            #expect(own.target?["code"] != nil)
        }
    }

    @Test("a form comes back as an address of 8 KiB at most; a longer one is answered as it came")
    func longPortalForm() async throws {
        try await Site.serve(try await Site.sharedProvider().0) { site in
            // Each of these is three bytes of an address.
            let escaped = String(repeating: "%25", count: 1_000)
            let short = FormParameters(TestRegion.basic.request()).encoded + "&further=" + escaped
            func form(_ length: Int) -> String { short + String(repeating: "a", count: length - short.utf8.count) }
            let taken = try await site.post("/authorize", text: form(8_192)).headers[.location]
            #expect(taken?.hasPrefix("/authorize?") == true && taken?.utf8.count == 8_192 + "/authorize?".utf8.count)
            for length in [8_193, 16_000] {
                let begun = try await site.post("/authorize", text: form(length)).headers[.location]
                #expect(begun?.hasPrefix("/login/") == true, "\(length)")
            }
        }
    }

    @Test("a pushed request that prompt=none answered is used up (Keycloak 2026-96446)")
    func pushedRequestIsUsedUp() async throws {
        let (provider, phone) = try await Site.sharedProvider()
        try await Site.serve(provider) { site in
            let uri = try await site.pushed(TestRegion.pushing, ["prompt": "none"])
            let parameters = ["client_id": "pushing", "request_uri": uri]
            let browser = Browser(site)
            #expect(try await browser.get("/authorize", parameters).target?["error"] == "login_required")
            try await site.signIn(browser, phone: phone)
            #expect(try await browser.get("/authorize", parameters).status == .badRequest)
        }
    }

    @Test(
        "oidcc-prompt-login: the phone again, a new auth_time and cookie in the same session; consent and select_account too"
    )
    func promptLogin() async throws {
        let provider = try await TestProvider()
        let phone = try await provider.enrolledPhone()
        try await Site.serve(provider) { site in
            let browser = Browser(site)
            let first = try await site.signIn(browser, phone: phone).idToken
            for prompt in ["login", "consent", "select_account", "login consent"] {
                provider.clock.advance(10)
                let former = try #require(browser.session)
                let again = try await site.signIn(browser, phone: phone, ["prompt": prompt]).idToken
                #expect(again["auth_time"]?.integer == provider.now.seconds && again["sid"] == first["sid"])
                #expect(again["sub"] == first["sub"] && browser.session != former)
                let old: HTTPFields = [.cookie: "__Host-session=\(former)"]
                let none = try await site.get("/authorize", TestRegion.basic.request(["prompt": "none"]), headers: old)
                #expect(none.target?["error"] == "login_required")
            }
        }
    }

    @Test("oidcc-max-age-1, oidcc-max-age-10000, max_age=0")
    func maximumAge() async throws {
        let provider = try await TestProvider()
        let phone = try await provider.enrolledPhone()
        try await Site.serve(provider) { site in
            let browser = Browser(site)
            let first = try await site.signIn(browser, phone: phone, ["max_age": "15000"]).idToken
            #expect(try await site.ask(browser, ["max_age": "0"]).isLoginPage)
            #expect(try await site.ask(browser, ["max_age": "0", "prompt": "none"])["error"] == "login_required")
            provider.clock.advance(1)
            #expect(try await site.ask(browser, ["max_age": "1", "prompt": "none"])["error"] == "login_required")
            let second = try await site.signIn(browser, phone: phone, ["max_age": "1"]).idToken
            #expect(second["auth_time"]?.integer == provider.now.seconds && second["auth_time"] != first["auth_time"])
            provider.clock.advance(1000)
            let third = try await site.signOn(browser, ["max_age": "10000"]).idToken
            #expect(third["auth_time"] == second["auth_time"])
            #expect(try await site.ask(browser, ["max_age": "1000"]).isLoginPage)
            #expect(try await site.ask(browser, ["max_age": "1001"])["code"] != nil)
        }
    }

    @Test("a session that does not reach the level needs the phone, and prompt=none hears so")
    func level() async throws {
        let (provider, phone) = try await Site.sharedProvider()
        let strong = try await provider.enrolledPhone(simulating: .tee)
        try await Site.serve(provider) { site in
            let browser = Browser(site)
            try await site.signIn(browser, phone: phone)
            let substantial = "http://bsi.bund.de/eID/LoA/substantiell"
            for (portal, changes) in [(TestRegion.substantial, [:]), (TestRegion.basic, ["acr_values": substantial])] {
                #expect(try await site.ask(browser, at: portal, changes).isLoginPage)
                let none = try await site.ask(browser, at: portal, changes.merging(["prompt": "none"]) { $1 })
                #expect(none["error"] == "unmet_authentication_requirements")
            }
            // What the device reaches counts, not what the first portal asked for.
            let other = Browser(site)
            try await site.signIn(other, at: TestRegion.substantial, phone: strong)
            let another = Browser(site)
            let low = try await site.signIn(another, phone: strong, ["acr_values": "normal"]).idToken
            let high = try await site.signOn(another, at: TestRegion.substantial, ["prompt": "none"]).idToken
            #expect(low["acr"] == "sim:http://bsi.bund.de/eID/LoA/normal")
            #expect(high["acr"]?.string == "sim:" + substantial)
            let account = try await provider.verified(strong).account.identifier
            #expect(try await provider.store.sessions(of: account, now: provider.now).count == 2, "one a browser")
        }
    }

    @Test("the idle limit goes by the level: an hour at normal, half an hour at substantiell (F3)")
    func idleLimit() async throws {
        for (keyStore, limit) in [(nil, 3600), (.tee, 1800)] as [(SimulatorAttestation.KeyStore?, Int64)] {
            let provider = try await TestProvider()
            let phone = try await provider.enrolledPhone(simulating: keyStore)
            try await Site.serve(provider) { site in
                let browser = Browser(site)
                let first = try await site.signIn(browser, phone: phone).idToken
                // Each use begins the time again.
                for _ in 0..<3 {
                    provider.clock.advance(limit - 1)
                    #expect(try await site.ask(browser, ["prompt": "none"])["code"] != nil)
                }
                provider.clock.advance(limit)
                #expect(try await site.ask(browser, ["prompt": "none"])["error"] == "login_required")
                #expect(try await site.ask(browser).isLoginPage)
                // The phone continues what was idle: one logout then reaches all of its portals.
                #expect(try await site.signIn(browser, phone: phone).idToken["sid"] == first["sid"])
            }
        }
    }

    @Test("after twelve hours a session is over whatever happened in it (F3)")
    func absoluteLimit() async throws {
        let provider = try await TestProvider()
        let phone = try await provider.enrolledPhone()
        try await Site.serve(provider) { site in
            let browser = Browser(site)
            let first = try await site.signIn(browser, phone: phone).idToken
            for _ in 0..<23 {
                provider.clock.advance(1800)
                #expect(try await site.ask(browser, ["prompt": "none"])["code"] != nil)
            }
            _ = try await site.signIn(browser, phone: phone, ["prompt": "login"])
            provider.clock.advance(1799)
            #expect(try await site.ask(browser, ["prompt": "none"])["code"] != nil)
            provider.clock.advance(1)
            #expect(try await site.ask(browser, ["prompt": "none"])["error"] == "login_required")
            #expect(try await site.signIn(browser, phone: phone).idToken["sid"] != first["sid"])
        }
    }

    @Test("consent covers what is asked, or the phone asks; what was kept back stays back")
    func consent() async throws {
        let (provider, phone) = try await Site.sharedProvider()
        try await Site.serve(provider) { site in
            let browser = Browser(site)
            try await site.signIn(browser, phone: phone, ["scope": "openid person person_birth"])
            // Nothing was ever released to this one.
            let scope = "openid"
            #expect(
                try await site.ask(browser, at: TestRegion.post, ["scope": scope, "prompt": "none"])["error"]
                    == "consent_required")
            #expect(try await site.ask(browser, at: TestRegion.post, ["scope": scope]).isLoginPage)
            // More than before.
            #expect(
                try await site.ask(browser, ["scope": "openid person email", "prompt": "none"])["error"]
                    == "consent_required")
            // Less than before: only that.
            let less = try await site.signOn(browser, ["scope": "openid person"])
            let token = try #require(less["access_token"]?.string)
            let claims = try await site.get("/userinfo", headers: [.authorization: "Bearer \(token)"]).json
            #expect(Set(claims.names) == ["sub", "given_name", "family_name", "name"])
        }
    }

    @Test("a blocked device takes its sessions with it at once (F4)")
    func blockedDevice() async throws {
        let (provider, phone) = try await Site.sharedProvider()
        try await Site.serve(provider) { site in
            let browser = Browser(site)
            try await site.signIn(browser, phone: phone)
            #expect(try await site.ask(browser, ["prompt": "none"])["code"] != nil)
            try await provider.provider.block(code: phone.blockCode)
            #expect(try await site.ask(browser, ["prompt": "none"])["error"] == "login_required")
            #expect(try await site.ask(browser).isLoginPage)
        }
    }
}
