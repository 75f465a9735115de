import HTTPTypes
import HummingbirdTesting
import IdentityCrypto
import OpenIDMessages
import ProviderCore
import ProviderHarness
import Testing

/// Checklist F1, F2, F6.
@Suite(
    "Session fixation and mix-up (Keycloak CVE-2023-0264, CVE-2026-7507, CVE-2023-6787, CVE-2025-12390; Zitadel CVE-2024-28197)"
)
struct SessionFixationTests {
    @Test(
        "I36: the session's cookie is __Host-, Secure, HttpOnly, SameSite=Lax, ends with the browser and is 256 random bits (F1)"
    )
    func cookie() async throws {
        let (provider, phone) = try await Site.sharedProvider()
        try await Site.serve(provider) { site in
            let browser = Browser(site)
            let page = try await browser.begin()
            #expect(browser.session == nil)
            _ = try await site.finishLogin(browser, page: page, phone: phone)
            let cookie = try #require(browser.lastSetCookies.first { $0.hasPrefix("__Host-session=") })
            let parts = cookie.split(separator: "; ").map(String.init)
            #expect(Set(parts.dropFirst()) == ["Path=/", "Secure", "HttpOnly", "SameSite=Lax"])
            let value = try #require(browser.session)
            #expect(OneTimeHandle(parsing: value, as: .session) != nil)
        }
    }

    @Test("a cookie that was planted is never adopted (F2)")
    func plantedCookie() async throws {
        let (provider, phone) = try await Site.sharedProvider()
        let attacker = try await provider.enrolledPhone()
        try await Site.serve(provider) { site in
            let attackers = Browser(site)
            try await site.signIn(attackers, phone: attacker)
            for planted in [OneTimeHandle(.session).text, "x", try #require(attackers.session)] {
                let browser = Browser(site)
                browser.plant(planted, as: Browser.sessionCookie)
                try await site.signIn(browser, phone: phone, ["prompt": "login"])
                #expect(browser.session != planted)
                // Whoever planted it is nobody afterwards.
                let old: HTTPFields = [.cookie: "__Host-session=\(planted)"]
                let none = try await site.get("/authorize", TestRegion.basic.request(["prompt": "none"]), headers: old)
                #expect(none.target?["error"] == "login_required")
            }
            #expect(try await site.sessions(of: attacker).isEmpty)
        }
    }

    @Test("a login that began in one browser gives no session to another (F6)")
    func otherBrowser() async throws {
        let (provider, phone) = try await Site.sharedProvider()
        let other = try await provider.enrolledPhone()
        try await Site.serve(provider) { site in
            let browser = Browser(site)
            let thief = Browser(site)
            try await site.signIn(thief, phone: other)
            let thiefs = thief.session
            let page = try await browser.begin()
            let transaction = try await site.claimLogin(browser, page: page, phone: phone)
            #expect(try await site.approve(transaction, phone: phone).status == .ok)
            #expect(try await thief.get(page + "/finish").status == .notFound)
            #expect(thief.session == thiefs)
            #expect(try await browser.get(page + "/finish").target?["code"] != nil)
            #expect(browser.session != nil && browser.session != thiefs)
        }
    }

    /// What two people do in one browser: begin, approve, collect.
    private static let interleavings: [[Int]] = {
        var result: [[Int]] = []
        for mask in 0..<64 where mask.nonzeroBitCount == 3 { result.append((0..<6).map { mask >> $0 & 1 }) }
        return result
    }()

    @Test(
        "two people, one browser, all interleavings: each code is its own person's, the session the last one's",
        arguments: interleavings)
    func twoPeople(order: [Int]) async throws {
        let (provider, first) = try await Site.sharedProvider()
        let phones = [first, try await provider.enrolledPhone()]
        try await Site.serve(provider) { site in
            let subjects = [
                try await site.signIn(Browser(site), phone: phones[0]).idToken["sub"],
                try await site.signIn(Browser(site), phone: phones[1]).idToken["sub"],
            ]
            var before: [Set<SessionIdentifier>] = []
            for phone in phones { before.append(Set(try await site.sessions(of: phone).map(\.identifier))) }
            let browser = Browser(site)
            var pages = ["", ""]
            var transactions = ["", ""]
            var steps = [0, 0]
            for who in order {
                switch steps[who] {
                case 0:
                    pages[who] = try await browser.begin(TestRegion.basic, ["prompt": "login"])
                    transactions[who] = try await site.claimLogin(browser, page: pages[who], phone: phones[who])
                case 1: #expect(try await site.approve(transactions[who], phone: phones[who]).status == .ok)
                default:
                    let outcome = try #require(try await browser.get(pages[who] + "/finish").target)
                    let tokens = try await site.tokens(outcome, at: TestRegion.basic)
                    #expect(try tokens.idToken["sub"] == subjects[who])
                }
                steps[who] += 1
            }
            let last = order[5]
            let now = try await site.signOn(browser, ["prompt": "none"]).idToken
            #expect(now["sub"] == subjects[last])
            let left = Set(try await site.sessions(of: phones[1 - last]).map(\.identifier))
            #expect(left == before[1 - last])
        }
    }
}
