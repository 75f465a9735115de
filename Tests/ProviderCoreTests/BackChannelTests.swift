import AccountDirectory
import IdentityCrypto
import OpenIDMessages
import ProviderHarness
import Testing

@testable import ProviderCore

/// OpenID Connect Client-Initiated Backchannel Authentication, Core 1.0: poll.
@Suite("Back-channel authentication (CIBA Core 1.0)")
struct BackChannelTests {
    @Test("§7.3: the acknowledgement has auth_req_id, expires_in and interval; and the digits of the call")
    func acknowledgement() async throws {
        let (provider, _, subject) = try await TestProvider.withBackChannel()
        let begun = try await provider.ask(for: subject)
        #expect(OneTimeHandle(parsing: try begun.text("auth_req_id"), as: .authenticationRequest) != nil)
        #expect(begun["expires_in"] == 180 && begun["interval"] == 5)
        let digits = try begun.text("call_code")
        #expect(digits.count == 4 && digits.allSatisfy(\.isNumber))
    }

    // fapi-ciba-id1-multiple-call-to-token-endpoint
    @Test("§10.1, §11: pending, slow_down with a longer interval, then tokens for the one who approved, once")
    func approved() async throws {
        let (provider, phone, subject) = try await TestProvider.withBackChannel()
        let begun = try await provider.ask(for: subject)
        for (code, reason) in [(.authorizationPending, .decisionPending), (.slowDown, .polledTooOften)]
            as [(OAuthError.Code, Refusal)]
        {
            let refusal = try await provider.refusal { _ = try await provider.tokens(of: begun) }
            #expect(refusal?.error.code == code && refusal?.reason == reason)
        }
        provider.clock.advance(9)
        #expect(try await code(provider, begun) == .slowDown)
        provider.clock.advance(15)
        #expect(try await code(provider, begun) == .authorizationPending)
        try await provider.decide(begun, .approve, on: phone)
        let tokens = try await provider.tokens(of: begun)
        let claims = try unverifiedPayload(tokens.text("id_token"))
        #expect(claims["sub"]?.string == subject)
        #expect(claims["aud"] == "call-centre" && claims["nonce"] == nil)
        #expect(claims["idm"] == "backchannel" && claims["rr"] == "code")
        #expect(try await provider.userinfo(tokens.text("access_token"))["given_name"] == "Erika")
        let refresh = try tokens.text("refresh_token")
        _ = try await provider.refreshed(refresh, at: TestBackChannel.centre)
        // Used twice is stolen: everything of it ends.
        let again = try await provider.refusal { _ = try await provider.tokens(of: begun) }
        #expect(again?.error.code == .invalidGrant && again?.reason == .codeReplayed)
        await #expect(throws: ClientRefusal.self) {
            try await provider.refreshed(refresh, at: TestBackChannel.centre)
        }
    }

    @Test("whoever asks slowly gets the tokens until the request's own end")
    func slowly() async throws {
        let (provider, phone, subject) = try await TestProvider.withBackChannel()
        let begun = try await provider.ask(for: subject, ["requested_expiry": "600"])
        try await provider.decide(begun, .approve, on: phone)
        provider.clock.advance(599)
        try await provider.provider.sweep(includingStore: true)
        #expect(try await provider.tokens(of: begun)["access_token"] != nil)
    }

    // fapi-ciba-id1-user-rejects-authentication
    @Test("§11 access_denied: the person refused or reported", arguments: [LoginDecision.deny, .report])
    func denied(decision: LoginDecision) async throws {
        let (provider, phone, subject) = try await TestProvider.withBackChannel()
        let begun = try await provider.ask(for: subject, ["requested_expiry": "600"])
        // Without the digits of the call: who was not called has none.
        try await provider.decide(begun, decision, on: phone)
        let refusal = try await provider.refusal { _ = try await provider.tokens(of: begun) }
        #expect(refusal?.error.code == .accessDenied && refusal?.reason == .personRefused)
        provider.clock.advance(500)
        try await provider.provider.sweep(includingStore: false)
        #expect(try await code(provider, begun) == .accessDenied)
    }

    // fapi-ciba-id1-auth-req-id-expired
    @Test("§11 expired_token: after the request's time neither portal nor person get on")
    func expired() async throws {
        let (provider, phone, subject) = try await TestProvider.withBackChannel()
        let begun = try await provider.ask(for: subject)
        provider.clock.advance(179)
        #expect(try await code(provider, begun) == .authorizationPending)
        provider.clock.advance(1)
        #expect(try await code(provider, begun) == .expiredToken)
        #expect(try await provider.receive(phone) == nil)
    }

    @Test("an approval in the last second is redeemed after the request's end")
    func lastSecond() async throws {
        let (provider, phone, subject) = try await TestProvider.withBackChannel()
        let begun = try await provider.ask(for: subject)
        provider.clock.advance(179)
        try await provider.decide(begun, .approve, on: phone)
        provider.clock.advance(2)
        try await provider.provider.sweep(includingStore: true)
        #expect(try await provider.tokens(of: begun)["access_token"] != nil)
    }

    @Test("a copied device that refuses before the digits ends the login, and frees the person's place")
    func clone() async throws {
        let (provider, phone, subject) = try await TestProvider.withBackChannel()
        let begun = try await provider.ask(for: subject)
        let request = try await provider.shown(phone)
        #expect(request.statement.binding == .callCode)
        phone.counter -= 1
        let answer = try phone.response(to: request, .deny, now: provider.now)
        let device = try await provider.verified(phone)
        await #expect(throws: DeviceRefusal(.deviceCloned, .counterNotRising)) {
            try await provider.answer(request, answer, by: device)
        }
        #expect(try await code(provider, begun) == .accessDenied)
    }

    @Test("I20: for a membership's `sub` the person chooses among the companies that it serves")
    func servedCompanies() async throws {
        let office = try await ServingContextTests.Office()
        let provider = office.story.provider
        try provider.changeRegion { region in
            guard
                let index = region.clients.firstIndex(where: { $0.identifier == TestServices.garage.client.identifier })
            else { return }
            region.clients[index].grantTypes.insert(.backChannel)
            region.clients[index].backChannel = ClientBackChannel(delivery: .poll)
        }
        let employee = office.service.employee.phone
        let offered = try await office.offered()
        let known = try await provider.signIn(
            at: TestServices.garage, phone: employee, ["scope": "openid org mandate"],
            context: try #require(offered.first).context)
        _ = try await provider.ask(
            for: known.idToken["sub"]?.string, at: TestServices.garage, ["scope": "openid org mandate"])
        let shown = try await provider.shown(employee).statement.contexts
        #expect(Set(shown.map(\.context)) == Set(offered.map(\.context)))
        #expect(shown.count == 2)
    }

    @Test("a request that is shown late cannot be approved after its time")
    func shownLate() async throws {
        let (provider, phone, subject) = try await TestProvider.withBackChannel()
        let begun = try await provider.ask(for: subject)
        provider.clock.advance(170)
        let request = try await provider.shown(phone)
        #expect(request.statement.expiresAt == provider.now + 10)
        try await provider.enter(begun, for: request, phone)
        provider.clock.advance(10)
        let response = try phone.response(to: request, now: provider.now)
        let device = try await provider.verified(phone)
        await #expect(throws: DeviceRefusal(.loginOver, .loginOver)) {
            try await provider.answer(request, response, by: device)
        }
        #expect(try await code(provider, begun) == .expiredToken)
    }

    @Test(
        "§7.1 requested_expiry: bounded, a positive number",
        arguments: [("10", 10), ("1", 10), ("300", 300), ("9000", 600)])
    func requestedExpiry(asked: String, given: Int64) async throws {
        let (provider, _, subject) = try await TestProvider.withBackChannel()
        #expect(try await provider.ask(for: subject, ["requested_expiry": asked])["expires_in"] == .integer(given))
    }

    // fapi-ciba-id1-ensure-authorization-request-with-potentially-bad-binding-message
    @Test("§7.1, §13: what a request cannot have")
    func malformed() async throws {
        let (provider, _, subject) = try await TestProvider.withBackChannel()
        let long = String(repeating: "x", count: 101)
        for (changes, expected) in [
            (["login_hint": nil], .invalidRequest), (["id_token_hint": "x"], .invalidRequest),
            (["login_hint_token": "x"], .invalidRequest),
            (["login_hint": nil, "login_hint_token": "x", "id_token_hint": "x"], .invalidRequest),
            (["scope": nil], .invalidScope), (["scope": "person"], .invalidScope),
            (["scope": "openid phone"], .invalidScope), (["resource": "https://other.example/"], .invalidTarget),
            (["acr_values": "unheard-of"], .unmetAuthenticationRequirements),
            (["requested_expiry": "0"], .invalidRequest), (["requested_expiry": "-1"], .invalidRequest),
            (["requested_expiry": "1.5"], .invalidRequest), (["requested_expiry": "060"], .invalidRequest),
            (["binding_message": long], .invalidBindingMessage),
            (["binding_message": String(repeating: "x", count: 2000)], .invalidBindingMessage),
            (["binding_message": "1234\u{202E}"], .invalidBindingMessage),
            (["binding_message": " 1234"], .invalidBindingMessage), (["user_code": "1234"], .invalidUserCode),
            (["client_notification_token": "short"], .invalidRequest),
            (["client_notification_token": String(repeating: "ä", count: 30)], .invalidRequest),
            (["login_hint": "erika@example.org"], .unknownUserIdentifier),
            (["login_hint": nil, "id_token_hint": "x"], .unknownUserIdentifier),
            (["login_hint": nil, "login_hint_token": "x"], .unknownUserIdentifier),
        ] as [([String: String?], OAuthError.Code)] {
            let refusal = try await provider.refusal { _ = try await provider.ask(for: subject, changes) }
            #expect(refusal?.error.code == expected, "\(changes)")
        }
        // The longest good one.
        _ = try await provider.ask(for: subject, ["binding_message": String(repeating: "ä", count: 100)])
    }

    @Test(
        "a parameter beyond its limit is refused, never cut (Keycloak CVE-2026-9704)",
        arguments: BackChannelParameter.allCases.filter { $0 != .request })
    func oversized(parameter: BackChannelParameter) async throws {
        let (provider, _, subject) = try await TestProvider.withBackChannel()
        let long = String(repeating: "a", count: parameter.maximumLength + 1)
        // A hint stands in the place of the other.
        let hint: [String: String?] = [.loginHintToken, .idTokenHint].contains(parameter) ? ["login_hint": nil] : [:]
        let refusal = try await provider.refusal {
            _ = try await provider.ask(for: subject, hint.merging([parameter.rawValue: long]) { $1 })
        }
        let isMessage = parameter == .bindingMessage
        #expect(refusal?.error.code == (isMessage ? .invalidBindingMessage : .invalidRequest))
        #expect(isMessage || refusal?.error.description == "\(parameter.rawValue) is too long")
    }

    @Test("§13 unauthorized_client: a client that is not registered for it")
    func unauthorized() async throws {
        let (provider, _, subject) = try await TestProvider.withBackChannel()
        let refusal = try await provider.refusal { _ = try await provider.ask(for: subject, at: TestRegion.basic) }
        #expect(refusal?.error.code == .unauthorizedClient && refusal?.reason == .grantTypeNotAllowed)
    }

    @Test(
        "fapi-ciba-id1-ensure-wrong-auth-req-id-in-token-endpoint-request: another client's is unknown and stays good")
    func otherClient() async throws {
        let (provider, phone, subject) = try await TestProvider.withBackChannel()
        let begun = try await provider.ask(for: subject)
        func steal() async throws {
            for thief in [TestBackChannel.otherCentre, TestBackChannel.familiar] {
                let refusal = try await provider.refusal { _ = try await provider.tokens(of: begun, at: thief) }
                #expect(refusal?.error.code == .invalidGrant && refusal?.reason == .codeUnknown)
            }
        }
        try await steal()
        try await provider.decide(begun, .approve, on: phone)
        try await steal()
        #expect(try await provider.tokens(of: begun)["access_token"] != nil)
    }

    @Test("of 32 questions at once after the approval one gets the tokens")
    func parallel() async throws {
        let (provider, phone, subject) = try await TestProvider.withBackChannel()
        let begun = try await provider.ask(for: subject)
        try await provider.decide(begun, .approve, on: phone)
        let client = try await provider.authenticated(TestBackChannel.centre)
        let request = try begun.text("auth_req_id")
        let wins = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<32 {
                group.addTask {
                    (try? await provider.provider.tokens.answer(.backChannel(request), by: client, key: nil)) != nil
                }
            }
            return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(wins == 1)
    }

    @Test("§7.1 id_token_hint: an ID token that this client got names its person, also when it has expired")
    func idTokenHint() async throws {
        let (provider, phone, _) = try await TestProvider.withBackChannel()
        let own = try await provider.granted(at: TestBackChannel.centre, phone: phone).text("id_token")
        let foreign = try await provider.granted(at: TestBackChannel.otherCentre, phone: phone).text("id_token")
        provider.clock.advance(3600)
        let begun = try await provider.ask(for: nil, ["id_token_hint": own])
        try await provider.decide(begun, .approve, on: phone)
        #expect(try await provider.tokens(of: begun)["access_token"] != nil)
        for hint in [foreign, own.dropLast() + "A", own + "x"].map({ String($0) }) where hint != own {
            let refusal = try await provider.refusal { _ = try await provider.ask(for: nil, ["id_token_hint": hint]) }
            #expect(refusal?.error.code == .unknownUserIdentifier && refusal?.reason == .hintUnusable)
        }
    }

    // fapi-ciba-id1-ensure-authorization-request-with-binding-message-succeeds
    @Test("the request names portal, town and message; the message is inside the signed text")
    func text() async throws {
        let (provider, phone, subject) = try await TestProvider.withBackChannel()
        _ = try await provider.ask(for: subject, ["binding_message": "Vorgang 4711 „Bauakte“"])
        let request = try await provider.shown(phone).statement
        #expect(request.text.contains("Portal call-centre") && request.text.contains("„Vorgang 4711 ’Bauakte’“"))
        #expect(request.textDigest == ContentDigest(of: request.text))
        #expect(request.flow == .backChannel && request.binding == .callCode)
        #expect(request.portal.host == "call-centre.example" && request.contexts.map(\.context) == [.citizen])
    }

    @Test("a portal's long name is shown as who began, and the phone reads it")
    func longName() async throws {
        let (provider, phone, subject) = try await TestProvider.withBackChannel()
        let name = String(repeating: "ü", count: 100)
        try provider.change(TestBackChannel.centre) { $0.name = name }
        _ = try await provider.ask(for: subject)
        #expect(try await provider.shown(phone).statement.initiator.browser == name)
    }

    @Test("what is lost or forgotten: memory is bounded, and ends with the requests")
    func memory() async throws {
        let clock = SettableClock()
        let (provider, _, subject) = try await TestProvider.withBackChannel(
            clock: clock, capacity: Provider.Capacity(logins: 5))
        let requests = provider.provider.backChannel.requests
        clock.advance(Lifetime.finishedLogin + 60)
        try await provider.provider.sweep(includingStore: false)
        for _ in 0..<3 { _ = try await provider.ask(for: subject) }
        let refusal = try await provider.refusal { _ = try await provider.ask(for: subject) }
        #expect(refusal?.error.code == .temporarilyUnavailable && requests.count == 3)
        clock.advance(Lifetime.backChannelRequest + Lifetime.finishedLogin)
        try await provider.provider.sweep(includingStore: false)
        clock.advance(Lifetime.finishedLogin)
        try await provider.provider.sweep(includingStore: false)
        #expect(requests.count == 0)
        _ = try await provider.ask(for: subject)
    }

    private func code(_ provider: TestProvider, _ begun: JSONObject) async throws -> OAuthError.Code? {
        try await provider.refusal { _ = try await provider.tokens(of: begun) }?.error.code
    }
}
