import AccountDirectory
import IdentityCrypto
import OpenIDMessages
import ProviderCore
import ProviderHarness
import SQLiteStore
import Synchronization
import Testing

/// Portals as they answer logout tokens.
private final class LogoutPortals: Sendable {
    struct Call: Sendable {
        let url: String
        let token: String
    }

    /// The addresses that hang until `release`.
    private let held: Set<String>
    private let isReleased = Mutex(false)

    init(hanging portals: [TestPortal] = []) {
        held = Set(portals.compactMap { $0.client.logout.backChannelURI?.rawValue })
    }

    func release() { isReleased.withLock { $0 = true } }

    private let state = Mutex<(calls: [Call], answers: [String: Int])>(([], [:]))

    var calls: [Call] { state.withLock { $0.calls } }

    /// The portal is not called at all: there is no place.
    static let busy = -1

    /// From now on the portal answers with this status; 0 for no answer.
    func answer(_ portal: TestPortal, _ status: Int) {
        state.withLock { $0.answers["https://\(portal.identifier).example/backchannel"] = status }
    }

    func calls(to portal: TestPortal) -> [Call] {
        calls.filter { $0.url == "https://\(portal.identifier).example/backchannel" }
    }

    @Sendable func call(_ form: FormParameters, _ url: OutboundURL) async throws -> Int {
        let status = state.withLock { state in
            state.calls.append(Call(url: url.rawValue, token: form["logout_token"] ?? ""))
            return state.answers[url.rawValue] ?? 200
        }
        if held.contains(url.rawValue) {
            while !isReleased.withLock({ $0 }) { try await Task.sleep(for: .milliseconds(1)) }
        }
        guard status != Self.busy else { throw OutboundFailure.busy }
        guard status > 0 else { throw OutboundFailure.timeout }
        return status
    }
}

/// OpenID Connect Back-Channel Logout 1.0.
@Suite("Back-channel logout")
struct BackChannelLogoutTests {
    /// A person who is signed in at these portals by one session, and then signs out; the ID tokens.
    private func signedOut(_ provider: TestProvider, at portals: [TestPortal]) async throws -> [JSONObject] {
        let phone = try await provider.enrolledPhone(simulating: .tee)
        var cookie: String?
        var tokens: [JSONObject] = []
        for portal in portals {
            let signedIn = try await provider.signIn(at: portal, phone: phone, cookie: cookie)
            cookie = signedIn.cookie
            tokens.append(try unverifiedPayload(signedIn.tokens["id_token"]?.string))
        }
        try await provider.signOut(cookie)
        return tokens
    }

