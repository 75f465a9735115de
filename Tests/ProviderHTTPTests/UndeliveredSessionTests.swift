import HTTPTypes
import HummingbirdTesting
import IdentityCrypto
import OpenIDMessages
import ProviderCore
import ProviderHarness
import Testing

/// P-4.7.6 of docs/protocol.md.
@Suite("A session whose cookie no browser took ends")
struct UndeliveredSessionTests {
    /// How an approved login is lost.
    enum Loss: String, CaseIterable {
        case wrongReturn, cancelled, noReturn, notFetched
    }

    @Test("the person has no session that nobody can use, and the trail says so", arguments: Loss.allCases)
    func lost(loss: Loss) async throws {
        let provider = try await TestProvider()
        let phone = try await provider.enrolledPhone()
        try await Site.serve(provider) { site in
            let transaction = try await lose(loss, Browser(site), phone: phone)
            #expect(try await site.sessions(of: phone).isEmpty)
            let events = try await provider.auditEntries(.sessionCreated, .sessionEnded)
            #expect(
                events.filter { $0.transaction == transaction.rawValue }.map(\.kind)
                    == ["session.created", "session.ended"])
            try await provider.provider.sweep(includingStore: false)
            #expect(try await provider.auditEntries(.sessionEnded).count == 1)
        }
    }

    @Test("of a session that the browser had before, nothing ends", arguments: Loss.allCases)
    func earlier(loss: Loss) async throws {
        let provider = try await TestProvider()
        let phone = try await provider.enrolledPhone()
        try await Site.serve(provider) { site in
            let browser = Browser(site)
            try await site.signIn(browser, phone: phone)
            let before = try await site.sessions(of: phone).map(\.identifier)
            try await lose(loss, browser, phone: phone)
            #expect(before.count == 1)
            #expect(try await site.sessions(of: phone).map(\.identifier) == before)
        }
    }

    @Test("what its browser took stays, whatever is swept")
    func taken() async throws {
        let provider = try await TestProvider()
        let phone = try await provider.enrolledPhone()
        try await Site.serve(provider) { site in
            try await site.signIn(Browser(site), phone: phone)
            for _ in 0..<2 {
                provider.clock.advance(301)
                try await provider.provider.sweep(includingStore: false)
            }
            #expect(try await site.sessions(of: phone).count == 1)
        }
    }

    @Test("after a fault of the store the next sweep ends it")
    func fault() async throws {
        var wrapped: FaultyStore?
        let provider = try await TestProvider(wrapping: { store in
            let faulty = FaultyStore(store)
            wrapped = faulty
            return faulty
        })
        let store = try #require(wrapped)
        let phone = try await provider.enrolledPhone()
        try await Site.serve(provider) { site in
            let browser = Browser(site)
            let (page, _, uv) = try await site.approvedOnSameDevice(browser, phone: phone)
            _ = try await browser.get(page + "/return", ["uv": uv + "A"])
            store.fail(1, .before)
            await #expect(throws: (any Error).self) { try await provider.provider.sweep(includingStore: false) }
            #expect(store.heal())
            #expect(try await site.sessions(of: phone).count == 1)
            try await provider.provider.sweep(includingStore: false)
            #expect(try await site.sessions(of: phone).isEmpty)
        }
    }

    /// Begins a login in the browser, approves it on the phone and loses the outcome.
    @discardableResult
    private func lose(_ loss: Loss, _ browser: Browser, phone: TestPhone) async throws -> TransactionIdentifier {
        let site = browser.site
        if loss == .notFetched {
            let page = try await browser.begin(TestRegion.basic, ["prompt": "login"])
            let transaction = try await site.claimLogin(browser, page: page, phone: phone)
            #expect(try await site.approve(transaction, phone: phone).status == .ok)
            site.provider.clock.advance(61)
            try await site.provider.provider.sweep(includingStore: false)
            return try #require(TransactionIdentifier(rawValue: transaction))
        }
        let (page, transaction, uv) = try await site.approvedOnSameDevice(browser, phone: phone)
        switch loss {
        case .cancelled:
            let token = try await browser.get(page).formToken
            _ = try await browser.post(page + "/cancel", ["csrf": token])
        case .noReturn: site.provider.clock.advance(60)
        case .wrongReturn, .notFetched: _ = try await browser.get(page + "/return", ["uv": uv + "A"])
        }
        try await site.provider.provider.sweep(includingStore: false)
        #expect(try await browser.get(page + "/finish").target?["error"] == "access_denied")
        return transaction
    }
}
