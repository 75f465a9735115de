import HTTPTypes
import HummingbirdTesting
import IdentityCrypto
import OpenIDMessages
import ProviderCore
import ProviderHarness
import Testing

/// What a caller may not learn the operator does: every refusal has a line with a typed reason, under the reference that the
/// caller sees.
@Suite("Refusals in the operator's log")
struct RefusalLogTests {
    @Test("at a page: wrong digits, a foreign form, another browser's login, an outcome that was taken")
    func pages() async throws {
        let (provider, phone) = try await Site.sharedProvider()
        let log = OperatorLog()
        try await Site.serve(provider, log: log) { site in
            let browser = Browser(site)
            let page = try await browser.begin()
            let link = try await browser.get(page).attribute("data-qr-link")
            _ = try await site.call(phone, .post, "/device/v1/claims", json: ["link": .string(link)])
            let token = try await browser.get(page).formToken
            #expect(log.takeRefusals() == [])
            for reason in ["digitsWrong", "digitsWrong", "digitsLocked"] {
                _ = try await browser.post(page + "/code", ["code": "wrong", "csrf": token])
                #expect(log.takeRefusals().map(\.reason) == [reason])
            }
            _ = try await browser.post(page + "/cancel", ["csrf": "x"])
            try expectReference(log, "formForeign", try await browser.post(page + "/code", ["csrf": token], [:]))
            try expectReference(log, "pageUnknown", try await Browser(site).get(page))
            let finished = try await browser.begin()
            let cookies = browser.cookies
            _ = try await site.finishLogin(browser, page: finished, phone: phone)
            #expect(log.takeRefusals() == [])
            // A browser that does not forget the login's cookie when it is told to.
            for (name, cookie) in cookies { browser.plant(cookie, as: name) }
            try expectReference(log, "loginCollected", try await browser.get(finished + "/finish"))
        }
    }

    @Test("at a page: a phone that comes back with another value than it signed")
    func wrongReturn() async throws {
        let (provider, phone) = try await Site.sharedProvider()
        let log = OperatorLog()
        try await Site.serve(provider, log: log) { site in
            let browser = Browser(site)
            let (page, _, uv) = try await site.approvedOnSameDevice(browser, phone: phone)
            for _ in 0..<2 { _ = try await browser.get(page + "/return", ["uv": uv + "A"]) }
            let lines = log.takeRefusals()
            #expect(lines.map(\.reason) == ["returnWrong"] && lines.map(\.error) == ["return_mismatch"])
        }
    }

    @Test("of a portal: a pushed request of nobody, an unheard-of level, a way back of others")
    func portals() async throws {
        let (provider, _) = try await Site.sharedProvider()
        let log = OperatorLog()
        try await Site.serve(provider, log: log) { site in
            let unknown = PushedRequestURI(reference: OneTimeHandle(.pushedRequest).text).text
            _ = try await site.get("/authorize", ["client_id": "pushing", "request_uri": unknown])
            _ = try await site.get("/authorize", TestRegion.basic.request(["acr_values": "gold silver"]))
            _ = try await site.get(
                "/logout", ["client_id": "basic", "post_logout_redirect_uri": "https://evil.example"])
            #expect(
                log.takeRefusals().map(\.reason) == [
                    "pushedRequestUnknown", "levelUnknown", "logoutURINotRegistered",
                ])
        }
    }

    @Test("at a page: a request that cannot be read")
    func unreadable() async throws {
        let (provider, _) = try await Site.sharedProvider()
        let log = OperatorLog()
        try await Site.serve(provider, log: log) { site in
            let browser = Browser(site)
            let page = try await browser.begin()
            try expectReference(log, "requestMalformed", try await browser.get(page + "/return?uv=%zz"))
        }
    }

    @Test("of a device: a body that is no JSON, members that are not the call's, a ticket after its time")
    func devices() async throws {
        let provider = try await TestProvider()
        let phone = try await provider.enrolledPhone()
        let log = OperatorLog()
        try await Site.serve(provider, log: log) { site in
            let calls = [
                try await site.post("/device/v1/enrolments", text: "{", type: "application/json"),
                try await site.post("/device/v1/enrolments", text: "a=b"),
                try await site.call(phone, .post, "/device/v1/claims", json: ["no": "link"]),
            ]
            #expect(calls.map(\.status) == [.badRequest, .unsupportedMediaType, .badRequest])
            let lines = log.takeRefusals()
            #expect(lines.map(\.reason) == ["callMalformed", "callMalformed", "callMalformed"])
            #expect(lines.map(\.trace) == calls.map { $0.json["trace_id"]?.string })
            #expect(lines.map(\.error) == calls.map(\.error))

            let ticket = try await provider.ticket()
            for (seconds, secret, reason) in [(0, "x", "ticketUnknown"), (600, ticket, "ticketExpired")] {
                provider.clock.advance(Int64(seconds))
                let refused = try await site.post("/device/v1/enrolments", json: ["ticket": .string(secret)])
                #expect(refused.error == "unknown_ticket")
                #expect(log.takeRefusals().map(\.reason) == [reason])
            }
        }
    }

    /// The last line has the reason, and the reference that stands on the page.
    private func expectReference(
        _ log: OperatorLog, _ reason: String, _ response: TestResponse, location: SourceLocation = #_sourceLocation
    ) throws {
        let line = try #require(log.takeRefusals().last, sourceLocation: location)
        #expect(line.reason == reason, sourceLocation: location)
        #expect(response.text.contains(try #require(line.trace)), sourceLocation: location)
    }
}
