import AccountDirectory
import IdentityCrypto
import OpenIDMessages
import ProviderHarness
import Testing

@testable import ProviderCore

/// FAPI-CIBA Implementer's Draft 1; the tests have the names of the conformance suite's modules.
@Suite("FAPI-CIBA: signed requests and bound tokens (fapi-ciba-id1)")
struct BackChannelFAPITests {
    private static let portal = TestBackChannel.fapi

    private func ask(
        _ provider: TestProvider, _ subject: String, at portal: TestPortal = portal, key: SigningKey? = nil,
        signer: SigningKey? = nil, _ changes: [String: JSONValue?] = [:]
    ) async throws -> JSONObject {
        let claims = ["login_hint": JSONValue?.some(.string(subject))].merging(changes) { $1 }
        let request = try portal.authenticationRequest(now: provider.now, key: signer, claims)
        return try await provider.ask(for: nil, at: portal, ["scope": nil, "request": request], key: key)
    }

    // fapi-ciba-id1-ensure-client-assertion-with-iss-aud-to-token-endpoint-succeeds
    @Test("fapi-ciba-id1: a signed request, and tokens that are bound to the client's key")
    func wholeWay() async throws {
        let (provider, phone, subject) = try await TestProvider.withBackChannel()
        let key = SigningKey.makeES256()
        let begun = try await ask(provider, subject)
        try await provider.decide(begun, .approve, on: phone)
        let unbound = try await provider.refusal { _ = try await provider.tokens(of: begun, at: Self.portal) }
        #expect(unbound?.error.code == .invalidDPoPProof)
        // The attempt spent it: whoever has no key is not the client that asked.
        let second = try await ask(provider, subject)
        try await provider.decide(second, .approve, on: phone)
        let tokens = try await provider.tokens(of: second, at: Self.portal, key: key)
        #expect(tokens["token_type"] == "DPoP")
        #expect(try unverifiedPayload(tokens.text("access_token"))["cnf"] != nil)
    }

    @Test("a request that came with a proof is redeemed by the same key alone")
    func bound() async throws {
        let (provider, phone, subject) = try await TestProvider.withBackChannel()
        let key = SigningKey.makeES256()
        let begun = try await ask(provider, subject, key: key)
        try await provider.decide(begun, .approve, on: phone)
        let other = try await provider.refusal {
            _ = try await provider.tokens(of: begun, at: Self.portal, key: SigningKey.makeES256())
        }
        #expect(other?.error.code == .invalidGrant && other?.reason == .proofKeyMismatch)
    }

    @Test("fapi-ciba-id1-ensure-unsigned-backchannel-authorization-request-fails")
    func unsigned() async throws {
        let (provider, _, subject) = try await TestProvider.withBackChannel()
        let refusal = try await provider.refusal {
            _ = try await provider.ask(for: subject, at: Self.portal, ["binding_message": "1234"])
        }
        #expect(refusal?.error.code == .invalidRequest && refusal?.reason == .requestObjectRequired)
    }

    @Test("CIBA Core §7.1.1: nothing stands beside the signed request")
    func beside() async throws {
        let (provider, _, subject) = try await TestProvider.withBackChannel()
        for parameter in ["scope", "login_hint", "binding_message", "requested_expiry", "acr_values"] {
            let request = try Self.portal.authenticationRequest(
                now: provider.now, ["login_hint": .string(subject)])
            let refusal = try await provider.refusal {
                _ = try await provider.ask(
                    for: nil, at: Self.portal,
                    ["scope": nil, "request": request].merging([parameter: "openid"]) { $1 })
            }
            #expect(refusal?.error.code == .invalidRequest && refusal?.reason == .requestObjectClaims, "\(parameter)")
        }
    }

    struct Wrong: Sendable, CustomTestStringConvertible {
        /// The module's name, or what is wrong.
        let testDescription: String
        let changes: @Sendable (Timestamp) -> [String: JSONValue?]
    }

