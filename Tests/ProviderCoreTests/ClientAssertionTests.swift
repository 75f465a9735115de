import AccountDirectory
import IdentityCrypto
import OpenIDMessages
import ProviderCore
import ProviderHarness
import SQLiteStore
import Testing

/// OpenID Connect Core §9, RFC 7523 §3, RFC 10070; checklist B1–B4, E2, E3.
@Suite("Client authentication: private_key_jwt")
struct ClientAssertionTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        /// Nil when the assertion is accepted.
        let reason: Refusal?
        var type = "JWT"
        var keyIdentifier = "key-1"
        var header: JSONObject = [:]
        var change: @Sendable (inout JSONObject) -> Void = { _ in }
    }

    private static let now: Int64 = 1_800_000_000
    private static func at(_ claim: String, _ seconds: Int64) -> @Sendable (inout JSONObject) -> Void {
        { $0[claim] = .integer(now + seconds) }
    }
    private static func with(_ claim: String, _ value: JSONValue?) -> @Sendable (inout JSONObject) -> Void {
        { $0[claim] = value }
    }

    static let audiences: [Case] = [
        // fapi2-security-profile-final-ensure-client-assertion-with-…-aud
        // oidcc-ensure-client-assertion-with-iss-aud-succeeds
        Case(testDescription: "the issuer as a string", reason: nil),
        // fapi2-security-profile-final-par-test-array-as-audience-fails
        Case(
            testDescription: "an array with the issuer", reason: .assertionClaims,
            change: with("aud", ["https://id.region.example"])),
        Case(
            testDescription: "an array with more", reason: .assertionClaims,
            change: with("aud", ["https://id.region.example", "https://id.evil.example"])),
        // fapi2-security-profile-final-par-test-token-endpoint-url-as-audience-fails
        Case(
            testDescription: "the token endpoint", reason: .assertionClaims,
            change: with("aud", "https://id.region.example/token")),
        // fapi2-security-profile-final-par-test-par-endpoint-url-as-audience-fails
        Case(
            testDescription: "the PAR endpoint", reason: .assertionClaims,
            change: with("aud", "https://id.region.example/par")),
        Case(testDescription: "a slash", reason: .assertionClaims, change: with("aud", "https://id.region.example/")),
        Case(
            testDescription: "letter case", reason: .assertionClaims, change: with("aud", "https://ID.region.example")),
        // fapi2-security-profile-final-ensure-client-assertion-with-wrong-aud-fails
        Case(
            testDescription: "another issuer", reason: .assertionClaims, change: with("aud", "https://id.evil.example")),
        Case(testDescription: "no audience", reason: .assertionClaims, change: with("aud", nil)),
    ]

    static let times: [Case] = [
        Case(testDescription: "exp in 300 s", reason: nil, change: at("exp", 300)),
        Case(testDescription: "exp in 361 s", reason: .assertionTooOld, change: at("exp", 361)),
        Case(testDescription: "exp in a year", reason: .assertionTooOld, change: at("exp", 31_536_000)),
        Case(testDescription: "exp now", reason: .assertionTooOld, change: at("exp", 0)),
        // fapi2-security-profile-final-ensure-client-assertion-with-exp-is-5-minutes-in-past-fails
        Case(testDescription: "exp a second ago", reason: .assertionTooOld, change: at("exp", -1)),
        Case(testDescription: "exp at the end of time", reason: .assertionTooOld, change: with("exp", .integer(.max))),
        Case(testDescription: "exp before all time", reason: .assertionTooOld, change: with("exp", .integer(.min))),
        Case(testDescription: "exp as text", reason: .assertionClaims, change: with("exp", "1800000060")),
        Case(
            testDescription: "exp with a fraction", reason: .assertionClaims, change: with("exp", .number(1.8e9 + 0.5))),
        Case(testDescription: "exp as an array", reason: .assertionClaims, change: with("exp", [1_800_000_060])),
        Case(testDescription: "no exp", reason: .assertionClaims, change: with("exp", nil)),
        Case(testDescription: "iat 10 s ahead", reason: nil, change: at("iat", 10)),
        Case(testDescription: "iat 61 s ahead", reason: .assertionTooOld, change: at("iat", 61)),
        Case(testDescription: "iat as text", reason: .assertionTooOld, change: with("iat", "now")),
        // fapi2-security-profile-final-par-ensure-jwt-client-assertions-nbf-8-seconds-in-the-future-is-accepted
        Case(testDescription: "nbf 10 s ahead", reason: nil, change: at("nbf", 10)),
        // fapi2-security-profile-final-par-ensure-jwt-client-assertions-nbf-over-60-seconds-in-the-future-fails
        Case(testDescription: "nbf 61 s ahead", reason: .assertionTooOld, change: at("nbf", 61)),
        Case(testDescription: "nbf null", reason: .assertionTooOld, change: with("nbf", .null)),
    ]

    static let names: [Case] = [
        Case(testDescription: "another sub", reason: .assertionClaims, change: with("sub", "basic")),
        // fapi2-security-profile-final-ensure-client-assertion-with-no-sub-fails
        Case(testDescription: "no sub", reason: .assertionClaims, change: with("sub", nil)),
        Case(testDescription: "no iss", reason: .assertionClaims, change: with("iss", nil)),
        Case(testDescription: "an unknown iss", reason: .unknownClient, change: with("iss", "nobody")),
        Case(
            testDescription: "iss of a client with a secret", reason: .clientMethodMismatch,
            change: with("iss", "basic")),
        Case(
            testDescription: "iss of another client with a key", reason: .clientKeyUnknown, change: with("iss", "rsa")
        ),
        Case(testDescription: "no jti", reason: .assertionClaims, change: with("jti", nil)),
        Case(testDescription: "jti of 128 characters", reason: nil, change: { $0["jti"] = .string(unique(128)) }),
        Case(
            testDescription: "jti of 129 characters", reason: .assertionClaims,
            change: { $0["jti"] = .string(unique(129)) }),
        Case(testDescription: "jti is a number", reason: .assertionClaims, change: with("jti", 1)),
    ]

    static let headers: [Case] = [
        Case(testDescription: "typ client-authentication+jwt", reason: nil, type: "client-authentication+jwt"),
        Case(testDescription: "typ at+jwt", reason: .assertionClaims, type: "at+jwt"),
        Case(testDescription: "typ dpop+jwt", reason: .assertionClaims, type: "dpop+jwt"),
        Case(testDescription: "typ logout+jwt", reason: .assertionClaims, type: "logout+jwt"),
        Case(testDescription: "typ of a device statement", reason: .assertionClaims, type: LoginResponseStatement.type),
        Case(testDescription: "an unknown kid", reason: .clientKeyUnknown, keyIdentifier: "key-2"),
        Case(testDescription: "alg none", reason: .assertionAlgorithm, header: ["alg": "none"]),
        // fapi-ciba-id1-ensure-client-assertion-signature-algorithm-in-backchannel-authorization-request-is-RS256-fails
        Case(testDescription: "alg RS256 with a P-256 key", reason: .clientKeyUnknown, header: ["alg": "RS256"]),
        Case(testDescription: "alg PS256 with a P-256 key", reason: .clientKeyUnknown, header: ["alg": "PS256"]),
        Case(testDescription: "alg EdDSA with a P-256 key", reason: .clientKeyUnknown, header: ["alg": "EdDSA"]),
        Case(testDescription: "alg HS256", reason: .assertionAlgorithm, header: ["alg": "HS256"]),
        Case(testDescription: "alg in lower case", reason: .assertionAlgorithm, header: ["alg": "es256"]),
        Case(testDescription: "crit", reason: .assertionClaims, header: ["crit": ["exp"], "exp": 1]),
    ]

    private static func unique(_ count: Int) -> String { String(RandomBytes.text(count).prefix(count)) }

    private static let shared = Task { try await TestProvider() }

    @Test(
        "an assertion that differs in one part is refused, the audience above all (CVE-2025-27370, CVE-2025-27371)",
        arguments: audiences + times + names + headers)
    func onePartDiffers(example: Case) async throws {
        let provider = try await Self.shared.value
        let assertion = try TestRegion.pushing.assertion(
            now: provider.now, type: example.type, keyIdentifier: example.keyIdentifier, header: example.header,
            example.change)
        try await Self.expect(example.reason, provider, assertion)
    }

    @Test("keys that are not the client's prove nothing, whatever the header says (E3)")
    func foreignKeys() async throws {
        let provider = try await Self.shared.value
        let own = SigningKey.makeES256()
        let rsa = try #require(TestRegion.rsa.key)
        let headers: [JSONObject] = [
            [:], ["jwk": .object(own.publicKey.jwk)], ["jku": "https://evil.example/jwks"],
            ["x5u": "https://evil.example/x5u"], ["x5c": ["MIIB"]],
        ]
        for header in headers {
            let assertion = try TestRegion.pushing.assertion(now: provider.now, key: own, header: header)
            try await Self.expect(header.isEmpty ? .assertionSignature : .assertionHeader, provider, assertion)
            // Nor does such a header help an assertion that the client itself signed.
            let good = try TestRegion.pushing.assertion(now: provider.now, header: header)
            try await Self.expect(header.isEmpty ? nil : .assertionHeader, provider, good)
        }
        try await Self.expect(
            .clientKeyUnknown, provider, TestRegion.pushing.assertion(now: provider.now, key: rsa))
        try await Self.expect(
            .clientKeyUnknown, provider, TestRegion.rsa.assertion(now: provider.now, key: own))
        try await Self.expect(nil, provider, TestRegion.rsa.assertion(now: provider.now))
    }

    @Test("the bytes of a public key are no HMAC secret, and an empty signature is none (Keycloak CVE-2026-11800)")
    func publicKeyAsSecret() async throws {
        let provider = try await Self.shared.value
        for portal in [TestRegion.pushing, TestRegion.rsa] {
            let key = try #require(portal.key)
            let claims = try unverifiedPayload(portal.assertion(now: provider.now))
            for secret in [key.publicKey.jwk.serialized, Array(key.thumbprint.rawValue.utf8), []] {
                for algorithm in ["HS256", key.algorithm.rawValue] {
                    let header: JSONObject = ["alg": .string(algorithm), "typ": "JWT", "kid": "key-1"]
                    let forged = ForgedJWS.make(header: header, payload: claims) {
                        Digest.authenticationCode($0, key: secret)
                    }
                    try await Self.expect(
                        algorithm == "HS256" ? .assertionAlgorithm : .assertionSignature, provider, forged)
                }
            }
            let unsigned = ForgedJWS.make(header: ["alg": "none", "kid": "key-1"], payload: claims) { _ in [] }
            try await Self.expect(.assertionClaims, provider, unsigned)
        }
    }

    @Test(
        "an assertion is good once, also for another process on the same store (Hydra CVE-2020-5300; fosite CVE-2020-15222)"
    )
    func replay() async throws {
        let database = try TemporaryDatabase()
        let store = try SQLiteStore(path: database.path)
        let provider = try await TestProvider(store: store)
        let assertion = try TestRegion.pushing.assertion(now: provider.now) { $0["jti"] = "once" }
        try await Self.expect(nil, provider, assertion)
        try await Self.expect(.assertionReplayed, provider, assertion)
        // The identifier belongs to its client: another one may use the same.
        try await Self.expect(nil, provider, TestRegion.rsa.assertion(now: provider.now) { $0["jti"] = "once" })
        try await provider.provider.sweep(includingStore: true)
        try await Self.expect(.assertionReplayed, provider, assertion)
        try await store.close()
        let restarted = try await TestProvider(store: SQLiteStore(path: database.path), clock: provider.clock)
        try await Self.expect(.assertionReplayed, restarted, assertion)
    }

    @Test("of the same assertion many times at once one is accepted")
    func parallelReplay() async throws {
        let provider = try await Self.shared.value
        let assertion = try TestRegion.pushing.assertion(now: provider.now)
        let wins = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<32 {
                group.addTask { (try? await provider.provider.authenticate(.assertion(assertion, client: nil))) != nil }
            }
            return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(wins == 1)
    }

    @Test("a secret counts only by the client's own method")
    func secrets() async throws {
        let provider = try await Self.shared.value
        func reason(_ credentials: ClientCredentials) async throws -> Refusal? {
            do {
                _ = try await provider.provider.authenticate(credentials)
                return nil
            } catch let refusal as ClientRefusal {
                #expect(refusal.error.code == .invalidClient)
                return refusal.reason
            }
        }
        let (basic, post, pushing) = (TestRegion.basic, TestRegion.post, TestRegion.pushing)
        let (secret, other) = (try #require(basic.secret), try #require(post.secret))
        #expect(try await reason(.basic(client: basic.client.identifier, secret: secret)) == nil)
        #expect(try await reason(.post(client: post.client.identifier, secret: other)) == nil)
        #expect(try await reason(.post(client: basic.client.identifier, secret: secret)) == .clientMethodMismatch)
        #expect(try await reason(.basic(client: post.client.identifier, secret: other)) == .clientMethodMismatch)
        #expect(try await reason(.basic(client: pushing.client.identifier, secret: "x")) == .clientMethodMismatch)
        for wrong in ["", other, secret + " ", String(secret.dropLast()), ContentDigest(of: secret).rawValue] {
            #expect(try await reason(.basic(client: basic.client.identifier, secret: wrong)) == .clientSecretWrong)
        }
        let unknown = try #require(ClientIdentifier(rawValue: "nobody"))
        #expect(try await reason(.basic(client: unknown, secret: secret)) == .unknownClient)
        #expect(try await reason(.unproved(client: unknown)) == .unknownClient)
        for portal in TestRegion.portals where portal.client.authenticationMethod != .none {
            #expect(try await reason(.unproved(client: portal.client.identifier)) == .clientMethodMismatch)
        }
    }

    private static func expect(_ reason: Refusal?, _ provider: TestProvider, _ assertion: String) async throws {
        do {
            _ = try await provider.provider.authenticate(.assertion(assertion, client: nil))
            #expect(reason == nil)
        } catch let refusal as ClientRefusal {
            #expect(refusal.reason == reason)
            #expect(refusal.error.code == .invalidClient)
        }
    }
}
