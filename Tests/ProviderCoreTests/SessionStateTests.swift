import AccountDirectory
import OpenIDMessages
import ProviderHarness
import SQLiteStore
import Testing

@testable import ProviderCore

/// The table of `SessionState` is what provider and store do with a session.
@Suite("A session's life, walked with the provider")
struct SessionStateTests {
    private static let idle = SessionLimit.idle(.normal)

    /// A browser's session that has come to this state.
    private func session(_ state: SessionState) async throws -> (TestProvider, TestPhone, cookie: String) {
        let provider = try await TestProvider()
        let phone = try await provider.enrolledPhone()
        let cookie = try await provider.signIn(at: TestRegion.basic, phone: phone).cookie
        switch state {
        case .active: break
        case .idle: provider.clock.advance(Self.idle)
        case .expired: provider.clock.advance(SessionLimit.absolute)
        case .ended: try await provider.signOut(cookie)
        }
        return (provider, phone, cookie)
    }

    @Test("single sign-on is for an active session alone", arguments: SessionState.allCases)
    func singleSignOn(_ state: SessionState) async throws {
        let (provider, _, cookie) = try await session(state)
        let request = try await provider.provider.authorization.authorize(
            FormParameters(TestRegion.basic.request()))
        var isIn = false
        if case .code = try await provider.provider.sessions.enter(request, cookie: cookie) { isIn = true }
        #expect(isIn == (state == .active))
    }

    @Test(
        "login: it goes on where the table lets it, and is another session elsewhere", arguments: SessionState.allCases)
    func login(_ state: SessionState) async throws {
        let (provider, phone, cookie) = try await session(state)
        let before = try await provider.auditEntries(.sessionCreated).map(\.object)
        let next = try await provider.signIn(
            at: TestRegion.basic, phone: phone, cookie: cookie, ["prompt": "login"]
        ).cookie
        #expect(next != cookie)
        let created = try await provider.auditEntries(.sessionCreated).map(\.object)
        #expect((created == before) == state.allows(.login))
        let open = try await provider.sessions(of: phone)
        #expect(open.map { SessionRules.state(of: $0, now: provider.now) } == [.active])
        #expect(open.map(\.identifier.rawValue) == [created.last])
    }

    @Test("end: it ends where the table lets it, once", arguments: SessionState.allCases)
    func end(_ state: SessionState) async throws {
        let (provider, phone, _) = try await session(state)
        let session = try #require(try await provider.auditEntries(.sessionCreated).first?.object)
        let identifier = try #require(SessionIdentifier(rawValue: session))
        let account = try await provider.verified(phone).account.identifier
        let hasEnded = try await provider.store.end(
            identifier, of: account,
            event: SecurityEvent(.sessionEnded, time: provider.now, object: session, actor: .person))
        #expect(hasEnded == state.allows(.end))
    }

    @Test("rest and expire: the rule tells a session's state to the second")
    func times() async throws {
        let (provider, phone, _) = try await session(.active)
        let session = try #require(try await provider.sessions(of: phone).first)
        func state(_ time: Timestamp) -> SessionState { SessionRules.state(of: session, now: time) }
        #expect(state(session.lastUsedAt + Self.idle - 1) == .active)
        #expect(state(session.lastUsedAt + Self.idle) == SessionState.active.after(.rest))
        #expect(state(session.expiresAt - 1) == .idle)
        #expect(state(session.expiresAt) == SessionState.idle.after(.expire))
    }
}
