import AccountDirectory
import HTTPTypes
import HummingbirdTesting
import IdentityCrypto
import OpenIDMessages
import ProviderCore
import ProviderHarness
import Testing

@testable import ProviderHTTP

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
            // Whoever hears the page hears at each button which browser it ends.
            for described in page.text.matches(of: /aria-describedby="(session-[^"]+)"/) {
                #expect(page.text.ranges(of: "<h2 id=\"\(described.1)\">").count == 1)
            }
            #expect(page.text.ranges(of: "aria-describedby=\"session-").count == 2)
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
            try await site.signIn(elsewhere, at: TestRegion.post, phone: phone)
            let there = try await site.session(of: phone)
            let browser = Browser(site)
            try await site.signIn(browser, phone: phone)
            let here = try await site.session(of: phone)
            let token = try await browser.get("/sessions").formToken
            for (identifier, portal, isOwn) in [(there, TestRegion.post, false), (here, TestRegion.basic, true)] {
                let response = try await browser.post("/sessions/end", ["csrf": token, "session": identifier])
                #expect(response.status == .seeOther && response.headers[.location] == "/sessions")
                #expect((browser.session == nil) == isOwn)
                let told = try await provider.provider.logoutDeliveries(to: portal.client.identifier, limit: 100)
                #expect(told.count { $0.session?.rawValue == identifier } == 1)
            }
            #expect(try await site.ask(elsewhere, at: TestRegion.post, ["prompt": "none"])["error"] == "login_required")
            #expect(try await browser.get("/sessions").text.contains("id=\"nobody\""))
        }
    }

    /// The identifiers of the browsers that a page offers to forget.
    private func remembered(_ page: TestResponse) -> [String] {
        page.text.matches(of: /name="browser" value="([^"]+)"/).map { String($0.output.1) }
    }

    @Test("shows the browsers that the person had remembered, and has one forgotten: it needs digits again (P-12.4)")
    func rememberedBrowsers() async throws {
        let provider = try await TestProvider()
        let phone = try await provider.enrolledPhone()
        let stranger = try await provider.enrolledPhone()
        let key = try await provider.knownBrowser(of: phone)
        _ = try await provider.knownBrowser(of: stranger)
        provider.clock.advance(3 * 3600)
        try await Site.serve(provider) { site in
            let browser = Browser(site)
            try await site.signIn(browser, phone: phone)
            let page = try await browser.get("/sessions")
            let identifier = try #require(remembered(page).first)
            #expect(remembered(page).count == 1)
            #expect(page.text.contains("Gemerkt vor 3 Stunden, zuletzt benutzt vor 3 Stunden"))
            #expect(try await browser.get("/sessions?lang=en").text.contains("Remembered 3 hours ago"))
            let form = ["csrf": try page.formToken, "browser": identifier]
            let answer = try await browser.post("/sessions/forget", form)
            #expect(answer.status == .seeOther && answer.headers[.location] == "/sessions")
            #expect(answer.headers[.setCookie] == nil, "forgetting a browser signs nobody out")
            let after = try await browser.get("/sessions")
            #expect(remembered(after).isEmpty && after.text.contains("id=\"no-browsers\""))
            let login = try await provider.login()
            #expect(try await login.prove(with: key) == .done([]))
        }
        let events = try await provider.auditTrail().filter { $0.kind == "browser.forgotten" }
        #expect(events.count == 1 && events.first?.actor == "person")
    }

    @Test("what was long ago is told in days")
    func longAgo() {
        let (german, english) = (SessionsPageWords.words(in: .german), SessionsPageWords.words(in: .english))
        #expect(german.ago(172_799) == "vor 47 Stunden" && german.ago(172_800) == "vor 2 Tagen")
        #expect(english.ago(172_799) == "47 hours ago" && english.ago(89 * 86_400) == "89 days ago")
    }

    @Test("nobody has a stranger's browser forgotten, and no foreign form one's own (F5)")
    func foreignBrowsers() async throws {
        let (provider, phone) = try await Site.sharedProvider()
        let other = try await provider.enrolledPhone()
        try await Site.serve(provider) { site in
            _ = try await provider.knownBrowser(of: phone)
            _ = try await provider.knownBrowser(of: other)
            let (browser, stranger) = (Browser(site), Browser(site))
            try await site.signIn(browser, phone: phone)
            try await site.signIn(stranger, phone: other)
            let (page, foreign) = (try await browser.get("/sessions"), try await stranger.get("/sessions"))
            let (own, theirs) = (try #require(remembered(page).first), try #require(remembered(foreign).first))
            let token = try page.formToken
            for identifier in [theirs, "", "x", RandomBytes.text(16)] {
                let answer = try await browser.post("/sessions/forget", ["csrf": token, "browser": identifier])
                #expect(answer.status == .seeOther)
            }
            #expect(remembered(try await stranger.get("/sessions")).contains(theirs))
            for csrf in ["", "x", try foreign.formToken] {
                let answer = try await browser.post("/sessions/forget", ["csrf": csrf, "browser": own])
                #expect(answer.status == .forbidden)
            }
            let form = ["csrf": token, "browser": own]
            let origin: HTTPFields = [.origin: "https://evil.example", .fetchSite: "cross-site"]
            #expect(try await browser.post("/sessions/forget", form, origin).status == .forbidden)
            #expect(try await Browser(site).post("/sessions/forget", form).status == .forbidden)
            #expect(remembered(try await browser.get("/sessions")).contains(own))
        }
    }

    @Test("nobody ends a stranger's session, and no foreign form ends one's own (F5)")
    func refusals() async throws {
        let (provider, phone) = try await Site.sharedProvider()
        let other = try await provider.enrolledPhone()
        try await Site.serve(provider) { site in
            let stranger = Browser(site)
            try await site.signIn(stranger, phone: other)
            let theirs = try await site.session(of: other)
            let browser = Browser(site)
            try await site.signIn(browser, phone: phone)
            let own = try await site.session(of: phone)
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
