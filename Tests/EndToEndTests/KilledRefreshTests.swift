import Foundation
import IdentityCrypto
import OpenIDMessages
import Testing

@testable import RelyingParty

@Suite(
    "Refresh tokens of a provider that is killed (SIGKILL); Keycloak CVE-2026-1035, CVE-2026-9802", .inTurn, .endsInTime
)
struct KilledRefreshTests {
    @Test func `killed while a token rotates, it has one successor, which is good once`() async throws {
        let here = try await Installation.start(withPortal: false)
        let phone = try await here.enrolledPhone()
        let channel = try HTTPSBackChannel(extraTrustedCertificates: here.ca)
        do { try await rotate(here, phone, channel) } catch {
            await channel.shutdown()
            throw error
        }
        await channel.shutdown()
    }

    private func rotate(_ here: Installation, _ phone: Phone, _ channel: HTTPSBackChannel) async throws {
        try await here.withTestPortal { portal in
            let pending = try await portal.beginLogin()
            let query = try await phone.callbackQuery(at: pending.authorizationURL, "--flow", "link")
            let login = try await portal.finishLogin(callbackQuery: query, pending: pending)
            var token = try #require(login.refreshToken)
            var old = token
            var seen: Set = [token]
            var random = SeededGenerator(seed: 6_819)
            var acknowledged = 0
            for round in 1...10 {
                async let first = try? refresh(token, here, channel)
                try await Task.sleep(for: .milliseconds(Int.random(in: 0...25, using: &random)))
                try await here.killProvider()
                let answered = await first
                acknowledged += answered == nil ? 0 : 1
                let state = try DatabaseCopy(of: here.database)
                #expect(state.integrity == ["ok"] && state.unusedRefreshTokens == 1, "round \(round)")

                try await here.startProvider()
                // Without an answer the portal asks again, and with one it may: the successor is the same.
                let again = try await refresh(token, here, channel)
                if let answered { #expect(again == answered, "round \(round)") }
                #expect(seen.insert(again).inserted, "round \(round)")
                let next = try await refresh(again, here, channel)
                #expect(seen.insert(next).inserted, "round \(round)")
                (old, token) = (again, next)
            }
            print("killed 10 times at a rotation; \(acknowledged) were acknowledged before")
            token = try await refresh(token, here, channel)
            // A token whose successor was used is in two hands: the family ends, before and after a restart.
            #expect(try await refusal(of: old, here, channel) == "invalid_grant")
            try await here.killProvider()
            try await here.startProvider()
            #expect(try await refusal(of: token, here, channel) == "invalid_grant")
        }
    }

    /// The refresh token that comes with the answer.
    private func refresh(_ token: String, _ here: Installation, _ channel: HTTPSBackChannel) async throws -> String {
        var request = BackChannelRequest(.token, .post, url: here.issuer + "/token")
        request.form = FormParameters(["grant_type": "refresh_token", "refresh_token": token])
        try ClientAuthentication.privateKeyJWT(here.portalKey).authenticate(
            &request, client: try #require(ClientIdentifier(rawValue: "test-portal")),
            issuer: try #require(IssuerURL(rawValue: here.issuer)),
            now: Timestamp(seconds: Int64(Date().timeIntervalSince1970)))
        return try #require(try await channel.object(request)["refresh_token"]?.string)
    }

    /// The error with which the token endpoint refuses a refresh token.
    private func refusal(of token: String, _ here: Installation, _ channel: HTTPSBackChannel) async throws -> String? {
        do {
            _ = try await refresh(token, here, channel)
            return nil
        } catch RelyingPartyError.requestRefused(.token, let refusal) { return refusal.code }
    }
}
