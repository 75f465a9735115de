import OpenIDMessages
import Testing

@testable import IdentityCrypto

@Suite("RFC 7517 and RFC 7518 §6, which JWKs are keys")
struct JSONWebKeyTests {
    static let ec = TestKeys.es256.publicKey.jwk
    static let rsa = TestKeys.rs256.publicKey.jwk
    static let ed = TestKeys.edDSA.publicKey.jwk

    /// A JWK that is almost a key.
    struct NearMiss: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let error: JSONWebKeyError
        let jwk: JSONObject

        init(_ description: String, _ error: JSONWebKeyError, _ jwk: JSONObject, _ changes: [String: JSONValue?]) {
            testDescription = description
            self.error = error
            self.jwk = changes.reduce(into: jwk) { $0[$1.key] = $1.value }
        }
    }

    private static func bytes(_ jwk: JSONObject, _ name: String) -> [UInt8] {
        Base64URL.decode(jwk[name]?.string ?? "") ?? []
    }
    private static func text(_ bytes: [UInt8]) -> JSONValue { .string(Base64URL.encode(bytes)) }

    static let nearMisses: [NearMiss] = [
        NearMiss("no kty", .unsupportedKeyType, ec, ["kty": nil]),
        NearMiss("kty in lower case", .unsupportedKeyType, ec, ["kty": "ec"]),
        NearMiss("a symmetric key", .unsupportedKeyType, [:], ["kty": "oct"]),
        NearMiss("X25519", .unsupportedKeyType, ed, ["crv": "X25519"]),
        NearMiss("Ed448", .unsupportedKeyType, ed, ["crv": "Ed448"]),
        NearMiss("Ed25519 without its point", .malformed, ed, ["x": nil]),
        NearMiss("Ed25519 cut short", .malformed, ed, ["x": text(Array(bytes(ed, "x").dropLast()))]),
        NearMiss("Ed25519 with a byte more", .malformed, ed, ["x": text(bytes(ed, "x") + [0])]),
        NearMiss("Ed25519, the identity", .malformed, ed, ["x": text([1] + [UInt8](repeating: 0, count: 31))]),
        NearMiss("Ed25519, a point of order 4", .malformed, ed, ["x": text([UInt8](repeating: 0, count: 32))]),
        NearMiss("Ed25519 for ES256", .notForSignatures, ed, ["alg": "ES256"]),
        NearMiss("the private d of Ed25519", .containsPrivateKey, ed, ["d": "AAAA"]),
        NearMiss("another curve", .unsupportedKeyType, ec, ["crv": "P-384"]),
        NearMiss("secp256k1", .unsupportedKeyType, ec, ["crv": "secp256k1"]),
        NearMiss("no curve", .unsupportedKeyType, ec, ["crv": nil]),
        NearMiss("no y", .malformed, ec, ["y": nil]),
        NearMiss("a point that is not on the curve", .malformed, ec, ["y": text([UInt8](repeating: 1, count: 32))]),
        NearMiss(
            "the point at infinity", .malformed, ec,
            [
                "x": text([UInt8](repeating: 0, count: 32)), "y": text([UInt8](repeating: 0, count: 32)),
            ]),
        NearMiss("x with a leading zero", .malformed, ec, ["x": text([0] + bytes(ec, "x"))]),
        NearMiss("x cut short", .malformed, ec, ["x": text(Array(bytes(ec, "x").dropLast()))]),
        NearMiss("x in padded base64", .malformed, ec, ["x": .string((ec["x"]?.string ?? "") + "=")]),
        NearMiss("x as a number", .malformed, ec, ["x": 1]),
        NearMiss("the private d", .containsPrivateKey, ec, ["d": "AAAA"]),
        NearMiss("the private p", .containsPrivateKey, rsa, ["p": "AAAA"]),
        NearMiss("a private member of null", .containsPrivateKey, rsa, ["d": .some(.null)]),
        NearMiss("for encryption", .notForSignatures, ec, ["use": "enc"]),
        NearMiss("a use of the wrong type", .notForSignatures, ec, ["use": 1]),
        NearMiss("to sign alone", .notForSignatures, ec, ["key_ops": ["sign"]]),
        NearMiss("operations of the wrong type", .notForSignatures, ec, ["key_ops": "verify"]),
        NearMiss("another algorithm", .notForSignatures, ec, ["alg": "ES384"]),
        NearMiss("the algorithm of another key type", .notForSignatures, ec, ["alg": "RS256"]),
        NearMiss("the algorithm HS256", .notForSignatures, rsa, ["alg": "HS256"]),
        NearMiss("RSA-PSS with a longer digest", .notForSignatures, rsa, ["alg": "PS512"]),
        NearMiss("RSA for encryption", .notForSignatures, rsa, ["alg": "RSA-OAEP-256"]),
        NearMiss("a modulus of 1024 bits", .tooWeak, rsa, ["n": text(Array(bytes(rsa, "n").prefix(128)))]),
        NearMiss("a modulus of 2047 bits", .tooWeak, rsa, ["n": text([0x7F] + bytes(rsa, "n").suffix(255))]),
        NearMiss("a modulus with a leading zero", .malformed, rsa, ["n": text([0] + bytes(rsa, "n"))]),
        NearMiss("a modulus of 8200 bits", .malformed, rsa, ["n": text([UInt8](repeating: 0xFF, count: 1025))]),
        NearMiss("no modulus", .malformed, rsa, ["n": ""]),
        NearMiss("an exponent of 1", .malformed, rsa, ["e": text([1])]),
        NearMiss("an exponent of 1 with a leading zero", .malformed, rsa, ["e": text([0, 1])]),
        NearMiss("the usual exponent with a leading zero", .malformed, rsa, ["e": text([0, 1, 0, 1])]),
        NearMiss("an even exponent", .malformed, rsa, ["e": text([4])]),
        NearMiss("no exponent", .malformed, rsa, ["e": ""]),
        NearMiss("an exponent beyond 64 bits", .malformed, rsa, ["e": text([UInt8](repeating: 1, count: 9))]),
    ]

    @Test("a near miss is refused with its reason", arguments: nearMisses)
    func refused(miss: NearMiss) {
        #expect(throws: miss.error) { try VerificationKey(jwk: miss.jwk) }
    }

    @Test("a key is the same whatever stands beside its required members", arguments: [ec, rsa, ed])
    func accepted(jwk: JSONObject) throws {
        let key = try VerificationKey(jwk: jwk)
        var dressed = jwk
        dressed["use"] = "sig"
        dressed["key_ops"] = ["verify"]
        dressed["alg"] = .string(key.algorithm.rawValue)
        dressed["kid"] = "some name"
        dressed["x5t"] = "AAAA"
        #expect(try VerificationKey(jwk: dressed) == key)
        #expect(try VerificationKey(jwk: dressed).thumbprint == key.thumbprint)
        #expect(key.jwk == jwk)
        let listed = key.listedJWK(identifier: "k")
        #expect(listed.names == jwk.names + ["kid", "use", "alg"])
        #expect(try VerificationKey(jwk: listed) == key)
    }
}