    @Test("oidcc-backchannel-rp-initiated-logout: a token of its own for each portal, with its subject and the session")
    func token() async throws {
        let provider = try await TestProvider()
        let asked = [TestRegion.basic, TestRegion.rsa, TestRegion.ps256, TestRegion.substantial]
        let signedIn = try await signedOut(provider, at: asked)
        let portals = LogoutPortals()
        try await provider.provider.logoutDeliveries.deliverDue(portals.call)
        var identifiers: Set<String> = []
        for (portal, algorithm, idToken) in [
            (TestRegion.basic, "ES256", signedIn[0]), (TestRegion.rsa, "RS256", signedIn[1]),
            (TestRegion.ps256, "PS256", signedIn[2]),
        ] {
            let call = try #require(portals.calls(to: portal).first)
            #expect(portals.calls(to: portal).count == 1)
            let token = try CompactJWS(parsing: call.token)
            #expect(token.header["alg"]?.string == algorithm && token.header["typ"] == "logout+jwt")
            let claims = try provider.provider.keys.ring.verificationKeys.verify(token, type: "logout+jwt").payload
            #expect(claims["iss"] == "https://id.region.example")
            #expect(claims["aud"]?.string == portal.identifier)
            #expect(claims["sub"] == idToken["sub"] && claims["sid"] == idToken["sid"])
            #expect(claims["iat"] == provider.now.json && claims["exp"] == (provider.now + 120).json)
            let events: JSONObject = ["http://schemas.openid.net/event/backchannel-logout": .object([:])]
            #expect(claims["events"]?.object == events)
            #expect(claims["nonce"] == nil)
            identifiers.insert(try #require(claims["jti"]?.string))
        }
        #expect(identifiers.count == 3 && portals.calls.count == 3)
        // Who has no address is told nothing, and nothing waits for it.
        for portal in asked {
            let deliveries = try await provider.provider.logoutDeliveries(to: portal.client.identifier, limit: 10)
            #expect(deliveries.map(\.state) == [.delivered] && deliveries[0].lastFailure == nil)
            #expect(deliveries[0].attempts == (portal.identifier == "substantial" ? 0 : 1))
        }
        try await provider.provider.logoutDeliveries.deliverDue(portals.call)
        #expect(portals.calls.count == 3)
    }

    @Test("a portal that fails is asked again after 5 s, 30 s, 2 min, 10 min, 1 h and then hourly, for a day")
    func retries() async throws {
        let provider = try await TestProvider()
        _ = try await signedOut(provider, at: [TestRegion.basic])
        let portals = LogoutPortals()
        portals.answer(TestRegion.basic, 503)
        let flow = provider.provider.logoutDeliveries
        try await flow.deliverDue(portals.call)
        var elapsed: Int64 = 0
        for (index, pause) in ([5, 30, 120, 600] + Array(repeating: Int64(3600), count: 23)).enumerated() {
            provider.clock.advance(pause - 1)
            try await flow.deliverDue(portals.call)
            #expect(portals.calls.count == index + 1, "too early after \(pause) s")
            provider.clock.advance(1)
            try await flow.deliverDue(portals.call)
            elapsed += pause
            #expect(portals.calls.count == index + 2, "\(pause) s")
        }
        #expect(elapsed <= 86_400)
        let client = TestRegion.basic.client.identifier
        let given = try await provider.provider.logoutDeliveries(to: client, limit: 10)
        #expect(given.map(\.state) == [.failed] && given[0].lastFailure == "the portal answered 503")
        portals.answer(TestRegion.basic, 200)
        provider.clock.advance(7200)
        let calls = portals.calls.count
        try await flow.deliverDue(portals.call)
        #expect(portals.calls.count == calls)
    }

    @Test("only 200 and 204 are taken for an answer", arguments: [200, 204, 201, 202, 301, 400, 401, 500, 501, 504])
    func statuses(status: Int) async throws {
        let provider = try await TestProvider()
        _ = try await signedOut(provider, at: [TestRegion.basic])
        let portals = LogoutPortals()
        portals.answer(TestRegion.basic, status)
        try await provider.provider.logoutDeliveries.deliverDue(portals.call)
        let client = TestRegion.basic.client.identifier
        let delivery = try #require(try await provider.provider.logoutDeliveries(to: client, limit: 1).first)
        #expect((delivery.state == .delivered) == (status == 200 || status == 204))
        #expect(delivery.attempts == 1)
    }

    @Test("what is due survives a restart")
    func restart() async throws {
        let file = try TemporaryDatabase()
        let clock = SettableClock()
        let portals = LogoutPortals()
        portals.answer(TestRegion.basic, 0)
        let store = try SQLiteStore(path: file.path)
        let before = try await TestProvider(store: store, clock: clock)
        _ = try await signedOut(before, at: [TestRegion.basic])
        try await before.provider.logoutDeliveries.deliverDue(portals.call)
        try await store.close()
        clock.advance(5)
        portals.answer(TestRegion.basic, 200)
        let again = try SQLiteStore(path: file.path)
        let after = try await TestProvider(store: again, clock: clock)
        try await after.provider.logoutDeliveries.deliverDue(portals.call)
        #expect(portals.calls.count == 2)
        let client = TestRegion.basic.client.identifier
        #expect(try await after.provider.logoutDeliveries(to: client, limit: 1).map(\.state) == [.delivered])
        try await again.close()
    }

    @Test(
        "a portal that hangs holds up neither the others nor the next round, and is called once at a time",
        .timeLimit(.minutes(5)))
    func hangingPortal() async throws {
        let provider = try await TestProvider()
        let portals = LogoutPortals(hanging: [TestRegion.basic])
        let flow = provider.provider.logoutDeliveries
        for _ in 0..<2 { _ = try await signedOut(provider, at: [TestRegion.basic]) }
        let hanging = Task { try await flow.deliverDue(portals.call) }
        while portals.calls.isEmpty { await Task.yield() }
        _ = try await signedOut(provider, at: [TestRegion.post])
        try await flow.deliverDue(portals.call)
        #expect(portals.calls(to: TestRegion.basic).count == 1 && portals.calls(to: TestRegion.post).count == 1)
        portals.release()
        try await hanging.value
        #expect(portals.calls(to: TestRegion.basic).count == 2)
        try await flow.deliverDue(portals.call)
        #expect(portals.calls.count == 3)
    }

    @Test(
        "twenty portals that hang hold up nobody: not in their round, and not in the next", .timeLimit(.minutes(5)))
    func manyHang() async throws {
        let hanging = (1...20).map { number in
            TestGrants.portal("hanging-\(number)") {
                $0.logout.backChannelURI = OutboundURL(rawValue: "https://hanging-\(number).example/backchannel")
            }
        }
        let provider = try await TestProvider.withGrants(hanging)
        let portals = LogoutPortals(hanging: hanging)
        let flow = provider.provider.logoutDeliveries
        _ = try await signedOut(provider, at: hanging + [TestRegion.post])
        let round = Task { try await flow.deliverDue(patience: .milliseconds(1), portals.call) }
        while portals.calls.count < 21 { try await Task.sleep(for: .milliseconds(1)) }
        #expect(portals.calls(to: TestRegion.post).count == 1)
        _ = try await signedOut(provider, at: [TestRegion.basic])
        try await flow.deliverDue(portals.call)
        #expect(portals.calls(to: TestRegion.basic).count == 1)
        portals.release()
        try await round.value
        #expect(portals.calls.count == 22, "each was called once")
    }

    @Test(
        "a portal for which much is due keeps nothing from the others, and gets all of it in its round",
        .timeLimit(.minutes(5)))
    func muchIsDue() async throws {
        let provider = try await TestProvider()
        let portals = LogoutPortals(hanging: [TestRegion.basic])
        for _ in 0..<5 { _ = try await signedOut(provider, at: [TestRegion.basic]) }
        provider.clock.advance(1)
        _ = try await signedOut(provider, at: [TestRegion.post])
        let flow = provider.provider.logoutDeliveries
        let round = Task { try await flow.deliverDue(patience: .milliseconds(1), batch: 2, portals.call) }
        while portals.calls(to: TestRegion.post).isEmpty { try await Task.sleep(for: .milliseconds(1)) }
        #expect(portals.calls(to: TestRegion.basic).count <= 1)
        portals.release()
        try await round.value
        #expect(portals.calls(to: TestRegion.basic).count == 5 && portals.calls.count == 6)
    }

    @Test("a call for which there is no place is no attempt: the notice is due at the next round")
    func noPlace() async throws {
        let provider = try await TestProvider()
        for _ in 0..<2 { _ = try await signedOut(provider, at: [TestRegion.basic]) }
        let portals = LogoutPortals()
        portals.answer(TestRegion.basic, LogoutPortals.busy)
        try await provider.provider.logoutDeliveries.deliverDue(portals.call)
        #expect(portals.calls.count == 1)
        let client = TestRegion.basic.client.identifier
        let waiting = try await provider.provider.logoutDeliveries(to: client, limit: 10)
        #expect(waiting.map(\.attempts) == [0, 0] && waiting.allSatisfy { $0.lastFailure == nil })
        portals.answer(TestRegion.basic, 200)
        try await provider.provider.logoutDeliveries.deliverDue(portals.call)
        #expect(portals.calls.count == 3)
    }

    @Test("a portal out of reach is not called again for each of its sessions")
    func outOfReach() async throws {
        let provider = try await TestProvider()
        for _ in 0..<3 { _ = try await signedOut(provider, at: [TestRegion.basic]) }
        let portals = LogoutPortals()
        portals.answer(TestRegion.basic, 0)
        try await provider.provider.logoutDeliveries.deliverDue(batch: 2, portals.call)
        #expect(portals.calls.count == 1)
        let client = TestRegion.basic.client.identifier
        let waiting = try await provider.provider.logoutDeliveries(to: client, limit: 10)
        #expect(waiting.allSatisfy { $0.nextAttemptAt == provider.now + 5 && $0.lastFailure == "timeout" })
        #expect(waiting.map(\.attempts).sorted() == [0, 0, 1])
        portals.answer(TestRegion.basic, 200)
        provider.clock.advance(5)
        try await provider.provider.logoutDeliveries.deliverDue(portals.call)
        #expect(portals.calls.count == 4)
    }

    @Test("a logout token passes for nothing else, and nothing else for a logout token (E2)")
    func confusion() async throws {
        let provider = try await TestProvider()
        let portals = LogoutPortals()
        _ = try await signedOut(provider, at: [TestRegion.basic])
        try await provider.provider.logoutDeliveries.deliverDue(portals.call)
        let token = try #require(portals.calls.first?.token)
        await #expect(throws: ClientRefusal.self) { try await provider.userinfo(token) }
        await #expect(throws: LogoutRefusal.self) {
            try await provider.provider.logout.begin(FormParameters(["id_token_hint": token]), cookie: nil)
        }
        await #expect(throws: ClientRefusal.self) {
            try await provider.provider.authenticate(
                .assertion(token, client: TestRegion.basic.client.identifier))
        }
        #expect(throws: JWSError.wrongType) {
            try provider.provider.keys.ring.verificationKeys.verify(CompactJWS(parsing: token), type: "JWT")
        }
    }

    @Test("the bell rings for whoever listens, once for several ends")
    func bell() async throws {
        let provider = try await TestProvider()
        for _ in 0..<2 { _ = try await signedOut(provider, at: [TestRegion.basic]) }
        var rings = provider.provider.logoutBell.rings.makeAsyncIterator()
        #expect(await rings.next() != nil)
        provider.provider.logoutBell.ring()
        #expect(await rings.next() != nil)
    }
}
