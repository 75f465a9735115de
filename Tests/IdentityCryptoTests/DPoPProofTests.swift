import OpenIDMessages
import Testing

@testable import IdentityCrypto

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
        let header = VerifiedDPoPProof.header(of: Self.key.publicKey)
        for identifier in ["first", "second"] {
            let proof = try VerifiedDPoPProof.make(
                header: header, method: "POST", url: Self.url, now: TestKeys.now, nonce: "n", accessToken: "token",
                identifier: #require(TokenIdentifier(rawValue: identifier)), signature: Self.key.signature)
            #expect(try verify(proof).identifier.rawValue == identifier)
        }
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
        NearMiss("9: another host", .wrongURL) { $0.claims["htu"] = "https://id.examp1e/device/v1/claims" },
        NearMiss("9: no TLS", .wrongURL) { $0.claims["htu"] = "http://id.example/device/v1/claims" },
        NearMiss("9: no TLS, at its port", .wrongURL) { $0.claims["htu"] = "http://id.example:443/device/v1/claims" },
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
        NearMiss("11: exp is now", .outsideTimeWindow) { $0.claims["exp"] = TestKeys.now.json },
        NearMiss("11: exp is no number", .malformed) { $0.claims["exp"] = "never" },
        NearMiss("11: nbf 61 seconds ahead", .outsideTimeWindow) { $0.claims["nbf"] = (TestKeys.now + 61).json },
        NearMiss("11: nbf is no number", .malformed) { $0.claims["nbf"] = .bool(true) },
        NearMiss("crit", .malformed) { $0.header["crit"] = ["x"] },
    ]

    // fapi2-security-profile-final-dpop-negative-tests
    @Test("a near miss is refused by its check", arguments: nearMisses)
    func refused(miss: NearMiss) throws {
        let text = try text(miss.change)
        #expect(throws: miss.error) { try verify(text) }
    }

    static let sameAddresses: [String] =
        [
            "HTTPS://id.example/device/v1/claims", "https://ID.Example/device/v1/claims",
            "https://id.example:443/device/v1/claims", "hTTps://iD.eXAMPLE:443/device/v1/claims?a=/b#c",
        ] + ["?", "?a=b", "#x", "#x?a=b"].map { url + $0 }

    @Test(
        "9: scheme and host in any case, with the port of https, a query or a fragment: the same address (RFC 3986 §6.2)",
        arguments: sameAddresses)
    func sameAddress(htu: String) throws {
        #expect(throws: Never.self) { try verify(text { $0.claims["htu"] = .string(htu) }) }
    }

    @Test(
        "9: nothing else is made equal: not the path, not another port, not another host",
        arguments: [
            "https://id.example/device/v1/Claims", "https://id.example/device/v1/%63laims",
            "https://id.example/device/v1/./claims", "https://id.example/device/v1/x/../claims",
            "https://id.example//device/v1/claims", "https://id.example/device/v1//claims",
            "https://id.example/device/v1/claims/?a", "https://id.example/device/v1/claims;a",
            "https://id.example/device/v1/claims%3Fa", "https://id.example/device/v1/claims%23",
            "https://id.example:8443/device/v1/claims", "https://id.example:80/device/v1/claims",
            "https://id.example:0443/device/v1/claims", "https://id.example:4430/device/v1/claims",
            "https://id.example:443:443/device/v1/claims", "https://id.example:/device/v1/claims",
            "https://u@id.example/device/v1/claims", "https://id.example@evil.example/device/v1/claims",
            "https://id.example.evil.example/device/v1/claims", "https://id.example./device/v1/claims",
            "https://id%2Eexample/device/v1/claims", "https://evil.example?https://id.example/device/v1/claims",
            "https://evil.example#https://id.example/device/v1/claims", "https://id.example?/device/v1/claims",
            "https://id.example", "https:/id.example/device/v1/claims", "https:///id.example/device/v1/claims",
            "//id.example/device/v1/claims", "/device/v1/claims", "id.example/device/v1/claims", "",
            " https://id.example/device/v1/claims", "https://id.example/device/v1/claims ",
            "https://id.example/device/v1/claims\n", "https:\\\\id.example\\device\\v1\\claims",
            "https\u{17F}://id.example/device/v1/claims", "https://id.example/device/v1/claims\u{301}",
        ])
    func otherAddress(htu: String) throws {
        #expect(throws: DPoPError.wrongURL) { try verify(text { $0.claims["htu"] = .string(htu) }) }
    }

    @Test("9: a port of the server's own counts, and so does a letter that only looks like one of the host")
    func ownPort() throws {
        func isTaken(_ htu: String, at url: String) throws -> Bool {
            let proof = try text { $0.claims["htu"] = .string(htu) }
            return (try? verify(proof, url: url)) != nil
        }
        let (plain, port) = ("https://kiel.example/token", "https://kiel.example:8443/token")
        #expect(try isTaken("https://KIEL.example/token", at: plain))
        // U+212A, the sign of the kelvin, is k in lower case.
        #expect(try !isTaken("https://\u{212A}iel.example/token", at: plain))
        #expect(try isTaken("https://KIEL.example:8443/token?x", at: port))
        for other in [plain, "https://kiel.example:443/token", "https://kiel.example:8443:443/token"] {
            #expect(try !isTaken(other, at: port), "\(other)")
        }
        #expect(try isTaken("https://[::1]:443/token", at: "https://[::1]/token"))
        #expect(try !isTaken("https://[::1]:8443/token", at: "https://[::1]/token"))
    }

    @Test("60 seconds to either side are within the window", arguments: [-60, 60] as [Int64])
    func window(seconds: Int64) throws {
        #expect(throws: Never.self) { try verify(text { $0.claims["iat"] = (TestKeys.now + seconds).json }) }
    }

    @Test("exp and nbf may be there, and then they count (RFC 7519 §4.1.4, §4.1.5)")
    func expiryAndBeginning() throws {
        #expect(throws: Never.self) { try verify(text { $0.claims["exp"] = (TestKeys.now + 1).json }) }
        #expect(throws: Never.self) { try verify(text { $0.claims["nbf"] = (TestKeys.now + 60).json }) }
    }

    @Test("a proof without a nonce of this server is refused before its signature is looked at")
    func nonceFirst() throws {
        let forged = try text {
            $0.claims["nonce"] = "m"
            $0.signer = TestKeys.otherES256
        }
        #expect(throws: DPoPError.nonceNeeded) { try verify(forged) }
    }

    @Test("an RSA key that a proof brings has the exponent 65537: others make the server calculate for longer")
    func dearKey() throws {
        func isTaken(_ key: SigningKey) throws -> Bool {
            let proof = try VerifiedDPoPProof.make(
                key: key, method: "POST", url: Self.url, now: TestKeys.now, nonce: nil)
            let verified = try? VerifiedDPoPProof.verify(
                proof, method: "POST", url: Self.url, now: TestKeys.now, isAcceptableNonce: nil, algorithms: [.ps256])
            return verified != nil
        }
        #expect(try isTaken(TestKeys.ps256))
        let key = try SigningKey(.ps256, derRepresentation: #require(Base64URL.decode(Self.exponentThree)))
        #expect(throws: Never.self) {
            try CompactJWS(parsing: key.sign(type: "t", payload: [:])).verified(by: key.publicKey, type: "t")
        }
        #expect(try !isTaken(key))
    }

    @Test("what an RSA key may cost: 2048 to 4096 bits and the exponent 65537")
    func cheapKeys() {
        func isCheap(_ bytes: Int, _ exponent: [UInt8] = [1, 0, 1]) -> Bool {
            let modulus = [0x80] + [UInt8](repeating: 1, count: bytes - 1)
            return PublicMembers.isCheap([
                "kty": "RSA", "n": .string(Base64URL.encode(modulus)), "e": .string(Base64URL.encode(exponent)),
            ])
        }
        #expect(isCheap(256) && isCheap(384) && isCheap(512))
        #expect(!isCheap(255) && !isCheap(513) && !isCheap(1024))
        for exponent: [UInt8] in [[3], [17], [1, 0, 3], [1, 0, 0, 0, 1], [255, 255, 255, 255, 255, 255, 255, 255]] {
            #expect(!isCheap(256, exponent), "\(exponent)")
        }
        #expect(PublicMembers.isCheap(TestKeys.es256.publicKey.jwk))
    }

    @Test("1 and 2: something else than one proof", arguments: ["", "a.b.c", "{}", "x, y"])
    func nothing(text: String) { #expect(throws: DPoPError.malformed) { try verify(text) } }

    /// An RSA key of 2048 bits with the exponent 3, for this test alone.
    private static let exponentThree = """
        MIIEowIBAAKCAQEApV267XGlqo5t3_JAHQluy9bjrDej3swlRIjJO3XHm_vINXGNkxrD8cZhbEnYZvZLPY1lC-X9v9WBZxn4Ca-\
        0qzKIvLF3gsorV0xzyFLFFE0vSHQ59Wpecs15bVF3NeAZM49er2I9-7zF5duLkwNkmY-gkwtU_0sWTUUx9VyY_yaiJFmg2Eq-\
        sEFDJjY1Lh-kBOdQhwqiA6T3pUuJo0iFfSZKv-Lbq5wBrTRzmd6BYOghdw8dyXV_kWOU6hn2csatZnr7PvQh4eXEzkiZYWx08TrrXApx\
        jePoNyWmlvtl7xiPqPaULF90ImO0mOzHTbooJdWlDrm95y6IYNc_pZojhQIBAwKCAQBuPnyeS8PHCZ6VTCq-\
        BkndOe0dem0_MsODBdt8-S-9UoV49l5iEdf2hEDy2-WZ-Yd-XkNdQ_5_46uaEVAGdSMczFsodk-shsePiE0wNy4NiMowTXv48ZRMiPue\
        Nk95QBDNCj8fltP9KIPukl0MrO27tRW3XONU3LmI2Mv46GX_bgRBIT4wRxAngYubQePdN2fx2i7FP5JBjdFdLNI8XeJeiW5whCxXCVfA\
        -JBSPtuSVv4wkBLwNC6wZlUs0PpYwzGzzeKRC-f0bpIpfcy-\
        IoNHucOgpCMGImSi5bWy8fZoEWX4r72jWa4xDzO-g0InQO1ZGdgyAb2Ro-i_pdYSl8erAoGBANUnpOdeewyI3csEjv-l9MsdTDzM-\
        TLm8UW7t6Fr-AOijBw74-8wjVGklozpRkDF8SuKPUaPaJWP90qAJA7XO5Kz6_DJ5mNeJj-sk5Cpxel7ipgyByf-D_R1gCZoRzfMEYf8m\
        lpzi-61Mdff8JzNd2KOF2AMSJCu4jv7s3cIyevhAoGBAMabAtwxZRnsISa4xF-\
        8V7z8082SMhO6Xvfd0Kzcw65MzAjbOKn4gKxnKQ41Ofc_dHij-brRvqP40sqmvHAWZlAk2jabe-KVGanjeFWacsaKGa25DRUGoFzNTO-\
        iSTyG7O63VJ1DzQAjmw8bN0dFYWGSF4C3bpDd1m9FqweA7IwlAoGBAI4abe-UUghbPodYX1UZTdy-MtMzUMyZ9i59JRZH-\
        q0XCBLSl_TLCOEYZF3w2YCD9h0G04Rfmw5f-\
        jGqwrSPfQx38qCGmZeUGX_IYmBxLpunsbrMBMVUCqL5ABma2iUytlqoZub3sp8jdo_qoGiI-kG0D5VdhbXJ7Cf9Ik9bMUfrAoGBAIRnV\
        z12Q2ada28l2D_S5SiojTO2zA0m6fqT4HM918mIiAXnexv7AHLvcLQje_oqTaXCpnyL1G1QjIcZ0vVkRDVt5s8SUpcOERvs-\
        uO8TIRcER57Xg4EauiI3fUW232vSJ8k4xOCiKrCZ19nei-DlkEMD6sk9GCT5EoucgUAnbLDAoGBAKbXWl7UZKcFjjZivilD04kb8RmTo\
        Nd6Ly4jx4Q8iUtEiP-\
        c8y0eoHhCBWZexYHu3rdnUOS9xt6K3fs79My023lAOsr5IkTgpROKyYS6M7UDHurjbsZuGuG7vDRaOJOBf3hFNEmuUvr0YDtfo75Gyjn\
        1Y9AGgXXNKqKV3KL82ms9
        """
}
