import OpenIDMessages
import SwiftASN1
import TestVectors
import Testing
import X509

@testable import IdentityCrypto

@Suite(
    "JSON Web Signatures of Wycheproof",
    .enabled(if: TestVectors.directory != nil, "public test vectors are not here: set CITIZENID_VECTORS"))
struct WycheproofJWSTests {
    /// How far a token comes with a key.
    private func ending(_ text: String, jwk: JSONObject?) -> String {
        guard let jwk, let key = try? VerificationKey(jwk: jwk) else { return "no key" }
        do {
            _ = try CompactJWS(parsing: text).verified(by: key, type: nil)
            return "accepted"
        } catch {
            // The payloads of these vectors are no objects: a good signature ends at the payload.
            return error == .wrongPayload ? "signature is good" : "\(error)"
        }
    }

    @Test("nothing invalid passes, everything valid of the algorithms here does, nothing else is supported")
    func signatures() throws {
        var unsupported: [String: Int] = [:]
        var supported = 0
        for group in try WycheproofFile("json_web_signature").groups {
            let jwk = (group.members["public"] ?? group.members["private"])?.object
            let algorithm = jwk?["alg"]?.string ?? "no alg"
            for test in group.cases {
                let end = ending(try #require(test.members["jws"]?.string), jwk: jwk)
                let isGood = end == "signature is good" || end == "accepted"
                if test.result == "invalid" {
                    #expect(!isGood, "\(test.number) \(test.comment)")
                } else if [346, 350].contains(test.number) {
                    // A token that says PS384 under a key that says it is for PS256: refused (RFC 8725 §3.1).
                    #expect(end == "wrongAlgorithm")
                } else if JWSAlgorithm(rawValue: algorithm) != nil {
                    #expect(isGood, "\(test.number) \(test.comment): \(end)")
                    supported += 1
                } else {
                    #expect(end == "no key", "\(test.number) \(test.comment)")
                    unsupported[algorithm, default: 0] += 1
                }
            }
        }
        #expect(supported == 16)
        // HMAC, the longer digests and P-521 (whose name the vectors misspell) do not exist here.
        #expect(Set(unsupported.keys) == ["HS256", "PS384", "PS512", "RS384", "RS512", "ES521"])
    }

    private func isGood(_ text: String, _ set: VerificationKeySet) -> Bool {
        guard let token = try? CompactJWS(parsing: text) else { return false }
        do {
            _ = try set.verify(token, type: nil)
            return true
        } catch { return error == .wrongPayload }
    }

    /// RFC 7517: keys that must not be used, and key sets.
    @Test("keys that are malformed, weak or for something else verify nothing")
    func keys() throws {
        for group in try WycheproofFile("json_web_key").groups {
            let jwk = try #require((group.members["public"] ?? group.members["private"])?.object)
            let set = VerificationKeySet(jwks: jwk["keys"] == nil ? ["keys": .array([.object(jwk)])] : jwk)
            let isShared = group.members["public"] == nil
            for test in group.cases {
                let isGood = isGood(try #require(test.members["jws"]?.string), set)
                // Number 7 is a key with the weakness ROCA (CVE-2017-15361): keys come from this package or from the
                // region's file, none from a card with that fault, so that there is no check for it.
                if test.number == 7 { continue }
                #expect(isGood == (test.result == "valid" && !isShared), "\(test.number) \(test.comment)")
            }
        }
    }
}

@Suite(
    "Primitives against Wycheproof",
    .enabled(if: TestVectors.directory != nil, "public test vectors are not here: set CITIZENID_VECTORS"))
struct WycheproofPrimitiveTests {
    // XChaCha20-Poly1305 is reached only through SealedBox, which makes its own nonce and header: its vectors cannot be
    // put to it, and its promises are tested in SealedBoxTests.

    @Test("ES256 takes exactly the signatures r ‖ s that are valid (RFC 7518 §3.4)")
    func ecdsa() throws {
        var accepted = 0
        for group in try WycheproofFile("ecdsa_secp256r1_sha256_p1363").groups {
            let point = try #require(Hexadecimal.decode(group.members["publicKey"]?["uncompressed"]?.string ?? ""))
            let jwk: JSONObject = [
                "kty": "EC", "crv": "P-256", "x": .string(Base64URL.encode(point[1..<33])),
                "y": .string(Base64URL.encode(point[33...])),
            ]
            let key = try VerificationKey(jwk: jwk)
            for test in group.cases {
                let isValid = key.isValid(signature: try test.bytes("sig"), for: try test.bytes("msg"))
                #expect(isValid == (test.result == "valid"), "\(test.number) \(test.comment)")
                accepted += isValid ? 1 : 0
            }
        }
        #expect(accepted > 100)
    }

    /// Certificates and what a TPM signs have their signatures in DER: those go through swift-certificates, in
    /// `AttestationChain` and `TPMStatement`.
    @Test(
        "of signatures in DER exactly the valid ones are taken, for P-256 and P-384 (RFC 3279 §2.2.3)",
        arguments: [
            ("ecdsa_secp256r1_sha256", Certificate.SignatureAlgorithm.ecdsaWithSHA256, 174),
            ("ecdsa_secp384r1_sha384", .ecdsaWithSHA384, 194),
        ])
    func ecdsaInDER(file: String, algorithm: Certificate.SignatureAlgorithm, valid: Int) throws {
        var accepted = 0
        for group in try WycheproofFile(file).groups {
            let text = try #require(group.members["publicKeyDer"]?.string)
            let key = try Certificate.PublicKey(derEncoded: try #require(Hexadecimal.decode(text)))
            for test in group.cases {
                let isValid = key.isValidSignature(
                    try test.bytes("sig"), for: try test.bytes("msg"), signatureAlgorithm: algorithm)
                #expect(isValid == (test.result == "valid"), "\(test.number) \(test.comment)")
                accepted += isValid ? 1 : 0
            }
        }
        #expect(accepted == valid)
    }

    @Test(
        "RS256 and PS256 take exactly the signatures that are valid (RFC 8017 §8.1.2 and §8.2.2)",
        arguments: [
            ("rsa_signature_2048_sha256", JWSAlgorithm.rs256), ("rsa_signature_3072_sha256", .rs256),
            ("rsa_pss_2048_sha256_mgf1_32", .ps256), ("rsa_pss_3072_sha256_mgf1_32", .ps256),
        ])
    func rsa(file: String, algorithm: JWSAlgorithm) throws {
        for group in try WycheproofFile(file).groups {
            let numbers = try #require(group.members["publicKey"])
            func text(_ name: String) throws -> JSONValue {
                let bytes = try #require(Hexadecimal.decode(numbers[name]?.string ?? ""))
                return .string(Base64URL.encode(bytes.drop { $0 == 0 }))
            }
            let jwk: JSONObject = ["kty": "RSA", "n": try text("modulus"), "e": try text("publicExponent")]
            let key = try VerificationKey(jwk: jwk, algorithm: algorithm)
            // `acceptable` is a DigestInfo without its NULL: an old fault of other signers, which need not be borne.
            for test in group.cases where test.result != "acceptable" {
                let isValid = key.isValid(signature: try test.bytes("sig"), for: try test.bytes("msg"))
                #expect(isValid == (test.result == "valid"), "\(test.number) \(test.comment)")
            }
        }
    }

    @Test("EdDSA takes exactly the signatures that are valid (RFC 8032 §5.1.7)")
    func edDSA() throws {
        var accepted = 0
        for group in try WycheproofFile("ed25519").groups {
            let point = try #require(Hexadecimal.decode(group.members["publicKey"]?["pk"]?.string ?? "-"))
            let key = try VerificationKey(jwk: ["kty": "OKP", "crv": "Ed25519", "x": .string(Base64URL.encode(point))])
            for test in group.cases {
                let isValid = key.isValid(signature: try test.bytes("sig"), for: try test.bytes("msg"))
                #expect(isValid == (test.result == "valid"), "\(test.number) \(test.comment)")
                accepted += isValid ? 1 : 0
            }
        }
        #expect(accepted > 50)
    }

    /// What is accepted of the edge cases of Ed25519 (C2SP CCTV) does not depend on a library's taste: keys with any
    /// component of small order are no keys here, so that a signature holds for one message alone, and of the nonce point
    /// R only canonical spellings of points that are not of small order pass.
    @Test("of the edge cases of Ed25519 none is accepted whose key is not in the main subgroup")
    func edgeCases() throws {
        let bytes = try #require(TestVectors.read("cctv/ed25519/ed25519vectors.json"))
        let wrapped = Array(#"{"cases":"#.utf8) + bytes + Array("}".utf8)
        let cases = try #require(try StrictJSON.parseObject(wrapped, maximumLength: 4_000_000)["cases"]?.array)
        #expect(cases.count == 914)
        var accepted: Set<Set<String>> = []
        for test in cases {
            let flags = Set(test["flags"]?.strings ?? [])
            let point = try #require(Hexadecimal.decode(test["key"]?.string ?? "-"))
            let signature = try #require(Hexadecimal.decode(test["sig"]?.string ?? "-"))
            guard let key = Ed25519PublicKey(point) else { continue }
            #expect(flags.isDisjoint(with: ["low_order_A", "low_order_component_A", "non_canonical_A"]))
            let message = Array((test["msg"]?.string ?? "").utf8)
            if key.isValid(signature: signature, for: message) { accepted.insert(flags) }
        }
        #expect(accepted == [[]])
    }

    @Test("HMAC-SHA256 makes the codes that are valid and none that is not")
    func hmac() throws {
        for group in try WycheproofFile("hmac_sha256").groups {
            let length = Int(try #require(group.members["tagSize"]?.integer)) / 8
            for test in group.cases {
                let code = Digest.authenticationCode(try test.bytes("msg"), key: try test.bytes("key"))
                let isEqual = constantTimeEqual(Array(code.prefix(length)), try test.bytes("tag"))
                #expect(isEqual == (test.result == "valid"), "\(test.number) \(test.comment)")
            }
        }
    }
}
