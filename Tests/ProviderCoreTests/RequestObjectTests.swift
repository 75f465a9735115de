import AccountDirectory
import IdentityCrypto
import OpenIDMessages
import ProviderCore
import ProviderHarness
import Testing

/// RFC 9101, FAPI 2.0 Message Signing §5.3.1; checklist E2, E3, E4, M3.
@Suite("Request objects")
struct RequestObjectTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        /// Nil when the object is accepted.
        let reason: Refusal?
        let make: @Sendable (Timestamp) throws -> String

        init(_ description: String, _ reason: Refusal?, _ make: @escaping @Sendable (Timestamp) throws -> String) {
            testDescription = description
            self.reason = reason
            self.make = make
        }

        /// A good object with one changed claim.
        static func claim(
            _ description: String, _ reason: Refusal?, _ name: String,
            _ value: @escaping @Sendable (Timestamp) -> JSONValue?
        ) -> Case {
            Case(description, reason) { now in try TestProfiles.fapi.requestObject(now: now, [name: value(now)]) }
        }
    }

    private static let portal = TestProfiles.fapi
    private static let issuer = JSONValue.string(TestRegion.issuer.rawValue)

    static let signatures: [Case] = [
        Case("a good object", nil) { try portal.requestObject(now: $0) },
        Case("typ JWT", nil) { try portal.requestObject(now: $0, type: "JWT") },
        Case("typ with its prefix", nil) {
            try portal.requestObject(now: $0, type: "application/OAuth-AuthZ-Req+JWT")
        },
        Case("typ of an access token", .requestObjectSignature) { try portal.requestObject(now: $0, type: "at+jwt") },
        Case("typ of a DPoP proof", .requestObjectSignature) { try portal.requestObject(now: $0, type: "dpop+jwt") },
        Case("an empty typ", .requestObjectSignature) { try portal.requestObject(now: $0, type: "") },
        Case("a key in the header", .requestObjectSignature) {
            try portal.requestObject(now: $0, header: ["jwk": .object(portal.key?.publicKey.jwk ?? [:])])
        },
        Case("the address of keys in the header", .requestObjectSignature) {
            try portal.requestObject(now: $0, header: ["jku": "https://evil.example/jwks"])
        },
        Case("crit", .requestObjectSignature) { try portal.requestObject(now: $0, header: ["crit": ["exp"]]) },
        Case(
            "fapi2-security-profile-final-ensure-request-object-signature-algorithm-is-not-none",
            .requestObjectSignature
        ) { now in
            ForgedJWS.make(header: ["alg": "none"], payload: try unverifiedPayload(portal.requestObject(now: now))) {
                _ in
                []
            }
        },
        Case("HS256 under the public key", .requestObjectSignature) { now in
            ForgedJWS.make(
                header: ["alg": "HS256", "kid": "key-1"], payload: try unverifiedPayload(portal.requestObject(now: now))
            ) { Digest.authenticationCode($0, key: portal.key?.publicKey.jwk.serialized ?? []) }
        },
        Case("fapi2-security-profile-final-ensure-request-object-with-invalid-signature-fails", .requestObjectSignature)
        {
            let text = try portal.requestObject(now: $0)
            return String(text.dropLast(4)) + (text.hasSuffix("AAAA") ? "BBBB" : "AAAA")
        },
        Case("fapi2-security-profile-final-ensure-matching-key-in-authorization-request", .requestObjectSignature) {
            try portal.requestObject(now: $0, key: TestProfiles.baseline.key)
        },
        Case("an unknown kid", .clientKeyUnknown) { try portal.requestObject(now: $0, keyIdentifier: "key-2") },
        Case("fapi2-security-profile-final-ensure-signed-request-object-with-RS256-fails", .requestObjectSignature) {
            try portal.requestObject(now: $0, key: TestRegion.rsa.key)
        },
        Case("an encrypted object", .requestObjectSignature) { _ in "e30.e30.e30.e30.e30" },
        Case("no JWT", .requestObjectSignature) { _ in "request" },
        Case("an object beyond the limit", .requestObjectSignature) {
            try portal.requestObject(now: $0, ["filler": .string(String(repeating: "a", count: 16_384))])
        },
        Case("a client assertion", .requestObjectClaims) { try portal.assertion(now: $0) },
    ]

    static let claims: [Case] = [
        .claim("aud as a list", nil, "aud") { _ in [issuer] },
        .claim("fapi2-security-profile-final-ensure-request-object-with-multiple-aud-succeeds", nil, "aud") { _ in
            [issuer, "https://other.example"]
        },
        .claim("fapi2-security-profile-final-ensure-request-object-with-bad-aud-fails", .requestObjectClaims, "aud") {
            _ in "https://other.example"
        },
        .claim("a list without the issuer", .requestObjectClaims, "aud") { _ in ["https://other.example"] },
        .claim("a list with something else in it", .requestObjectClaims, "aud") { _ in [issuer, 1] },
        .claim("the PAR endpoint as aud", .requestObjectClaims, "aud") { _ in "https://id.region.example/par" },
        .claim("no aud", .requestObjectClaims, "aud") { _ in nil },
        .claim("another iss", .requestObjectClaims, "iss") { _ in "baseline" },
        .claim("no iss", .requestObjectClaims, "iss") { _ in nil },
        .claim("another client_id", .requestObjectClaims, "client_id") { _ in "baseline" },
        .claim("no client_id", .requestObjectClaims, "client_id") { _ in nil },
        .claim("sub as in a client assertion", .requestObjectClaims, "sub") { _ in "fapi" },
        // fapi2-security-profile-final-par-authorization-request-containing-request_uri
        .claim("a request_uri inside", .requestObjectClaims, "request_uri") { _ in "urn:x" },
        .claim("a request inside", .requestObjectClaims, "request") { _ in "e30.e30.e30" },
        .claim("scope as a list", .requestObjectClaims, "scope") { _ in ["openid"] },
        .claim("claims as text", .requestObjectClaims, "claims") { _ in "{}" },
        .claim("max_age as text", .requestObjectClaims, "max_age") { _ in "1" },
        .claim("a line feed in state", .requestObjectClaims, "state") { _ in "a\nb" },
        .claim("jti as a number", .requestObjectClaims, "jti") { _ in 1 },
        .claim("jti beyond its limit", .requestObjectClaims, "jti") { _ in .string(String(repeating: "a", count: 129))
        },
    ]

    static let times: [Case] = [
        .claim("exp in 60 minutes", nil, "exp") { ($0 + 3600).json },
        .claim("fapi2-security-profile-final-ensure-request-object-with-exp-over-60-fails", .requestObjectTime, "exp") {
            ($0 + 3661).json
        },
        .claim("fapi2-security-profile-final-ensure-expired-request-object-fails", .requestObjectTime, "exp") {
            ($0 - 1).json
        },
        .claim("exp now", .requestObjectTime, "exp") { $0.json },
        .claim("fapi2-security-profile-final-ensure-request-object-without-exp-fails", .requestObjectTime, "exp") { _ in
            nil
        },
        .claim("exp as text", .requestObjectTime, "exp") { .string("\(($0 + 60).seconds)") },
        .claim("exp with a fraction", .requestObjectTime, "exp") { .number(Double($0.seconds) + 60.5) },
        .claim("exp at the end of time", .requestObjectTime, "exp") { _ in .integer(.max) },
        .claim("exp before all time", .requestObjectTime, "exp") { _ in .integer(.min) },
        .claim("nbf 60 minutes ago", nil, "nbf") { ($0 - 3600).json },
        .claim("fapi2-security-profile-final-ensure-request-object-with-nbf-over-60-fails", .requestObjectTime, "nbf") {
            ($0 - 3601).json
        },
        .claim(
            "fapi2-security-profile-final-ensure-request-object-with-nbf-8-seconds-in-the-future-is-accepted", nil,
            "nbf"
        ) { ($0 + 8).json },
        .claim("nbf 61 seconds in the future", .requestObjectTime, "nbf") { ($0 + 61).json },
        .claim("fapi2-security-profile-final-ensure-request-object-without-nbf-fails", .requestObjectTime, "nbf") { _ in
            nil
        },
        .claim("nbf as text", .requestObjectTime, "nbf") { _ in "1" },
        .claim("iat in the future", .requestObjectTime, "iat") { ($0 + 61).json },
        .claim("no iat", nil, "iat") { _ in nil },
    ]

    private static let provider = Task { try await TestProvider.withProfiles() }

    @Test("pushed by a FAPI client", arguments: signatures + claims + times)
    func pushed(example: Case) async throws {
        let provider = try await Self.provider.value
        let refusal = try await provider.refusal(
            ofPushing: ["request": try example.make(provider.now)], by: TestProfiles.fapi)
        #expect(refusal?.reason == example.reason)
        #expect(refusal == nil || refusal?.error.code == .invalidRequestObject)
    }

    @Test("a baseline client may leave nbf out and sign with RS256")
    func baseline() async throws {
        let provider = try await Self.provider.value
        let portal = TestProfiles.baseline
        let object = try portal.requestObject(now: provider.now, ["nbf": nil])
        #expect(try await provider.refusal(ofPushing: ["request": object], by: portal) == nil)
        let rsa = TestRegion.rsa
        let signed = try rsa.requestObject(now: provider.now)
        #expect(try await provider.refusal(ofPushing: ["request": signed], by: rsa) == nil)
        let pinned = TestProfiles.pinned
        let wrong = try pinned.requestObject(now: provider.now)
        let refusal = try await provider.refusal(ofPushing: ["request": wrong], by: pinned)
        #expect(refusal?.error.code == .invalidRequestObject, "registered for EdDSA, signed by ES256")
    }

    @Test("a jti counts once for its client (Hydra CVE-2020-5300)")
    func replay() async throws {
        let provider = try await Self.provider.value
        let identifier = JSONValue.string(RandomBytes.text(16))
        for portal in [TestProfiles.fapi, TestProfiles.baseline] {
            let object = try portal.requestObject(now: provider.now, ["jti": identifier])
            #expect(try await provider.refusal(ofPushing: ["request": object], by: portal) == nil)
            for _ in 0..<2 {
                let refusal = try await provider.refusal(ofPushing: ["request": object], by: portal)
                #expect(refusal?.reason == .requestObjectReplayed)
            }
        }
    }

    // fapi2-security-profile-final-ensure-different-state-inside-and-outside-request-object,
    // fapi2-security-profile-final-state-only-outside-request-object-not-used
    @Test(
        "all parameters come from the object (fapi2-security-profile-final-ensure-different-nonce-inside-and-outside-request-object)"
    )
    func outsideParametersAreIgnored() async throws {
        let provider = try await Self.provider.value
        let portal = TestProfiles.fapi
        let outside = [
            "client_id": "fapi", "state": "outside", "nonce": "outside", "scope": "openid phone", "prompt": "login",
            "redirect_uri": "https://evil.example/", "response_mode": "form_post",
        ]
        let object = try portal.requestObject(now: provider.now, ["max_age": 7])
        let validated = try await provider.validated(pushed: outside.merging(["request": object]) { $1 }, by: portal)
        #expect(validated.request.state?.rawValue == "state of fapi")
        #expect(validated.request.nonce?.rawValue == "nonce of fapi")
        #expect(validated.request.scope.description == "openid person" && validated.request.prompts.isEmpty)
        #expect(validated.wayBack.redirectURI.rawValue == portal.redirectURI && validated.wayBack.mode == .query)
        #expect(validated.request.maximumAge == 7)
        // And what was inside is what the portal gets, in the answer and in the ID token.
        let phone = try await provider.enrolledPhone()
        func answer(_ request: ValidatedAuthorizationRequest) async throws -> ReturnedParameters {
            let login = try provider.begin(request)
            let device = try await provider.verified(phone)
            let asked = try await provider.claimed(login, by: device)
            try await provider.answer(asked, phone.response(to: asked, now: provider.now), by: device)
            return try #require(login.collect())
        }
        let answered = try await answer(validated)
        #expect(answered["state"] == "state of fapi")
        let tokens = try await provider.redeem(try #require(answered["code"]), at: portal, key: .makeES256())
        #expect(try unverifiedPayload(tokens.text("id_token"))["nonce"] == "nonce of fapi")
        let stateless = try portal.requestObject(now: provider.now, ["state": nil])
        let none = try await provider.validated(pushed: outside.merging(["request": stateless]) { $1 }, by: portal)
        #expect(none.request.state == nil && none.wayBack.state == nil)
        let stateOutside = try await answer(none)
        #expect(stateOutside["code"] != nil && stateOutside["state"] == nil)
    }

    @Test("fapi2-security-profile-final-ensure-request-object-without-redirect-uri-fails")
    func redirectURIIsNeeded() async throws {
        let provider = try await Self.provider.value
        let object = try TestProfiles.fapi.requestObject(now: provider.now, ["redirect_uri": nil])
        let refusal = try await provider.refusal(
            ofPushing: ["request": object, "redirect_uri": TestProfiles.fapi.redirectURI], by: TestProfiles.fapi)
        #expect(refusal?.error.code == .invalidRequest)
    }

    @Test("fapi2-security-profile-final-ensure-unsigned-request-at-par-endpoint-fails")
    func signedRequestsAreRequired() async throws {
        let provider = try await Self.provider.value
        let portal = TestProfiles.signing
        let unsigned = try await provider.refusal(ofPushing: portal.request(["response_mode": "jwt"]), by: portal)
        #expect(unsigned?.reason == .requestObjectRequired && unsigned?.error.code == .invalidRequest)
        let object = try portal.requestObject(now: provider.now, ["response_mode": "jwt"])
        #expect(try await provider.refusal(ofPushing: ["request": object], by: portal) == nil)
    }

    @Test("by value at the authorization endpoint (oidcc-ensure-request-object-with-redirect-uri)")
    func byValue() async throws {
        let provider = try await Self.provider.value
        let authorization = provider.provider.authorization
        let portal = TestProfiles.baseline
        let good = FormParameters([
            "client_id": portal.identifier, "request": try portal.requestObject(now: provider.now),
            "redirect_uri": "https://evil.example/", "response_type": "token",
        ])
        let validated = try await authorization.authorize(good)
        #expect(validated.wayBack.redirectURI.rawValue == portal.redirectURI)
        // No refusal goes anywhere before the object is believed.
        let object = try portal.requestObject(now: provider.now)
        for parameters in [
            FormParameters(["request": object]), FormParameters(["client_id": "nobody", "request": object]),
            FormParameters(["client_id": "fapi", "request": object]),
            FormParameters(["client_id": portal.identifier, "request": object + "A"]),
            FormParameters(portal.request(["request": "e30.e30."])),
            FormParameters([
                "client_id": portal.identifier,
                "request": try portal.requestObject(now: provider.now, ["redirect_uri": "https://evil.example/"]),
            ]),
        ] {
            let refusal = await #expect(throws: AuthorizationRefusal.self) {
                try await authorization.authorize(parameters)
            }
            guard case .page = refusal else {
                Issue.record("redirected for \(parameters.names)")
                continue
            }
        }
        // Who must push cannot bring an object in the browser.
        let fapi = TestProfiles.fapi
        let pushed = await #expect(throws: AuthorizationRefusal.self) {
            try await authorization.authorize(
                FormParameters(["client_id": "fapi", "request": fapi.requestObject(now: provider.now)]))
        }
        guard case .redirect(_, _, .pushedRequestRequired) = pushed else {
            Issue.record("not refused for want of a push")
            return
        }
    }
}

extension TestProvider {
    /// Why a push was refused; nil when it was accepted.
    func refusal(ofPushing parameters: [String: String], by portal: TestPortal) async throws -> ClientRefusal? {
        do {
            _ = try await validated(pushed: parameters, by: portal)
            return nil
        } catch let refusal as ClientRefusal { return refusal }
    }
}