    static let wrongs: [Wrong] = [
        Wrong(testDescription: "fapi-ciba-id1-ensure-request-object-bad-aud-fails") { _ in
            ["aud": "https://other.example"]
        },
        Wrong(testDescription: "fapi-ciba-id1-ensure-request-object-bad-iss-fails") { _ in ["iss": "other-fapi-centre"]
        },
        Wrong(testDescription: "fapi-ciba-id1-ensure-request-object-exp-is-70-minutes-in-future-fails") {
            ["exp": ($0 + 4200).json]
        },
        Wrong(testDescription: "fapi-ciba-id1-ensure-request-object-expired-exp-fails") { ["exp": ($0 - 1).json] },
        Wrong(testDescription: "fapi-ciba-id1-ensure-request-object-missing-aud-fails") { _ in ["aud": nil] },
        Wrong(testDescription: "fapi-ciba-id1-ensure-request-object-missing-exp-fails") { _ in ["exp": nil] },
        Wrong(testDescription: "fapi-ciba-id1-ensure-request-object-missing-iat-fails") { _ in ["iat": nil] },
        Wrong(testDescription: "fapi-ciba-id1-ensure-request-object-missing-iss-fails") { _ in ["iss": nil] },
        Wrong(testDescription: "fapi-ciba-id1-ensure-request-object-missing-jti-fails") { _ in ["jti": nil] },
        Wrong(testDescription: "fapi-ciba-id1-ensure-request-object-missing-nbf-fails") { _ in ["nbf": nil] },
        Wrong(testDescription: "fapi-ciba-id1-ensure-request-object-nbf-is-10-minutes-in-future-fails") {
            ["nbf": ($0 + 600).json]
        },
        Wrong(testDescription: "fapi-ciba-id1-ensure-request-object-nbf-is-70-minutes-in-past-fails") {
            ["nbf": ($0 - 4200).json]
        },
        // fapi-ciba-id1-ensure-different-client-id-and-issuer-in-backchannel-authorization-request
        Wrong(testDescription: "with the client_id of another") { _ in ["client_id": "other-fapi-centre"] },
        Wrong(testDescription: "that is a client assertion") { _ in ["sub": "fapi-centre"] },
        Wrong(testDescription: "with a request inside") { _ in ["request": "x"] },
        Wrong(testDescription: "with a scope that is no text") { _ in ["scope": 1] },
        // fapi-ciba-id1-ensure-authorization-request-with-multiple-hints-fails
        Wrong(testDescription: "with two hints") { _ in ["id_token_hint": "x"] },
    ]

    @Test("fapi-ciba-id1-ensure-request-object-…-fails", arguments: wrongs)
    func wrong(wrong: Wrong) async throws {
        let (provider, phone, subject) = try await TestProvider.withBackChannel()
        let refusal = try await provider.refusal {
            _ = try await ask(provider, subject, wrong.changes(provider.now))
        }
        #expect(refusal?.error.code == .invalidRequest)
        #expect(try await provider.receive(phone) == nil)
    }

    // fapi-ciba-id1-ensure-request-object-signature-algorithm-is-bad-fails,
    // fapi-ciba-id1-ensure-request-object-signature-algorithm-is-RS256-fails
    @Test(
        "fapi-ciba-id1-ensure-request-object-signed-by-other-client-fails, fapi-ciba-id1-ensure-request-object-signature-algorithm-is-none-fails"
    )
    func signatures() async throws {
        let (provider, _, subject) = try await TestProvider.withBackChannel()
        let good = try Self.portal.authenticationRequest(now: provider.now, ["login_hint": .string(subject)])
        let parts = good.split(separator: ".")
        let none = ForgedJWS.make(
            header: ["alg": "none", "typ": "oauth-authz-req+jwt"],
            payload: try unverifiedPayload(good), signature: { _ in [] })
        let foreign = try TestBackChannel.otherFAPI.authenticationRequest(
            now: provider.now, ["iss": "fapi-centre", "login_hint": .string(subject)])
        let rsa = try SigningKey.makeRS256()
        let rs256 = try Self.portal.authenticationRequest(now: provider.now, key: rsa, ["login_hint": .string(subject)])
        for request in [none, foreign, rs256, "\(parts[0]).\(parts[1]).AAAA", good + ".AA.AA", "x"] {
            let refusal = try await provider.refusal {
                _ = try await provider.ask(for: nil, at: Self.portal, ["scope": nil, "request": request])
            }
            #expect(refusal?.error.code == .invalidRequest && refusal?.reason != nil)
        }
    }

