import IdentityCrypto
import OpenIDMessages
import ProviderCore
import ProviderHarness
import Testing

/// P-4.7 of docs/protocol.md; checklist F6, G3, G7.
@Suite("Return: the outcome goes to the browser that began, once")
struct ReturnTests {
    private struct Approved {
        let provider: TestProvider
        let login: TestLogin
        let receipt: LoginReceipt
        let uv: String

        init() async throws {
            provider = try await TestProvider()
            let phone = try await provider.enrolledPhone()
            let device = try await provider.verified(phone)
            login = try await provider.login()
            let request = try await provider.claimed(login, by: device, flow: .link)
            let answer = try phone.response(to: request, now: provider.now)
            receipt = try await provider.answer(request, answer, by: device).statement
            uv = answer.returnValue ?? ""
        }
    }

    @Test("with the right value the browser gets the code")
    func rightValue() async throws {
        let approved = try await Approved()
        #expect(approved.receipt.returnURL == "https://id.region.example/login/\(approved.login.page)/return")
        #expect(approved.login.collect() == nil)
        approved.login.comeBack(approved.uv)
        let outcome = try #require(approved.login.collect())
        #expect(outcome["code"] != nil && outcome["iss"] == "https://id.region.example")
        #expect(approved.login.collect() == nil)
    }

    @Test("another value ends the login; the right one comes too late", arguments: ["", "x", nil])
    func wrongValue(value: String?) async throws {
        let approved = try await Approved()
        approved.login.comeBack(value ?? approved.uv + "A")
        #expect(approved.login.state == .returnMismatch)
        approved.login.comeBack(approved.uv)
        #expect(approved.login.state == .returnMismatch)
        #expect(approved.login.collect()?["error"] == "access_denied")
    }

    @Test("another browser neither sees nor ends the login, even with the right value")
    func otherBrowser() async throws {
        let approved = try await Approved()
        let flow = approved.provider.provider.browserLogins
        for cookie in ["", RandomBytes.text(32), approved.login.page] {
            #expect(flow.view(page: approved.login.page, cookie: cookie) == nil)
            #expect(!flow.comeBack(page: approved.login.page, cookie: cookie, value: approved.uv))
            #expect(!flow.comeBack(page: approved.login.page, cookie: cookie, value: "wrong"))
            #expect(try flow.collect(page: approved.login.page, cookie: cookie) == nil)
        }
        #expect(approved.login.state == .awaitingReturn)
    }

    @Test("the return is awaited for 60 s")
    func lateReturn() async throws {
        let approved = try await Approved()
        approved.provider.clock.advance(60)
        approved.login.comeBack(approved.uv)
        #expect(approved.login.state == .expired)
        #expect(approved.login.collect()?["error"] == "access_denied")
    }

    @Test("a code that nobody collected in time is not given out")
    func lateCollection() async throws {
        let approved = try await Approved()
        approved.login.comeBack(approved.uv)
        approved.provider.clock.advance(60)
        #expect(approved.login.collect()?["code"] == nil)
    }
}
