import AccountDirectory
import IdentityCrypto
import OpenIDMessages
import ProviderHarness
import Testing

@testable import ProviderCore

/// RFC 8628.
@Suite("Device authorization grant (RFC 8628)")
struct DeviceGrantTests {
    private func code(_ provider: TestProvider, _ text: String) async throws -> OAuthError.Code? {
        try await provider.refusal { _ = try await provider.poll(text) }?.error.code
    }

    private func decide(
        _ login: TestLogin, _ decision: LoginDecision, _ phone: TestPhone, _ provider: TestProvider
    ) async throws {
        let device = try await provider.verified(phone)
        let request = try await provider.claimed(login, by: device)
        try await provider.answer(request, try phone.response(to: request, decision, now: provider.now), by: device)
    }

    @Test("§3.2: the answer has codes, addresses, lifetime and interval")
    func begin() async throws {
        let provider = try await TestProvider.withGrants()
        let begun = try await provider.beginDevice()
        let user = try begun.text("user_code")
        #expect(OneTimeHandle(parsing: try begun.text("device_code"), as: .deviceCode) != nil)
        #expect(user.count == 9 && UserCode(typed: user)?.text == user)
        #expect(begun["verification_uri"] == "https://id.region.example/device")
        #expect(begun["verification_uri_complete"]?.string == "https://id.region.example/device?user_code=\(user)")
        #expect(begun["expires_in"] == 600 && begun["interval"] == 5)
    }

    @Test("§3.1: the request is held to the client's registration")
    func registration() async throws {
        let provider = try await TestProvider.withGrants()
        for (portal, parameters, expected) in [
            (TestGrants.refreshing, ["scope": "openid"], .unauthorizedClient),
            (TestGrants.television, ["scope": "openid phone"], .invalidScope),
            (TestGrants.television, [:], .invalidScope),
            (TestGrants.television, ["scope": "openid", "resource": "https://other.example/"], .invalidTarget),
            (TestGrants.television, ["scope": "openid", "acr_values": "unheard-of"], .unmetAuthenticationRequirements),
        ] as [(TestPortal, [String: String], OAuthError.Code)] {
            let refusal = try await provider.refusal { _ = try await provider.beginDevice(at: portal, parameters) }
            #expect(refusal?.error.code == expected, "\(parameters)")
        }
    }