    @Test("a signed request is used once")
    func once() async throws {
        let (provider, _, subject) = try await TestProvider.withBackChannel()
        let request = try Self.portal.authenticationRequest(now: provider.now, ["login_hint": .string(subject)])
        _ = try await provider.ask(for: nil, at: Self.portal, ["scope": nil, "request": request])
        let refusal = try await provider.refusal {
            _ = try await provider.ask(for: nil, at: Self.portal, ["scope": nil, "request": request])
        }
        #expect(refusal?.error.code == .invalidRequest && refusal?.reason == .requestObjectReplayed)
    }

    @Test("FAPI-CIBA §5.2.2-2: without a binding_message nothing tells one request from another")
    func bindingMessage() async throws {
        let (provider, _, subject) = try await TestProvider.withBackChannel()
        let refusal = try await provider.refusal { _ = try await ask(provider, subject, ["binding_message": nil]) }
        #expect(refusal?.error.code == .invalidRequest && refusal?.reason == .bindingMessageMissing)
    }

    @Test("fapi-ciba-id1-ensure-requested-expiry-as-string-succeeds, and as a number")
    func requestedExpiry() async throws {
        let (provider, _, subject) = try await TestProvider.withBackChannel()
        #expect(try await ask(provider, subject, ["requested_expiry": 60])["expires_in"] == 60)
        #expect(try await ask(provider, subject, ["requested_expiry": "70"])["expires_in"] == 70)
    }

    @Test("login_hint_token: signed by the client, about a sub, for this provider, not too old")
    func hintToken() async throws {
        let (provider, phone, subject) = try await TestProvider.withBackChannel()
        func about(_ sub: JSONValue, format: String = "iss_sub", issuer: String = TestRegion.issuer.rawValue)
            -> JSONValue
        {
            .object(["format": .string(format), "iss": .string(issuer), "sub": sub])
        }
        func token(
            _ changes: [String: JSONValue?] = [:], type: String = "login-hint+jwt",
            by portal: TestPortal = TestBackChannel.fapi
        ) throws -> JSONValue? {
            var claims: JSONObject = [
                "iss": .string(portal.identifier), "aud": .string(TestRegion.issuer.rawValue),
                "exp": (provider.now + 60).json, "sub_id": about(.string(subject)),
            ]
            for (name, value) in changes { claims[name] = value }
            let key = try #require(portal.key)
            return .string(try key.sign(type: type, payload: claims, keyIdentifier: "key-1"))
        }
        func refusal(_ token: JSONValue?) async throws -> OAuthError.Code? {
            try await provider.refusal {
                _ = try await ask(provider, subject, ["login_hint": nil, "login_hint_token": token])
            }?.error.code
        }
        let expired = try token(["exp": provider.now.json])
        #expect(try await refusal(expired) == .expiredLoginHintToken)
        let reason = try await provider.refusal {
            _ = try await ask(provider, subject, ["login_hint": nil, "login_hint_token": expired])
        }?.reason
        #expect(reason == .hintTokenExpired)
        let wrongs: [JSONValue?] = [
            try token(["exp": nil]), try token(["exp": (provider.now + 3601).json]), try token(["iss": "centre"]),
            try token(["aud": "https://other.example"]), try token(["sub_id": nil]),
            try token(["sub_id": about(.string(subject), format: "opaque")]),
            try token(["sub_id": about(.string(subject), issuer: "https://other.example")]),
            try token(["sub_id": about(1)]), try token(type: "JWT"), try token(by: TestBackChannel.otherFAPI), "x",
        ]
        for wrong in wrongs {
            #expect(try await refusal(wrong) == .unknownUserIdentifier)
        }
        let begun = try await ask(provider, subject, ["login_hint": nil, "login_hint_token": try token()])
        try await provider.decide(begun, .approve, on: phone)
        _ = try await provider.tokens(of: begun, at: Self.portal, key: SigningKey.makeES256())
    }
}
