import AccountDirectory
import IdentityCrypto
import OpenIDMessages
import ProviderHarness
import SQLiteStore
import Testing

@testable import ProviderCore

/// OpenID Connect Core §5.5.1; docs/integration.md, `rr`.
@Suite("Relay resistance: rr is what happened, and a portal may demand it")
struct RelayResistanceTests {
    private static func demand(_ text: String, in place: String = "id_token") -> [String: String?] {
        ["claims": "{\"\(place)\":{\"rr\":\(text)}}"]
    }

    private static let sameDevice = demand(#"{"essential":true,"values":["same_device","known_browser"]}"#)

    @Test("the order: origin, then same device and known browser alike, then code, then none")
    func order() {
        let ranked: [[RelayResistance]] = [[.none], [.code], [.sameDevice, .knownBrowser], [.origin]]
        for (rank, values) in ranked.enumerated() {
            for (other, others) in ranked.enumerated() {
                for (value, against) in values.flatMap({ value in others.map { (value, $0) } }) {
                    #expect(value.reaches(against) == (rank >= other), "\(value) \(against)")
                }
            }
        }
        #expect(Set(ranked.joined()) == Set(RelayResistance.allCases))
    }

    @Test(
        "a demand in a scope of its own: which logins meet it",
        arguments: [
            (#"{"essential":true,"value":"code"}"#, [LoginFlow.qr, .link]),
            (#"{"essential":true,"values":["same_device","code"]}"#, [.qr, .link]),
            (#"{"essential":true,"values":["origin","known_browser"]}"#, [.link]),
            (#"{"essential":true,"value":"same_device"}"#, [.link]),
            (#"{"essential":true,"values":["unheard-of","none"]}"#, [.qr, .link]),
            (#"{"values":["same_device"]}"#, [.qr, .link]),
            (#"{"essential":true}"#, [.qr, .link]), ("null", [.qr, .link]),
        ])
    func met(demand: String, flows: [LoginFlow]) async throws {
        let provider = try await TestProvider()
        let phone = try await provider.enrolledPhone()
        for flow in [LoginFlow.qr, .link] {
            let login = try await provider.login(Self.demand(demand))
            let device = try await provider.verified(phone)
            #expect(try #require(login.view).isQROffered == flows.contains(.qr))
            guard flows.contains(flow) else {
                await #expect(throws: DeviceRefusal(.relayResistanceTooLow, .relayResistanceTooLow)) {
                    _ = try await provider.claimed(login, by: device, flow: flow)
                }
                // Refused before anybody is asked, and never lowered in silence.
                #expect(login.state == .failed)
                let outcome = try #require(login.collect())
                #expect(outcome["error"] == "unmet_authentication_requirements" && outcome["code"] == nil)
                continue
            }
            let request = try await provider.claimed(login, by: device, flow: flow)
            let answer = try phone.response(to: request, now: provider.now)
            try await provider.answer(request, answer, by: device)
            if let uv = answer.returnValue { login.comeBack(uv) }
            let tokens = try await provider.redeem(#require(login.collect()?["code"]))
            #expect(try unverifiedPayload(tokens.text("id_token"))["rr"] == (flow == .qr ? "code" : "same_device"))
        }
    }

    @Test(
        "a demand that no login can meet is refused before a login begins, wherever it stands",
        arguments: [
            #"{"essential":true,"value":"origin"}"#, #"{"essential":true,"values":["unheard-of"]}"#,
        ], ["id_token", "userinfo"])
    func unreachable(demand: String, place: String) async throws {
        let provider = try await TestProvider()
        do {
            _ = try await provider.login(Self.demand(demand, in: place))
            Issue.record("a login began")
        } catch AuthorizationRefusal.redirect(let error, _, let reason) {
            #expect(error.code == .unmetAuthenticationRequirements && reason == .relayResistanceTooLow)
        }
    }

    @Test(
        "values that are no words are refused as malformed",
        arguments: [#"{"essential":true,"value":1}"#, #"{"essential":true,"values":["code",null]}"#, #"{"value":{}}"#])
    func malformed(demand: String) async throws {
        let provider = try await TestProvider()
        do {
            _ = try await provider.login(Self.demand(demand))
            Issue.record("a login began")
        } catch AuthorizationRefusal.redirect(let error, _, _) { #expect(error.code == .invalidRequest) }
    }

    @Test("of two demands the stronger one counts")
    func twoDemands() async throws {
        let provider = try await TestProvider()
        let both =
            #"{"id_token":{"rr":{"essential":true,"value":"code"}},"userinfo":"#
            + #"{"rr":{"essential":true,"value":"same_device"}}}"#
        let login = try await provider.login(["claims": both])
        #expect(try #require(login.view).isQROffered == false)
    }

    @Test(
        "access token and introspection say the same rr as the ID token, refreshed ones too",
        arguments: LoginFlow.allCases)
    func everywhere(flow: LoginFlow) async throws {
        guard flow != .backChannel else { return }
        let provider = try await TestProvider.withGrants()
        let phone = try await provider.enrolledPhone()
        let device = try await provider.verified(phone)
        let portal = TestGrants.refreshing
        let login = try await provider.login(at: portal)
        let request = try await provider.claimed(login, by: device, flow: flow)
        let answer = try phone.response(to: request, now: provider.now)
        try await provider.answer(request, answer, by: device)
        if let uv = answer.returnValue { login.comeBack(uv) }
        var tokens = try await provider.redeem(#require(login.collect()?["code"]), at: portal)
        let expected = JSONValue.string(flow == .qr ? "code" : "same_device")
        for _ in 0..<2 {
            #expect(try unverifiedPayload(tokens.text("id_token"))["rr"] == expected)
            #expect(try unverifiedPayload(tokens.text("access_token"))["rr"] == expected)
            for token in ["access_token", "refresh_token"] {
                let answer = try await provider.provider.introspection.inquire(
                    TokenInquiry(parameters: FormParameters(["token": try tokens.text(token)])),
                    by: try await provider.authenticated(portal))
                #expect(answer["rr"] == expected, "\(token)")
            }
            tokens = try await provider.refreshed(tokens.text("refresh_token"), at: portal)
        }
    }

    @Test("RFC 8628 §5.4: what a device's code brings has rr none, however the phone was bound to the browser")
    func deviceCode() async throws {
        let provider = try await TestProvider.withGrants()
        let phone = try await provider.enrolledPhone()
        let begun = try await provider.beginDevice()
        let login = try provider.typed(try begun.text("user_code"))
        let device = try await provider.verified(phone)
        let request = try await provider.claimed(login, by: device)
        try await provider.answer(request, try phone.response(to: request, now: provider.now), by: device)
        let tokens = try await provider.poll(begun.text("device_code"))
        #expect(try unverifiedPayload(tokens.text("id_token"))["rr"] == "none")
        let refusal = try await provider.refusal {
            _ = try await provider.beginDevice(
                at: TestGrants.television,
                ["scope": "openid", "claims": #"{"id_token":{"rr":{"essential":true,"value":"code"}}}"#])
        }
        #expect(refusal?.error.code == .unmetAuthenticationRequirements && refusal?.reason == .relayResistanceTooLow)
    }
}
