import HTTPTypes
import HummingbirdTesting
import OpenIDMessages
import ProviderCore
import ProviderHarness
import Testing

/// Modules of the OpenID Foundation's plan for FAPI 2.0 servers about the client assertion at `/par`; each test bears
/// its module's name.
@Suite("FAPI 2.0 Security Profile: client assertions at /par")
struct FAPIPushTests {
    private func push(_ change: @Sendable (inout JSONObject, Timestamp) -> Void) async throws -> TestResponse {
        let provider = try await TestProvider.withGrants()
        let (portal, now) = (TestGrants.fapi, provider.now)
        let answers = AsyncStream.makeStream(of: TestResponse.self)
        try await Site.serve(provider) { site in
            var form = portal.request()
            form["client_assertion"] = try portal.assertion(now: now) { change(&$0, now) }
            form["client_assertion_type"] = ClientCredentials.assertionType
            answers.continuation.yield(try await site.post("/par", form: form))
        }
        answers.continuation.finish()
        for await answer in answers.stream { return answer }
        throw TestProvider.Unexpected.noPayload
    }

    private func requireRefused(_ response: TestResponse) {
        #expect(response.status == .unauthorized && response.error == "invalid_client")
        #expect(response.json["request_uri"] == nil)
    }

    @Test("fapi2-security-profile-final-par-test-array-as-audience-fails")
    func array() async throws {
        requireRefused(try await push { claims, _ in claims["aud"] = .strings([TestRegion.issuer.rawValue]) })
    }

    @Test("fapi2-security-profile-final-par-test-par-endpoint-url-as-audience-fails")
    func parAudience() async throws {
        requireRefused(try await push { claims, _ in claims["aud"] = .string(TestRegion.issuer.appending("/par")) })
    }

    @Test("fapi2-security-profile-final-par-test-token-endpoint-url-as-audience-fails")
    func tokenAudience() async throws {
        requireRefused(try await push { claims, _ in claims["aud"] = .string(TestRegion.issuer.appending("/token")) })
    }

    @Test("fapi2-security-profile-final-par-ensure-jwt-client-assertions-nbf-8-seconds-in-the-future-is-accepted")
    func slightlyEarly() async throws {
        let response = try await push { claims, now in claims["nbf"] = (now + 8).json }
        #expect(response.status == .created && response.json["request_uri"] != nil)
    }

    @Test("fapi2-security-profile-final-par-ensure-jwt-client-assertions-nbf-over-60-seconds-in-the-future-fails")
    func tooEarly() async throws {
        requireRefused(try await push { claims, now in claims["nbf"] = (now + 61).json })
    }
}
