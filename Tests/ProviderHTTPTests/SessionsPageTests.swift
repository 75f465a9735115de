import HTTPTypes
import HummingbirdTesting
import IdentityCrypto
import OpenIDMessages
import ProviderCore
import ProviderHarness
import Testing

/// "Where am I signed in"; checklist F4, F5, F9.
@Suite("The page of sessions")
struct SessionsPageTests {
    @Test("lists the person's browsers with portals by their registered names, in both languages")
    func list() async throws {
        let provider = try await TestProvider()
        let phone = try await provider.enrolledPhone()
        let other = try await provider.enrolledPhone()
        try await Site.serve(provider) { site in
            try await site.signIn(Browser(site), at: TestRegion.rsa, phone: other)
            try await site.signIn(Browser(site), at: TestRegion.post, phone: phone)
            provider.clock.advance(120)
            let browser = Browser(site)
            try await site.signIn(browser, phone: phone)
            provider.clock.advance(60)
            let page = try await browser.get("/sessions")
            #expect(page.status == .ok)
            #expect(page.text.ranges(of: "class=\"end-form\"").count == 2)
            #expect(page.text.ranges(of: "(dieser Browser)").count == 1)
            for text in ["<bdi>Portal basic</bdi>", "<bdi>Portal post</bdi>", "vor 3 Minuten", "vor einer Minute"] {
                #expect(page.text.contains(text), "\(text)")
            }
            #expect(!page.text.contains("Portal rsa"))
            #expect(try await browser.get("/sessions?lang=en").text.contains("3 minutes ago"))
        }
    }

    @Test("without a session nobody is signed in here")
    func nobody() async throws {
        let provider = try await TestProvider()
        let phone = try await provider.enrolledPhone()
        try await Site.serve(provider) { site in
            for cookie in ["", "__Host-session=x", "__Host-session=\(OneTimeHandle(.session).text)"] {
                let page = try await site.get("/sessions", headers: [.cookie: cookie])
                #expect(page.status == .ok && page.text.contains("id=\"nobody\""))
                #expect(!page.text.contains("end-form"))
            }
            // Idle for an hour is the same.
            let browser = Browser(site)
            try await site.signIn(browser, phone: phone)
            provider.clock.advance(3600)
            #expect(try await browser.get("/sessions").text.contains("id=\"nobody\""))
        }
    }

    @Test("a button ends a session at once, and its portal is told; ending one's own clears the cookie")
    func end() async throws {
        let (provider, phone) = try await Site.sharedProvider()
        try await Site.serve(provider) { site in
            let elsewhere = Browser(site)
            let there = try await site.signIn(elsewhere, at: TestRegion.post, phone: phone).idToken
            let browser = Browser(site)
            let here = try await site.signIn(browser, phone: phone).idToken
            let token = try await browser.get("/sessions").formToken
            for (session, isOwn) in [(there, false), (here, true)] {
                let identifier = try #require(session["sid"]?.string)
                let response = try await browser.post("/sessions/end", ["csrf": token, "session": identifier])
                #expect(response.status == .seeOther && response.headers[.location] == "/sessions")
                #expect((browser.session == nil) == isOwn)
                let told = try await provider.provider.logoutDeliveries(
                    to: #require(session["aud"]?.string.flatMap(ClientIdentifier.init(rawValue:))), limit: 100)
                #expect(told.count { $0.session?.rawValue == identifier } == 1)
            }
            #expect(try await site.ask(elsewhere, at: TestRegion.post, ["prompt": "none"])["error"] == "login_required")
            #expect(try await browser.get("/sessions").text.contains("id=\"nobody\""))
        }
    }

    @Test("nobody ends a stranger's session, and no foreign form ends one's own (F5)")
    func refusals() async throws {
        let (provider, phone) = try await Site.sharedProvider()
        let other = try await provider.enrolledPhone()
        try await Site.serve(provider) { site in
            let stranger = Browser(site)
            let theirs = try #require(try await site.signIn(stranger, phone: other).idToken["sid"]?.string)
            let browser = Browser(site)
            let own = try #require(try await site.signIn(browser, phone: phone).idToken["sid"]?.string)
            let token = try await browser.get("/sessions").formToken
            let foreign = try await stranger.get("/sessions").formToken
            for session in [theirs, "", "x", RandomBytes.text(16)] {
                let response = try await browser.post("/sessions/end", ["csrf": token, "session": session])
                #expect(response.status == .seeOther && response.headers[.setCookie] == nil)
            }
            #expect(try await site.ask(stranger, ["prompt": "none"])["code"] != nil)
            for csrf in ["", "x", foreign] {
                let response = try await browser.post("/sessions/end", ["csrf": csrf, "session": own])
                #expect(response.status == .forbidden)
            }
            let origin: HTTPFields = [.origin: "https://evil.example", .fetchSite: "cross-site"]
            let form = ["csrf": token, "session": own]
            #expect(try await browser.post("/sessions/end", form, origin).status == .forbidden)
            #expect(try await Browser(site).post("/sessions/end", form).status == .forbidden)
            #expect(try await site.ask(browser, ["prompt": "none"])["code"] != nil)
        }
    }
}