    @Test("§3.5: pending, slow_down with a longer interval, then tokens for the one who approved, once")
    func approved() async throws {
        let provider = try await TestProvider.withGrants()
        let phone = try await provider.enrolledPhone()
        let begun = try await provider.beginDevice()
        let device = try begun.text("device_code")
        #expect(try await code(provider, device) == .authorizationPending)
        #expect(try await code(provider, device) == .slowDown)
        // The interval is ten seconds by now.
        provider.clock.advance(9)
        #expect(try await code(provider, device) == .slowDown)
        provider.clock.advance(15)
        #expect(try await code(provider, device) == .authorizationPending)
        let login = try provider.typed(try begun.text("user_code"))
        provider.clock.advance(15)
        #expect(try await code(provider, device) == .authorizationPending)
        try await decide(login, .approve, phone, provider)
        let tokens = try await provider.poll(device)
        let claims = try unverifiedPayload(tokens.text("id_token"))
        #expect(claims["aud"] == "television" && claims["nonce"] == nil)
        #expect(try await provider.userinfo(tokens.text("access_token"))["given_name"] == "Erika")
        let refresh = try tokens.text("refresh_token")
        _ = try await provider.refreshed(refresh, at: TestGrants.television)
        // Used twice is stolen: everything of it ends.
        let again = try await provider.refusal { _ = try await provider.poll(device) }
        #expect(again?.error.code == .invalidGrant && again?.reason == .codeReplayed)
        await #expect(throws: ClientRefusal.self) {
            try await provider.refreshed(refresh, at: TestGrants.television)
        }
    }

    @Test("a device that asks slowly gets the tokens until its code ends")
    func slowly() async throws {
        let provider = try await TestProvider.withGrants()
        let phone = try await provider.enrolledPhone()
        let begun = try await provider.beginDevice()
        try await decide(try provider.typed(try begun.text("user_code")), .approve, phone, provider)
        provider.clock.advance(599)
        try await provider.provider.sweep(includingStore: true)
        #expect(try await provider.poll(begun.text("device_code"))["access_token"] != nil)
    }

    @Test("no code comes back to the browser: the device alone is answered")
    func browser() async throws {
        let provider = try await TestProvider.withGrants()
        let phone = try await provider.enrolledPhone()
        let begun = try await provider.beginDevice()
        let login = try provider.typed(try begun.text("user_code"))
        try await decide(login, .approve, phone, provider)
        let response = try #require(login.collect())
        #expect(response["code"] == nil && response["error"] == nil)
        #expect(response.location.hasPrefix("https://id.region.example/device/done"))
        _ = try await provider.poll(begun.text("device_code"))
    }

    @Test("§3.5 access_denied: the person refused or reported", arguments: [LoginDecision.deny, .report])
    func denied(decision: LoginDecision) async throws {
        let provider = try await TestProvider.withGrants()
        let phone = try await provider.enrolledPhone()
        let begun = try await provider.beginDevice()
        try await decide(try provider.typed(try begun.text("user_code")), decision, phone, provider)
        for _ in 0..<2 {
            #expect(try await code(provider, try begun.text("device_code")) == .accessDenied)
            provider.clock.advance(10)
        }
        // A refused code is not typed again.
        #expect(throws: TestProvider.Unexpected.self) { try provider.typed(try begun.text("user_code")) }
    }

    @Test("§3.5 expired_token: after 600 s neither device nor person get on")
    func expired() async throws {
        let provider = try await TestProvider.withGrants()
        let begun = try await provider.beginDevice()
        provider.clock.advance(599)
        #expect(try await code(provider, try begun.text("device_code")) == .authorizationPending)
        provider.clock.advance(1)
        #expect(try await code(provider, try begun.text("device_code")) == .expiredToken)
        #expect(throws: TestProvider.Unexpected.self) { try provider.typed(try begun.text("user_code")) }
    }

    @Test("another client's device code is unknown and stays good (Zitadel CVE-2026-55672)")
    func otherClient() async throws {
        let provider = try await TestProvider.withGrants()
        let phone = try await provider.enrolledPhone()
        let begun = try await provider.beginDevice()
        let device = try begun.text("device_code")
        let thieves = [TestGrants.otherTelevision, TestGrants.everything, TestGrants.refreshing, TestGrants.fapi]
        func steal() async throws {
            for thief in thieves {
                let refusal = try await provider.refusal { _ = try await provider.poll(device, at: thief) }
                #expect(refusal?.error.code == .invalidGrant && refusal?.reason == .codeUnknown)
            }
        }
        try await steal()
        try await decide(try provider.typed(try begun.text("user_code")), .approve, phone, provider)
        try await steal()
        #expect(try await provider.poll(device)["access_token"] != nil)
    }

    @Test("a code is decided about in one login; when that ends without an answer, it can be typed again")
    func oneLogin() async throws {
        let provider = try await TestProvider.withGrants()
        let phone = try await provider.enrolledPhone()
        let begun = try await provider.beginDevice()
        let user = try begun.text("user_code")
        let first = try provider.typed(user)
        #expect(throws: TestProvider.Unexpected.self) { try provider.typed(user) }
        #expect(first.cancel())
        let second = try provider.typed(user)
        try await decide(second, .approve, phone, provider)
        #expect(try await provider.poll(begun.text("device_code"))["access_token"] != nil)
        #expect(throws: TestProvider.Unexpected.self) { try provider.typed(user) }
    }

    @Test("of 32 questions at once after the approval one gets the tokens")
    func parallel() async throws {
        let provider = try await TestProvider.withGrants()
        let phone = try await provider.enrolledPhone()
        let begun = try await provider.beginDevice()
        let device = try begun.text("device_code")
        try await decide(try provider.typed(try begun.text("user_code")), .approve, phone, provider)
        let client = try await provider.authenticated(TestGrants.television)
        let wins = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<32 {
                group.addTask {
                    (try? await provider.provider.tokens.answer(.deviceCode(device), by: client, key: nil)) != nil
                }
            }
            return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(wins == 1)
    }

    @Test("what nobody asks for any more is forgotten; what waits is bounded")
    func memory() async throws {
        let clock = SettableClock()
        let provider = try await TestProvider(capacity: Provider.Capacity(logins: 5), clock: clock)
        try provider.add(TestGrants.portals)
        let devices = provider.provider.deviceGrants.devices
        for _ in 0..<3 { _ = try await provider.beginDevice() }
        let refusal = try await provider.refusal { _ = try await provider.beginDevice() }
        #expect(refusal?.error.code == .temporarilyUnavailable && devices.count == 3)
        clock.advance(Lifetime.deviceCode + Lifetime.finishedLogin - 1)
        try await provider.provider.sweep(includingStore: false)
        #expect(devices.count == 3)
        clock.advance(1)
        try await provider.provider.sweep(includingStore: false)
        #expect(devices.count == 0)
        _ = try await provider.beginDevice()
    }

    @Test("a refusal for want of room frees what is over and leaves what waits")
    func refusalSweeps() async throws {
        let clock = SettableClock()
        let provider = try await TestProvider(capacity: Provider.Capacity(logins: 5), clock: clock)
        try provider.add(TestGrants.portals)
        let devices = provider.provider.deviceGrants.devices
        for _ in 0..<2 { _ = try await provider.beginDevice() }
        clock.advance(100)
        let late = try await provider.beginDevice()
        clock.advance(Lifetime.deviceCode + Lifetime.finishedLogin - 101)
        #expect(try await provider.refusal { _ = try await provider.beginDevice() } != nil)
        #expect(devices.count == 3)
        clock.advance(1)
        _ = try await provider.beginDevice()
        #expect(devices.count == 2, "both of the older ones went")
        #expect(try await code(provider, late.text("device_code")) == .expiredToken, "it answers still")
    }

    @Test("§6.1: a code is read as people type it, and nothing else is one")
    func typing() throws {
        let code = try #require(UserCode(typed: "WDJB-MJHT"))
        for text in ["wdjb-mjht", "WDJBMJHT", " wd jb mj ht ", "W-D-J-B-M-J-H-T"] {
            #expect(UserCode(typed: text) == code)
        }
        for text in [
            "", "WDJB-MJH", "WDJB-MJHTT", "ADJB-MJHT", "WDJB_MJHT", "ＷDJB-MJHT", String(repeating: " ", count: 65),
        ] {
            #expect(UserCode(typed: text) == nil)
        }
    }

    @Test("a code whose login was approved and then ended in the browser is over: it is not approved a second time")
    func endedBeforeReturn() async throws {
        let provider = try await TestProvider.withGrants()
        let phone = try await provider.enrolledPhone()
        let device = try await provider.verified(phone)
        for ending in [{ $0.cancel() }, { $0.comeBack("another value") }] as [@Sendable (TestLogin) -> Bool] {
            let begun = try await provider.beginDevice()
            let login = try provider.typed(try begun.text("user_code"))
            let request = try await provider.claimed(login, by: device, flow: .link)
            try await provider.answer(request, try phone.response(to: request, now: provider.now), by: device)
            #expect(login.state == .awaitingReturn)
            #expect(try await code(provider, try begun.text("device_code")) == .authorizationPending)
            #expect(ending(login) && login.state?.isTerminal == true)
            #expect(throws: TestProvider.Unexpected.loginNotBegun) { try provider.typed(try begun.text("user_code")) }
            provider.clock.advance(10)
            #expect(try await code(provider, try begun.text("device_code")) == .accessDenied)
        }
        // One that the phone came back to is good.
        let begun = try await provider.beginDevice()
        let login = try provider.typed(try begun.text("user_code"))
        let request = try await provider.claimed(login, by: device, flow: .link)
        let message = try phone.response(to: request, now: provider.now)
        try await provider.answer(request, message, by: device)
        login.comeBack(message.returnValue ?? "")
        #expect(try await provider.poll(begun.text("device_code"))["access_token"] != nil)
    }
}
