import AccountDirectory
import HTTPTypes
import HummingbirdTesting
import IdentityCrypto
import OpenIDMessages
import ProviderCore
import ProviderHarness
import Synchronization
import Testing

/// Keycloak CVE-2026-4634, CVE-2026-9803, CVE-2023-6563: what strangers make as dear as the limits allow. What the same
/// requests cost in processor time stands in docs/performance.md.
@Suite("Strangers who exhaust the server")
struct DearRequestTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let status: HTTPResponse.Status
        let call: @Sendable (Site) async throws -> TestResponse

        init(
            _ description: String, _ status: HTTPResponse.Status,
            _ call: @escaping @Sendable (Site) async throws -> TestResponse
        ) {
            testDescription = description
            self.status = status
            self.call = call
        }

        /// A request of a portal at `/authorize` with more, or other, parameters.
        static func visit(_ description: String, _ changes: [String: String]) -> Case {
            Case(description, .seeOther) { site in
                try await site.get("/authorize", TestRegion.basic.request().merging(changes) { $1 })
            }
        }

        static func forged(_ header: JSONObject, bytes: Int, signature: Int) -> String {
            ForgedJWS.make(header: header, payload: ["text": .string(Case.text(bytes))]) { _ in
                [0] + RandomBytes.make(signature - 1)
            }
        }

        static func text(_ count: Int) -> String { String(repeating: "a", count: count) }

        /// Parameters that nobody knows.
        static func further(_ count: Int, _ length: Int) -> [String: String] {
            Dictionary(uniqueKeysWithValues: (0..<count).map { ("further_\($0)", text(length)) })
        }
    }

    private static let deepClaims: String = {
        let nest = String(repeating: "[", count: 13) + "1" + String(repeating: "]", count: 13)
        let members = (0..<64).map { "\"a_claim_of_nobody_\($0)\":{\"values\":\(nest)}" }.joined(separator: ",")
        return "{\"userinfo\":{\(members)}}"
    }()

    private static let manyClaims: String = {
        let values = Array(repeating: "[1]", count: 120).joined(separator: ",")
        return "{\"userinfo\":{\"a_claim_of_nobody\":{\"values\":[\(values)]}}}"
    }()

    /// An RSA key of 4096 bits, the dearest that may come with a proof.
    private static let rsaKey: JSONObject = {
        var modulus = RandomBytes.make(512)
        modulus[0] |= 0x80
        modulus[511] |= 1
        return ["kty": "RSA", "n": .string(Base64URL.encode(modulus)), "e": "AQAB"]
    }()

    static let cases: [Case] = [
        .visit("a normal request", [:]), .visit("64 parameters", Case.further(56, 200)),
        .visit(
            "a scope of 2 KB",
            ["scope": "openid " + (0..<32).map { "s\($0)" + Case.text(60) }.joined(separator: " ")]),
        .visit("claims of as many values as are read", ["claims": manyClaims]),
        .visit("claims of 4 KB at depth 16, of which a part is read", ["claims": deepClaims]),
        .visit(
            "acr_values of 512 characters",
            ["acr_values": Array(repeating: Case.text(63), count: 8).joined(separator: " ")]),
        Case("an id_token_hint of 8 KB, forged under the provider's key", .seeOther) { site in
            let key = site.provider.provider.keys.ring.current(.es256).thumbprint.rawValue
            let hint = Case.forged(["alg": "ES256", "typ": "JWT", "kid": .string(key)], bytes: 5900, signature: 64)
            return try await site.get("/authorize", TestRegion.basic.request(["id_token_hint": hint]))
        },
        Case("a request object of 16 KB, forged under the client's key", .badRequest) { site in
            let key = try #require(TestRegion.pushing.client.keys.first?["kid"]?.string)
            let object = Case.forged(
                ["alg": "ES256", "typ": "oauth-authz-req+jwt", "kid": .string(key)], bytes: 12_000, signature: 64)
            return try await site.get("/authorize", ["client_id": "pushing", "request": object])
        },
        Case("a form of 20 KB", .seeOther) { site in
            try await site.post(
                "/authorize", form: TestRegion.basic.request().merging(Case.further(56, 340)) { $1 })
        },
        Case("a form of 64 KB", .badRequest) { site in
            try await site.post(
                "/authorize", form: TestRegion.basic.request().merging(Case.further(56, 1_130)) { $1 })
        },
        Case("a request object with a header of a thousand values", .badRequest) { site in
            let key = try #require(TestRegion.pushing.client.keys.first?["kid"]?.string)
            let object = Case.forged(
                [
                    "alg": "ES256", "typ": "oauth-authz-req+jwt", "kid": .string(key),
                    "x": .array(Array(repeating: 1, count: 1000)),
                ], bytes: 10, signature: 64)
            return try await site.get("/authorize", ["client_id": "pushing", "request": object])
        },
        Case("a form of 64 KB of nobody at /par", .unauthorized) { site in
            try await site.post("/par", form: ["client_id": "nobody"].merging(Case.further(60, 1_050)) { $1 })
        },
        Case("an assertion forged under an RSA key", .unauthorized) { site in
            let key = try #require(TestRegion.rsa.client.keys.first?["kid"]?.string)
            let assertion = Case.forged(
                ["alg": "RS256", "typ": "JWT", "kid": .string(key)], bytes: 11_000, signature: 384)
            return try await site.post(
                "/token",
                form: [
                    "grant_type": "authorization_code", "client_id": "rsa", "client_assertion": assertion,
                    "client_assertion_type": ClientCredentials.assertionType,
                ])
        },
        Case("a proof forged under an RSA key of 4096 bits, for a token that is none", .unauthorized) { site in
            let proof = ForgedJWS.make(
                header: ["typ": "dpop+jwt", "alg": "PS256", "jwk": .object(rsaKey)],
                payload: [
                    "htm": "GET", "htu": .string(TestRegion.issuer.appending("/userinfo")), "iat": site.now.json,
                    "jti": "1", "nonce": .string(site.provider.provider.proofs.nonce()),
                ]
            ) { _ in [0] + RandomBytes.make(511) }
            return try await site.get(
                "/userinfo", headers: [.authorization: "DPoP \(Case.text(8_000))", .proof: proof])
        },
    ]

    @Test("as dear as the limits allow, a request asks the store for nothing", arguments: cases)
    func store(example: Case) async throws {
        let faulty = Mutex<FaultyStore?>(nil)
        let provider = try await TestProvider(wrapping: { store in
            let made = FaultyStore(store)
            faulty.withLock { $0 = made }
            return made
        })
        let store = try #require(faulty.withLock { $0 })
        try await Site.serve(provider) { site in
            store.fail(1, .before)
            let answer = try await example.call(site)
            #expect(answer.status == example.status, "\(answer.text.prefix(500))")
            let wasAsked = store.heal()
            #expect(!wasAsked)
            // A login waits for its person where one began; nothing else is kept.
            let isBegun = answer.headers[.location]?.hasPrefix("/login/") == true
            #expect(site.provider.provider.loginsInFlight == (isBegun ? 1 : 0))
        }
    }
}
