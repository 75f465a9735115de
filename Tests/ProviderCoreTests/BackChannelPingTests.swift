import AccountDirectory
import IdentityCrypto
import OpenIDMessages
import ProviderHarness
import Testing

@testable import ProviderCore

/// CIBA Core §5, §10.2.
@Suite("Back channel: ping (CIBA Core §10.2)")
struct BackChannelPingTests {
    private static let token = String(repeating: "t", count: 43)

    private func ask(_ provider: TestProvider, _ subject: String) async throws -> JSONObject {
        try await provider.ask(
            for: subject, at: TestBackChannel.pinged, ["client_notification_token": Self.token])
    }

    private func next(_ provider: TestProvider) async -> BackChannelNotification? {
        var iterator = provider.provider.backChannelNotifications.ready.makeAsyncIterator()
        return await iterator.next()
    }

    @Test(
        "§10.2: the client hears of the decision, with its own token; the tokens are at the token endpoint",
        arguments: LoginDecision.allCases)
    func told(decision: LoginDecision) async throws {
        let (provider, phone, subject) = try await TestProvider.withBackChannel()
        let begun = try await ask(provider, subject)
        try await provider.decide(begun, decision, on: phone)
        let notification = try #require(await next(provider))
        #expect(notification.json["auth_req_id"] == begun["auth_req_id"] && notification.json.members.count == 1)
        #expect(notification.token.rawValue == Self.token)
        #expect(notification.endpoint.rawValue == "https://pinged.example/ciba")
        #expect("\(notification.token)" == "(client notification token)")
        let refusal = try await provider.refusal {
            _ = try await provider.tokens(of: begun, at: TestBackChannel.pinged)
        }
        let expected: OAuthError.Code? = decision == .approve ? nil : .accessDenied
        #expect(refusal?.error.code == expected)
    }

    @Test("time that runs out is not told, neither of somebody nor of nobody; and nothing is kept")
    func silence() async throws {
        let (provider, phone, subject) = try await TestProvider.withBackChannel()
        let notifications = provider.provider.backChannelNotifications
        _ = try await ask(provider, subject)
        _ = try await ask(provider, "nobody")
        #expect(notifications.count == 2)
        provider.clock.advance(Lifetime.backChannelRequest)
        try await provider.provider.sweep(includingStore: false)
        #expect(notifications.count == 0)
        // The next one is the first that is told.
        provider.clock.advance(60)
        let begun = try await ask(provider, subject)
        try await provider.decide(begun, .deny, on: phone)
        #expect(await next(provider)?.json["auth_req_id"] == begun["auth_req_id"])
    }

    @Test("§7.1: a client in ping mode sends a token, with enough characters for 128 bits")
    func tokenMissing() async throws {
        let (provider, _, subject) = try await TestProvider.withBackChannel()
        for changes in [[:], ["client_notification_token": String(repeating: "t", count: 21)]] as [[String: String?]] {
            let refusal = try await provider.refusal {
                _ = try await provider.ask(for: subject, at: TestBackChannel.pinged, changes)
            }
            #expect(refusal?.error.code == .invalidRequest)
            #expect(refusal?.reason == .notificationTokenMissing || !changes.isEmpty)
        }
    }
}
