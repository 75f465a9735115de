import AccountDirectory
import IdentityCrypto
import OpenIDMessages
import ProviderCore
import ProviderHarness
import Testing

/// Zitadel CVE-2026-27840: truncated tokens were valid.
@Suite("Handles cut at each length, extended, or changed in any byte (Zitadel CVE-2026-27840)")
struct DamagedHandleTests {
    @Test("authorization codes")
    func codes() async throws {
        let provider = try await TestProvider.withGrants()
        let phone = try await provider.enrolledPhone()
        let code = try await provider.code(phone: phone)
        for text in damaged(code) {
            let refusal = try await provider.refusal { _ = try await provider.redeem(text) }
            #expect(refusal?.error.code == .invalidGrant)
        }
        _ = try await provider.redeem(code)
    }

    @Test("refresh tokens, at the token endpoint, at introspection and at revocation")
    func refreshTokens() async throws {
        let provider = try await TestProvider.withGrants()
        let phone = try await provider.enrolledPhone()
        let portal = TestGrants.refreshing
        let token = try await provider.granted(at: portal, phone: phone).text("refresh_token")
        let client = try await provider.authenticated(portal)
        for text in damaged(token) {
            let refusal = try await provider.refusal { _ = try await provider.refreshed(text, at: portal) }
            #expect(refusal?.error.code == .invalidGrant)
            let inquiry = try TokenInquiry(parameters: FormParameters(["token": text]))
            #expect(try await provider.provider.introspection.inquire(inquiry, by: client) == ["active": false])
            try await provider.provider.revocation.revoke(inquiry, by: client)
        }
        _ = try await provider.refreshed(token, at: portal)
    }

    @Test("access tokens, at introspection, revocation and exchange")
    func accessTokens() async throws {
        let provider = try await TestProvider.withGrants()
        let phone = try await provider.enrolledPhone()
        let resource = ["resource": TestGrants.files.rawValue]
        let tokens = try await provider.granted(at: TestGrants.refreshing, phone: phone, resource)
        let token = try tokens.text("access_token")
        let service = try await provider.authenticated(TestGrants.filesService)
        let owner = try await provider.authenticated(TestGrants.refreshing)
        // Of changed bits a sample: each check verifies a signature.
        let sample = changed(token).enumerated().filter { $0.offset % 7 == 0 }.map(\.element)
        for text in truncated(token) + sample + extended(token) {
            let inquiry = try TokenInquiry(parameters: FormParameters(["token": text]))
            #expect(try await provider.provider.introspection.inquire(inquiry, by: service) == ["active": false])
            try await provider.provider.revocation.revoke(inquiry, by: owner)
            let refusal = try await provider.refusal {
                _ = try await provider.exchanged(text, to: TestGrants.archive, by: TestGrants.filesService)
            }
            #expect(refusal?.error.code == .invalidRequest)
        }
        _ = try await provider.exchanged(token, to: TestGrants.archive, by: TestGrants.filesService)
    }

    @Test("device codes")
    func deviceCodes() async throws {
        let provider = try await TestProvider.withGrants()
        let begun = try await provider.beginDevice()
        for text in damaged(try begun.text("device_code")) {
            let refusal = try await provider.refusal { _ = try await provider.poll(text) }
            #expect(refusal?.error.code == .invalidGrant)
        }
        let refusal = try await provider.refusal { _ = try await provider.poll(begun.text("device_code")) }
        #expect(refusal?.error.code == .authorizationPending)
    }

    @Test("references of pushed requests")
    func pushedRequests() async throws {
        let provider = try await TestProvider.withGrants()
        let portal = TestRegion.pushing
        let uri = try await provider.provider.authorization.push(
            FormParameters(portal.request()), by: try await provider.authenticated(portal), proofKey: nil)
        func use(_ text: String) async throws {
            _ = try await provider.provider.authorization.authorize(
                FormParameters(["client_id": portal.identifier, "request_uri": text]))
        }
        for text in damaged(uri.text) {
            await #expect(throws: (any Error).self) { try await use(text) }
        }
        try await use(uri.text)
    }
}
