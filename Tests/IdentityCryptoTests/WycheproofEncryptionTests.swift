import Crypto
import CryptoExtras
import Foundation
import OpenIDMessages
import TestVectors
import Testing

@testable import IdentityCrypto

@Suite(
    "Encryption against Wycheproof",
    .enabled(if: TestVectors.directory != nil, "public test vectors are not here: set CITIZENID_VECTORS"))
struct WycheproofEncryptionTests {
    private func member(_ jwk: JSONObject, _ name: String) throws -> [UInt8] {
        try #require(jwk[name]?.string.flatMap { Base64URL.decode($0) })
    }

    /// The private key of a JWK; nil for kinds that do not exist here.
    private func key(_ jwk: JSONObject) throws -> DecryptionKey? {
        switch (jwk["kty"]?.string, jwk["crv"]?.string) {
        case ("EC", "P-256"):
            return DecryptionKey(try P256.KeyAgreement.PrivateKey(rawRepresentation: member(jwk, "d")))
        case ("RSA", _):
            return try DecryptionKey(
                _RSA.Encryption.PrivateKey(
                    n: member(jwk, "n"), e: member(jwk, "e"), d: member(jwk, "d"), p: member(jwk, "p"),
                    q: member(jwk, "q")))
        default: return nil
        }
    }

    @Test("of the JSON Web Encryptions exactly the two of the algorithms here are opened, and nothing invalid")
    func tokens() throws {
        var opened: [Int64] = []
        for group in try WycheproofFile("json_web_encryption").groups {
            let jwk = try #require(group.members["private"]?.object)
            let key = try key(jwk)
            for test in group.cases {
                guard let text = test.members["jwe"]?.string else { continue }
                guard let content = try? CompactJWE(parsing: text).decrypt(with: key ?? TestRecipients.p256) else {
                    continue
                }
                #expect(test.result == "valid", "\(test.number) \(test.comment)")
                #expect(content == (try test.bytes("pt")))
                opened.append(test.number)
            }
        }
        // 66 is ECDH-ES+A256KW with P-256, 90 is RSA-OAEP-256; both with A256GCM.
        #expect(opened == [66, 90])
    }

    @Test("P-256 agrees on exactly the secrets that are valid, and no point off the curve is a key")
    func p256() throws {
        for group in try WycheproofFile("ecdh_secp256r1_ecpoint").groups {
            // `acceptable` is a compressed point, which a JWK cannot hold.
            for test in group.cases where test.result != "acceptable" {
                let point = try test.bytes("public")
                let isUncompressed = point.count == 65 && point[0] == 4
                let jwk: JSONObject = [
                    "kty": "EC", "crv": "P-256", "x": .string(Base64URL.encode(point.dropFirst().prefix(32))),
                    "y": .string(Base64URL.encode(point.dropFirst(33))),
                ]
                var secret: [UInt8]?
                if isUncompressed, case .p256(let other)? = try? EncryptionKey(jwk: jwk).material {
                    let scalar = try test.bytes("private").drop { $0 == 0 }
                    let padded = [UInt8](repeating: 0, count: 32 - scalar.count) + scalar
                    let own = try P256.KeyAgreement.PrivateKey(rawRepresentation: padded)
                    secret = bytes(of: try own.sharedSecretFromKeyAgreement(with: other))
                }
                let expected = test.result == "valid" ? try test.bytes("shared") : nil
                #expect(secret == expected, "\(test.number) \(test.comment)")
            }
        }
    }

    @Test("X25519 agrees on the secrets that are right; points that give a secret of zeros are no keys")
    func x25519() throws {
        var refused = 0
        for group in try WycheproofFile("x25519_jwk").groups {
            for test in group.cases {
                guard let other = test.members["public"]?.object.flatMap({ try? EncryptionKey(jwk: $0) }),
                    case .x25519(let point) = other.material,
                    let own = test.members["private"]?.object, own["crv"] == "X25519"
                else {
                    refused += 1
                    let isZero = test.members["shared"]?.string?.allSatisfy { $0 == "0" } ?? true
                    #expect(test.result == "invalid" || isZero, "\(test.number) \(test.comment)")
                    continue
                }
                let scalar = try Curve25519.KeyAgreement.PrivateKey(rawRepresentation: member(own, "d"))
                let secret = bytes(of: try scalar.sharedSecretFromKeyAgreement(with: point))
                #expect(secret == (try test.bytes("shared")), "\(test.number) \(test.comment)")
                #expect(test.result != "invalid", "\(test.number) \(test.comment)")
            }
        }
        #expect(refused > 20)
    }

    @Test("AES key wrap with 256 bits opens exactly what is valid (RFC 3394)")
    func keyWrap() throws {
        for group in try WycheproofFile("aes_wrap").groups where group.members["keySize"] == 256 {
            for test in group.cases where test.result != "acceptable" {
                let key = try? AES.KeyWrap.unwrap(test.bytes("ct"), using: SymmetricKey(data: test.bytes("key")))
                let expected = test.result == "valid" ? try test.bytes("msg") : nil
                #expect(key.map { bytes(of: $0) } == expected, "\(test.number) \(test.comment)")
            }
        }
    }

    @Test("RSA-OAEP-256 opens exactly what is valid (RFC 8017 §7.1.2)")
    func oaep() throws {
        for group in try WycheproofFile("rsa_oaep_2048_sha256_mgf1sha256").groups {
            let pem = try #require(group.members["privateKeyPem"]?.string)
            let key = try _RSA.Encryption.PrivateKey(pemRepresentation: pem)
            // A token's OAEP has no label (RFC 7518 §4.3).
            for test in group.cases where test.members["label"]?.string ?? "" == "" {
                let message = try? key.decrypt(test.bytes("ct"), padding: .PKCS1_OAEP_SHA256)
                let expected = test.result == "valid" ? try test.bytes("msg") : nil
                #expect(message.map { Array($0) } == expected, "\(test.number) \(test.comment)")
            }
        }
    }

    @Test("AES-256-GCM with a nonce of 96 bits opens exactly what is valid")
    func gcm() throws {
        for group in try WycheproofFile("aes_gcm").groups
        where group.members["keySize"] == 256 && group.members["ivSize"] == 96 {
            for test in group.cases {
                let box = try AES.GCM.SealedBox(
                    nonce: AES.GCM.Nonce(data: test.bytes("iv")), ciphertext: test.bytes("ct"), tag: test.bytes("tag"))
                let message = try? AES.GCM.open(
                    box, using: SymmetricKey(data: test.bytes("key")), authenticating: test.bytes("aad"))
                let expected = test.result == "valid" ? try test.bytes("msg") : nil
                #expect(message.map { Array($0) } == expected, "\(test.number) \(test.comment)")
            }
        }
    }
}
