import AccountDirectory
import IdentityCrypto
import OpenIDMessages
import ProviderHarness
import SQLiteStore
import Testing

@testable import ProviderCore

/// docs/protocol.md §11: the digits of a call, and who may do without them.
@Suite("Back channel: the digits of a call stand between request and approval")
struct BackChannelBindingTests {
    @Test("P-11.4: nothing is approved without the digits, and the phone never learns them")
    func digitsFirst() async throws {
        let (provider, phone, subject) = try await TestProvider.withBackChannel()
        let begun = try await provider.ask(for: subject)
        let login = try #require(try await provider.receive(phone))
        #expect(login.state == .awaitingCode && login.code == nil)
        let request = try await provider.shown(phone)
        let device = try await provider.verified(phone)
        let early = try phone.response(to: request, now: provider.now)
        await #expect(throws: DeviceRefusal(.wrongCallCode, .callCodeMissing, triesLeft: 3)) {
            try await provider.answer(request, early, by: device)
        }
        #expect(try await provider.enter(begun, for: request, phone).state == .awaitingUser)
        // The right ones again change nothing: the answer may have been lost.
        #expect(try await provider.enter(begun, for: request, phone).state == .awaitingUser)
        try await provider.answer(request, try phone.response(to: request, now: provider.now), by: device)
        #expect(try await provider.tokens(of: begun)["access_token"] != nil)
    }

    @Test("P-11.4: after three wrong tries the request is over, and the portal hears access_denied")
    func threeTries() async throws {
        let (provider, phone, subject) = try await TestProvider.withBackChannel()
        let begun = try await provider.ask(for: subject)
        let request = try await provider.shown(phone)
        let device = try await provider.verified(phone)
        let wrong = try begun.text("call_code") == "0000" ? "0001" : "0000"
        func guess(_ digits: String) async throws {
            _ = try await provider.provider.deviceLogins.enter(
                callCode: digits, of: request.statement.transaction, by: device)
        }
        for (left, digits) in [(2, wrong), (1, "")] {
            await #expect(throws: DeviceRefusal(.wrongCallCode, .callCodeWrong, triesLeft: left)) {
                try await guess(digits)
            }
        }
        await #expect(throws: DeviceRefusal(.loginOver, .callCodeWrong)) { try await guess(wrong) }
        await #expect(throws: DeviceRefusal(.loginOver, .loginOver)) { try await guess(begun.text("call_code")) }
        let refusal = try await provider.refusal { _ = try await provider.tokens(of: begun) }
        #expect(refusal?.error.code == .accessDenied)
    }

    @Test("the digits of another person's phone are nobody's")
    func otherPhone() async throws {
        let (provider, phone, subject) = try await TestProvider.withBackChannel()
        let begun = try await provider.ask(for: subject)
        let request = try await provider.shown(phone)
        let stranger = try await provider.verified(try await provider.enrolledPhone())
        await #expect(throws: DeviceRefusal(.unknownLogin, .loginOfOtherDevice)) {
            _ = try await provider.provider.deviceLogins.enter(
                callCode: begun.text("call_code"), of: request.statement.transaction, by: stranger)
        }
    }

    @Test("without digits: only where the operator allows it, and only whom the portal knows")
    func withoutDigits() async throws {
        let (provider, phone, subject) = try await TestProvider.withBackChannel()
        // Another portal of the town gave the `sub`: the person has released nothing to this one.
        let unknown = try await provider.ask(for: subject, at: TestBackChannel.familiar)
        #expect(try await provider.decide(unknown, .approve, on: phone).statement.binding == .callCode)
        // Now it is known.
        let known = try await provider.ask(for: subject, at: TestBackChannel.familiar)
        let login = try #require(try await provider.receive(phone))
        #expect(login.state == .awaitingUser)
        #expect(try await provider.decide(known, .approve, on: phone).statement.binding == BrowserBinding.none)
        let tokens = try await provider.tokens(of: known, at: TestBackChannel.familiar)
        #expect(try unverifiedPayload(tokens.text("id_token"))["rr"] == "none")
        // The operator does not allow it there, however well the person is known.
        for _ in 0..<2 {
            let begun = try await provider.ask(for: subject)
            #expect(try await provider.decide(begun, .approve, on: phone).statement.binding == .callCode)
        }
    }

    @Test("a withdrawn release makes the portal a stranger again")
    func withdrawn() async throws {
        let (provider, phone, subject) = try await TestProvider.withBackChannel()
        let first = try await provider.ask(for: subject, at: TestBackChannel.familiar)
        try await provider.decide(first, .approve, on: phone)
        let account = try await provider.verified(phone).account.identifier
        let releases = try await provider.store.releases(of: account)
        let release = try #require(releases.first { $0.key.client == TestBackChannel.familiar.client.identifier })
        let event = SecurityEvent(
            .releaseWithdrawn, time: provider.now, object: release.identifier.rawValue, actor: .person, person: account)
        #expect(try await provider.store.withdraw(release.identifier, of: account, event: event))
        let second = try await provider.ask(for: subject, at: TestBackChannel.familiar)
        #expect(try await provider.decide(second, .approve, on: phone).statement.binding == .callCode)
    }

    @Test("a response of another flow is refused, whatever it says")
    func otherFlow() async throws {
        let (provider, phone, subject) = try await TestProvider.withBackChannel()
        let begun = try await provider.ask(for: subject)
        let request = try await provider.shown(phone)
        try await provider.enter(begun, for: request, phone)
        let device = try await provider.verified(phone)
        for flow in [LoginFlow.qr, .link] {
            let response = try phone.response(to: request, now: provider.now) { $0.flow = flow }
            await #expect(throws: DeviceRefusal(.statementRefused, .responseFlow)) {
                try await provider.answer(request, response, by: device)
            }
        }
    }
}
