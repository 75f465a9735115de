import HTTPTypes
import HummingbirdTesting
import IdentityCrypto
import OpenIDMessages
import ProviderCore
import ProviderHarness
import Testing

/// P-4.7.6 of docs/protocol.md.
@Suite("An approval whose outcome no browser takes is taken back")
struct AbandonedLoginTests {
    /// How an approved login is lost, and the state in which it ends.
    enum Loss: String, CaseIterable {
        case wrongReturn, cancelled, noReturn, notFetched

        var state: LoginState {
            switch self {
            case .wrongReturn: .returnMismatch
            case .cancelled: .cancelled
            case .noReturn: .expired
            case .notFetched: .complete
            }
        }
    }

    @Test("the browser's earlier session is as it was, and still counts", arguments: Loss.allCases)
    func samePerson(loss: Loss) async throws {
        let provider = try await TestProvider()
        let phone = try await provider.enrolledPhone()
        try await Site.serve(provider) { site in
            let browser = Browser(site)
            let first = try await site.signIn(browser, phone: phone).idToken
            let before = try await site.sessions(of: phone)
            try await lose(loss, browser, phone: phone)
            #expect(try await site.sessions(of: phone) == before)
            #expect(try await site.signOn(browser, ["prompt": "none"]).idToken["sid"] == first["sid"])
        }
    }

    @Test("another person's session in that browser goes on, and nobody has one more", arguments: Loss.allCases)
    func otherPerson(loss: Loss) async throws {
        let provider = try await TestProvider()
        let phone = try await provider.enrolledPhone()
        let other = try await provider.enrolledPhone()
        try await Site.serve(provider) { site in
            let browser = Browser(site)
            let first = try await site.signIn(browser, phone: other).idToken
            let before = try await site.sessions(of: other)
            try await lose(loss, browser, phone: phone)
            #expect(try await site.sessions(of: phone).isEmpty)
            #expect(try await site.sessions(of: other) == before)
            #expect(try await site.signOn(browser, ["prompt": "none"]).idToken["sid"] == first["sid"])
        }
    }

    @Test("the person has no session, the grant is over, and the trail says how", arguments: Loss.allCases)
    func trail(loss: Loss) async throws {
        let provider = try await TestProvider()
        let phone = try await provider.enrolledPhone()
        try await Site.serve(provider) { site in
            let transaction = try await lose(loss, Browser(site), phone: phone)
            #expect(try await site.sessions(of: phone).isEmpty)
            let entries = try await provider.auditEntries(
                .loginApproved, .loginAbandoned, .sessionCreated, .sessionEnded)
            let events = entries.filter { $0.transaction == transaction.rawValue }
            #expect(
                Set(events.map(\.kind)) == ["auth.approved", "auth.abandoned", "session.created", "session.ended"])
            let abandoned = try #require(events.first { $0.kind == "auth.abandoned" })
            #expect(abandoned.object == loss.state.rawValue && abandoned.outcome == "refusal")
            try await provider.provider.sweep(includingStore: false)
            let again = try await provider.auditEntries(.loginAbandoned)
            #expect(again.count { $0.transaction == transaction.rawValue } == 1)
        }
    }

    @Test("a login that the browser took stays, whatever is swept")
    func taken() async throws {
        let provider = try await TestProvider()
        let phone = try await provider.enrolledPhone()
        try await Site.serve(provider) { site in
            try await site.signIn(Browser(site), phone: phone)
            provider.clock.advance(61)
            try await provider.provider.sweep(includingStore: false)
            #expect(try await site.sessions(of: phone).count == 1)
            #expect(try await provider.auditEntries(.loginAbandoned).isEmpty)
        }
    }

    @Test("after a fault of the store the provider's sweep takes it back")
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
            let (page, _, uv) = try await browser.site.approvedOnSameDevice(browser, phone: phone)
            store.fail(1, .before)
            _ = try await browser.get(page + "/return", ["uv": uv + "A"])
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
        guard loss != .notFetched else {
            let page = try await browser.begin(TestRegion.basic, ["prompt": "login"])
            let transaction = try await site.claimLogin(browser, page: page, phone: phone)
            #expect(try await site.approve(transaction, phone: phone).status == .ok)
            site.provider.clock.advance(61)
            try await site.provider.provider.sweep(includingStore: false)
            return try #require(TransactionIdentifier(rawValue: transaction))
        }
        let (page, transaction, uv) = try await browser.site.approvedOnSameDevice(browser, phone: phone)
        switch loss {
        case .cancelled:
            let token = try await browser.get(page).formToken
            _ = try await browser.post(page + "/cancel", ["csrf": token])
        case .noReturn:
            site.provider.clock.advance(60)
            try await site.provider.provider.sweep(includingStore: false)
        case .wrongReturn, .notFetched: _ = try await browser.get(page + "/return", ["uv": uv + "A"])
        }
        #expect(try await browser.get(page + "/finish").target?["error"] == "access_denied")
        return transaction
    }
}
