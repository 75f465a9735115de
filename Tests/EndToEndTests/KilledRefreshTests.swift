import Foundation
import IdentityCrypto
import OpenIDMessages
import Synchronization
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
            let answer = Mutex<String?>(nil)
            try await KilledAtRedemption(here: here, use: .refreshToken, rounds: 5...40).run {
                answer.withLock { $0 = nil }
                return { [token] in
                    let successor = try? await Self.refresh(token, here, channel)
                    answer.withLock { $0 = successor }
                    return successor != nil
                }
            } check: { round in
                // Without an answer the portal asks again, and with one it may: the successor is the same.
                let again = try await Self.refresh(token, here, channel)
                let answered = answer.withLock(\.self)
                if let answered { #expect(again == answered, "round \(round.number)") }
                #expect(seen.insert(again).inserted, "round \(round.number)")
                #expect(try DatabaseCopy(of: here.database).unusedRefreshTokens == 1, "round \(round.number)")
                let next = try await Self.refresh(again, here, channel)
                #expect(seen.insert(next).inserted, "round \(round.number)")
                (old, token) = (again, next)
            }
            token = try await Self.refresh(token, here, channel)
            // A token whose successor was used is in two hands: the family ends, before and after a restart.
            #expect(try await refusal(of: old, here, channel) == "invalid_grant")
            try await here.killProvider()
            try await here.startProvider()
            #expect(try await refusal(of: token, here, channel) == "invalid_grant")
        }
    }

    /// The refresh token that comes with the answer.
    private static func refresh(_ token: String, _ here: Installation, _ channel: HTTPSBackChannel) async throws
        -> String
    {
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
            _ = try await Self.refresh(token, here, channel)
            return nil
        } catch RelyingPartyError.requestRefused(.token, let refusal) { return refusal.code }
    }
}
