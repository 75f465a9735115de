import AccountDirectory
import IdentityCrypto
import OpenIDMessages
import ProviderCore
import ProviderHarness
import Testing

/// RFC 9207, OAuth 2.0 Form Post Response Mode, JARM; checklist A7.
@Suite("Authorization responses in every mode")
struct AuthorizationResponseTests {
    private static let provider = Task { try await TestProvider.withProfiles() }
    private static let error = OAuthError(.accessDenied, "the person refused")

    private static func wayBack(
        _ portal: TestPortal, _ mode: ResponseMode, _ changes: [String: String?] = [:]
    ) async throws -> AuthorizationReturn {
        let changes = changes.merging(["response_mode": mode.rawValue]) { $1 }
        return try await provider.value.provider.authorization
            .authorize(FormParameters(portal.request(changes))).wayBack
    }

    @Test("success and error name the issuer and bring state back", arguments: [ResponseMode.query, .formPost])
    func plain(mode: ResponseMode) async throws {
        let portal = TestProfiles.baseline
        let wayBack = try await Self.wayBack(portal, mode)
        for (response, expected) in [
            (try wayBack.response(code: "c o&de"), ["code": "c o&de"]),
            (
                try wayBack.response(error: Self.error),
                ["error": "access_denied", "error_description": "the person refused"]
            ),
        ] {
            let returned = ReturnedParameters(response)
            #expect(returned["iss"] == "https://id.region.example" && returned["state"] == "state of baseline")
            for (name, value) in expected { #expect(returned[name] == value) }
            #expect(returned["response"] == nil)
            switch response {
            case .redirect(let location):
                #expect(mode == .query && location.hasPrefix(portal.redirectURI + "?"))
            case .formPost(let action, _): #expect(mode == .formPost && action.rawValue == portal.redirectURI)
            }
        }
        let stateless = try await Self.wayBack(portal, mode, ["state": nil])
        #expect(try ReturnedParameters(stateless.response(code: "c"))["state"] == nil)
    }

    @Test(
        "JARM §2.1: one JWT of issuer, client, expiry and the response, signed as the client registered",
        arguments: TestProfiles.signedResponses, [ResponseMode.jwt, .queryJWT, .formPostJWT])
    func signed(portal: TestPortal, mode: ResponseMode) async throws {
        let provider = try await Self.provider.value
        let wayBack = try await Self.wayBack(portal, mode)
        for (response, expected) in [
            (try wayBack.response(code: "code"), ["code": "code"]),
            (
                try wayBack.response(error: Self.error),
                ["error": "access_denied", "error_description": "the person refused"]
            ),
        ] {
            let returned = ReturnedParameters(response)
            for name in ["code", "error", "state", "iss"] { #expect(returned[name] == nil) }
            let token = try CompactJWS(parsing: #require(returned["response"]))
            #expect(token.header["alg"]?.string == portal.client.cryptography.authorizationResponseAlgorithm.rawValue)
            var claims = try provider.provider.keys.ring.verificationKeys.verify(token, type: nil).payload
            let expires = try #require(claims["exp"]?.integer)
            #expect((1...600).contains(expires - provider.now.seconds))
            claims["exp"] = nil
            var wanted: JSONObject = [
                "iss": "https://id.region.example", "aud": .string(portal.identifier),
                "state": .string("state of \(portal.identifier)"),
            ]
            for (name, value) in expected { wanted[name] = .string(value) }
            #expect(Set(claims.members) == Set(wanted.members))
            if case .redirect = response { #expect(mode != .formPostJWT) } else { #expect(mode == .formPostJWT) }
        }
    }

    @Test("whoever asks for signed responses gets no unsigned error either")
    func signedErrors() async throws {
        let authorization = try await Self.provider.value.provider.authorization
        let portal = TestProfiles.baseline
        let refusal = await #expect(throws: AuthorizationRefusal.self) {
            try await authorization.authorize(
                FormParameters(portal.request(["response_mode": "jwt", "scope": "openid phone"])))
        }
        guard case .redirect(let error, let wayBack, _) = refusal else {
            Issue.record("not redirected")
            return
        }
        let returned = try ReturnedParameters(wayBack.response(error: error))
        #expect(returned["error"] == nil && returned["response"] != nil)
    }
}
