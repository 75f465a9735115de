import OpenIDMessages
import TestVectors
import Testing

@testable import IdentityCrypto

@Suite("RFC 7638 §3.1, the example of a thumbprint")
struct ThumbprintTests {
    /// The key of the example, as the RFC prints it.
    static let jwk: JSONObject = [
        "kty": "RSA",
        "n": """
        0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3o\
        knjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZH\
        zu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEg\
        U8awapJzKnqDKgw
        """, "e": "AQAB", "alg": "RS256", "kid": "2011-04-29",
    ]

    @Test("it has the thumbprint of the RFC, whatever else the JWK says")
    func example() throws {
        let key = try VerificationKey(jwk: Self.jwk)
        #expect(key.thumbprint.rawValue == "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs")
        #expect(key.jwk.names == ["e", "kty", "n"])
        var other = Self.jwk
        other["kid"] = "2"
        other["use"] = "sig"
        #expect(try VerificationKey(jwk: other).thumbprint == key.thumbprint)
    }
}

@Suite(
    "RFC 7520, the examples of JOSE",
    .enabled(if: TestVectors.directory != nil, "public test vectors are not here: set CITIZENID_VECTORS"))
struct CookbookTests {
    private func read(_ path: String) throws -> JSONObject {
        try StrictJSON.parseObject(#require(TestVectors.read("jose-cookbook/" + path)))
    }

    @Test("§4.1 the RS256 signature verifies, and no other key or text does")
    func rs256() throws {
        let key = try VerificationKey(jwk: read("jwk/3_3.rsa_public_key.json"))
        let output = try read("jws/4_1.rsa_v15_signature.json")["output"]
        let token = try CompactJWS(parsing: #require(output?["compact"]?.string))
        #expect(token.keyIdentifier == "bilbo.baggins@hobbiton.example")
        #expect(key.isValid(signature: token.signature, for: token.signingInput))
        // The payload is a sentence and no message.
        #expect(throws: JWSError.wrongPayload) { try token.verified(by: key, type: nil) }
        #expect(!key.isValid(signature: token.signature, for: token.signingInput + [0]))
        #expect(throws: JWSError.wrongSignature) { try token.verified(by: TestKeys.rs256.publicKey, type: nil) }
        #expect(throws: JWSError.wrongAlgorithm) { try token.verified(by: TestKeys.es256.publicKey, type: nil) }
    }

    @Test("RFC 8037 appendix A.4, the EdDSA signature verifies, and no other key or text does")
    func edDSA() throws {
        let file = try read("curve25519/jws.json")
        var jwk = try #require(file["input"]?["key"]?.object)
        jwk["d"] = nil
        let key = try VerificationKey(jwk: jwk)
        let token = try CompactJWS(parsing: #require(file["output"]?["compact"]?.string))
        #expect(key.isValid(signature: token.signature, for: token.signingInput))
        #expect(throws: JWSError.wrongPayload) { try token.verified(by: key, type: nil) }
        #expect(!key.isValid(signature: token.signature, for: token.signingInput + [0]))
        #expect(throws: JWSError.wrongSignature) { try token.verified(by: TestKeys.edDSA.publicKey, type: nil) }
    }

    @Test(
        "§3 of its keys only the public RSA key is one that verifies here",
        arguments: [
            ("3_1.ec_public_key", JSONWebKeyError.unsupportedKeyType),  // P-521
            ("3_2.ec_private_key", .containsPrivateKey), ("3_4.rsa_private_key", .containsPrivateKey),
            ("3_5.symmetric_key_mac_computation", .containsPrivateKey),
            ("3_6.symmetric_key_encryption", .containsPrivateKey),
        ])
    func keys(name: String, error: JSONWebKeyError) throws {
        let jwk = try read("jwk/\(name).json")
        #expect(throws: error) { try VerificationKey(jwk: jwk) }
    }

    @Test(
        "§4.2 to §4.4 signatures of other algorithms are refused",
        arguments: ["4_2.rsa-pss_signature", "4_3.ecdsa_signature", "4_4.hmac-sha2_integrity_protection"])
    func otherAlgorithms(name: String) throws {
        let output = try read("jws/\(name).json")["output"]
        let token = try CompactJWS(parsing: output?["compact"]?.string ?? "")
        for key in [TestKeys.es256.publicKey, try VerificationKey(jwk: read("jwk/3_3.rsa_public_key.json"))] {
            #expect(throws: JWSError.wrongAlgorithm) { try token.verified(by: key, type: nil) }
        }
    }
}
