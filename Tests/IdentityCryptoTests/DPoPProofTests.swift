import IdentityCrypto
import OpenIDMessages
import Testing

@Suite("RFC 9449 §4.3, each check of a DPoP proof")
struct DPoPProofTests {
    static let key = TestKeys.es256
    static let url = "https://id.example/device/v1/claims"

    /// The header and the claims of a proof.
    struct Parts {
        var type = "dpop+jwt"
        var header: JSONObject = ["jwk": .object(DPoPProofTests.key.publicKey.jwk)]
        var claims: JSONObject = [
            "jti": "j", "htm": "POST", "htu": .string(DPoPProofTests.url), "iat": TestKeys.now.json, "nonce": "n",
            "ath": .string(ContentDigest(of: "token").rawValue),
        ]
        var signer = DPoPProofTests.key
    }

    private func verify(
        _ text: String, method: String = "POST", url: String = url, token: String? = "token", needsNonce: Bool = true
    ) throws -> VerifiedDPoPProof {
        try VerifiedDPoPProof.verify(
            text, method: method, url: url, now: TestKeys.now, isAcceptableNonce: needsNonce ? { $0 == "n" } : nil,
            accessToken: token)
    }

    private func text(_ change: (inout Parts) -> Void) throws -> String {
        var parts = Parts()
        change(&parts)
        return try parts.signer.sign(type: parts.type, payload: parts.claims, header: parts.header)
    }

    @Test("a good proof is accepted")
    func good() throws {
        let proof = try verify(text { _ in })
        #expect(proof.key == Self.key.publicKey)
        #expect(proof.identifier.rawValue == "j")
        #expect(proof.issuedAt == TestKeys.now)
        #expect(throws: Never.self) { try verify(text { $0.claims["nonce"] = nil }, needsNonce: false) }
        #expect(throws: Never.self) { try verify(text { $0.claims["ath"] = nil }, token: nil) }
        let made = try VerifiedDPoPProof.make(
            key: Self.key, method: "POST", url: Self.url, now: TestKeys.now, nonce: "n", accessToken: "token")
        #expect(throws: Never.self) { try verify(made) }
    }

    struct NearMiss: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let error: DPoPError
        let change: @Sendable (inout Parts) -> Void

        init(_ description: String, _ error: DPoPError, _ change: @escaping @Sendable (inout Parts) -> Void) {
            testDescription = description
            self.error = error
            self.change = change
        }
    }

    static let nearMisses: [NearMiss] = [
        NearMiss("3: no jti", .malformed) { $0.claims["jti"] = nil },
        NearMiss("3: an empty jti", .malformed) { $0.claims["jti"] = "" },
        NearMiss("3: a jti of 129 characters", .malformed) {
            $0.claims["jti"] = .string(String(repeating: "j", count: 129))
        },
        NearMiss("3: no iat", .malformed) { $0.claims["iat"] = nil },
        NearMiss("3: an iat of text", .malformed) { $0.claims["iat"] = .string("\(TestKeys.now.seconds)") },
        NearMiss("3: an iat with a fraction", .malformed) { $0.claims["iat"] = .number(1_800_000_000.5) },
        NearMiss("4: another typ", .malformed) { $0.type = "JWT" },
        NearMiss("5: another algorithm", .malformed) { $0.header["alg"] = "ES384" },
        NearMiss("5: RS256", .malformed) {
            $0.signer = TestKeys.rs256
            $0.header["jwk"] = .object(TestKeys.rs256.publicKey.jwk)
        },
        NearMiss("6: no key", .malformed) { $0.header = [:] },
        NearMiss("6: signed by another key", .malformed) { $0.signer = TestKeys.otherES256 },
        NearMiss("7: a private key", .malformed) {
            var jwk = DPoPProofTests.key.publicKey.jwk
            jwk["d"] = "AAAA"
            $0.header["jwk"] = .object(jwk)
        },
        NearMiss("8: another method", .wrongMethod) { $0.claims["htm"] = "GET" },
        NearMiss("8: the method in lower case", .wrongMethod) { $0.claims["htm"] = "post" },
        NearMiss("8: no method", .wrongMethod) { $0.claims["htm"] = nil },
        NearMiss("9: no URL", .wrongURL) { $0.claims["htu"] = nil },
        NearMiss("9: another path", .wrongURL) { $0.claims["htu"] = .string(url + "/") },
        NearMiss("9: a query", .wrongURL) { $0.claims["htu"] = .string(url + "?a") },
        NearMiss("9: another host", .wrongURL) { $0.claims["htu"] = "https://id.examp1e/device/v1/claims" },
        NearMiss("9: no TLS", .wrongURL) { $0.claims["htu"] = "http://id.example/device/v1/claims" },
        NearMiss("10: no nonce", .nonceNeeded) { $0.claims["nonce"] = nil },
        NearMiss("10: another nonce", .nonceNeeded) { $0.claims["nonce"] = "m" },
        NearMiss("10: a nonce of another type", .nonceNeeded) { $0.claims["nonce"] = ["n"] },
        NearMiss("11: 61 seconds old", .outsideTimeWindow) { $0.claims["iat"] = (TestKeys.now - 61).json },
        NearMiss("11: 61 seconds ahead", .outsideTimeWindow) { $0.claims["iat"] = (TestKeys.now + 61).json },
        NearMiss("11: the end of time", .outsideTimeWindow) { $0.claims["iat"] = .integer(.max) },
        NearMiss("11: its beginning", .outsideTimeWindow) { $0.claims["iat"] = .integer(.min) },
        NearMiss("12: no ath", .wrongAccessTokenHash) { $0.claims["ath"] = nil },
        NearMiss("12: the hash of another token", .wrongAccessTokenHash) {
            $0.claims["ath"] = .string(ContentDigest(of: "other").rawValue)
        },
        NearMiss("crit", .malformed) { $0.header["crit"] = ["x"] },
    ]

    @Test("a near miss is refused by its check", arguments: nearMisses)
    func refused(miss: NearMiss) throws {
        let text = try text(miss.change)
        #expect(throws: miss.error) { try verify(text) }
    }

    @Test("60 seconds to either side are within the window", arguments: [-60, 60] as [Int64])
    func window(seconds: Int64) throws {
        #expect(throws: Never.self) { try verify(text { $0.claims["iat"] = (TestKeys.now + seconds).json }) }
    }

    @Test("1 and 2: something else than one proof", arguments: ["", "a.b.c", "{}", "x, y"])
    func nothing(text: String) { #expect(throws: DPoPError.malformed) { try verify(text) } }
}
