import Crypto
import OpenIDMessages
import Testing

@testable import IdentityCrypto

@Suite("A signature holds for exactly one text")
struct SignatureTests {
    /// The order of P-256 (SEC 2 §2.4.2).
    static let order = Hexadecimal.decode("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551")!

    private func isAccepted(_ text: String, _ key: SigningKey = TestKeys.es256) -> Bool {
        (try? CompactJWS(parsing: text).verified(by: key.publicKey, type: "t")) != nil
    }

    @Test("each flip of one bit of a token is refused, and each way to cut it short")
    func flipsAndCuts() throws {
        let token = try TestKeys.es256.sign(type: "t", payload: ["a": 1], header: ["x5c": []])
        #expect(isAccepted(token))
        let bytes = Array(token.utf8)
        for index in bytes.indices {
            for bit in 0..<8 {
                var flipped = bytes
                flipped[index] ^= 1 << bit
                // A text that is not UTF-8 is no text and cannot arrive.
                guard let text = String(validating: flipped, as: UTF8.self) else { continue }
                #expect(!isAccepted(text), "bit \(bit) of byte \(index)")
            }
            #expect(!isAccepted(String(decoding: bytes[..<index], as: UTF8.self)))
            #expect(!isAccepted(String(decoding: bytes[(index + 1)...], as: UTF8.self)))
        }
    }

    @Test("every algorithm signs what it verifies, and no key takes another's", arguments: TestKeys.all)
    func algorithms(key: SigningKey) throws {
        for other in TestKeys.all {
            let token = try key.sign(type: "t", payload: ["a": 1])
            #expect(isAccepted(token, other) == (key.thumbprint == other.thumbprint))
            #expect(try CompactJWS(parsing: token).header.names == ["alg", "typ", "kid"])
            #expect(try CompactJWS(parsing: token).keyIdentifier == key.thumbprint.rawValue)
        }
    }

    @Test("an ECDSA signature in DER is refused (RFC 7518 §3.4 wants r ‖ s)")
    func der() throws {
        let key = P256.Signing.PrivateKey()
        let signature = try key.signature(for: [1])
        let verifier = VerificationKey(key.publicKey)
        #expect(verifier.isValid(signature: Array(signature.rawRepresentation), for: [1]))
        #expect(!verifier.isValid(signature: Array(signature.derRepresentation), for: [1]))
    }

    @Test("r and s outside 1 to n − 1 are refused, and every length but 64")
    func ranges() throws {
        let key = P256.Signing.PrivateKey()
        let verifier = VerificationKey(key.publicKey)
        let good = Array(try key.signature(for: [1]).rawRepresentation)
        let (r, s) = (Array(good[..<32]), Array(good[32...]))
        let zero = [UInt8](repeating: 0, count: 32)
        let ones = [UInt8](repeating: 255, count: 32)
        for edge in [zero, Self.order, ones] {
            #expect(!verifier.isValid(signature: edge + s, for: [1]))
            #expect(!verifier.isValid(signature: r + edge, for: [1]))
            for other in [zero, Self.order, ones] { #expect(!verifier.isValid(signature: edge + other, for: [1])) }
        }
        for wrong in [[], r, good.dropLast(), good + [0], [0] + good, [0] + r + [0] + s, s + r] as [[UInt8]] {
            #expect(!verifier.isValid(signature: wrong, for: [1]))
        }
    }

    /// ECDSA is malleable by design: whoever sees (r, s) can write (r, n − s), and both hold for the same text. This is no
    /// forgery, and nothing here tells signatures apart by their bytes: what may happen once is decided by `jti`, nonce,
    /// counter or the login's state, never by the bytes of a token.
    @Test("(r, n − s) holds as well: no check may rely on a signature's bytes")
    func malleability() throws {
        let key = P256.Signing.PrivateKey()
        let good = Array(try key.signature(for: [1]).rawRepresentation)
        var mirrored = [UInt8](repeating: 0, count: 32)
        var borrow = 0
        for index in (0..<32).reversed() {
            let difference = Int(Self.order[index]) - Int(good[32 + index]) - borrow
            borrow = difference < 0 ? 1 : 0
            mirrored[index] = UInt8(truncatingIfNeeded: difference)
        }
        let verifier = VerificationKey(key.publicKey)
        #expect(verifier.isValid(signature: Array(good[..<32]) + mirrored, for: [1]))
        #expect(!verifier.isValid(signature: Array(good[..<32]) + mirrored, for: [2]))
    }

    @Test("a private key survives its DER and does not describe itself", arguments: TestKeys.all)
    func derRepresentation(key: SigningKey) throws {
        let read = try SigningKey(key.algorithm, derRepresentation: key.derRepresentation)
        #expect(read.publicKey == key.publicKey)
        #expect("\(key)" == "(private key \(key.thumbprint))")
        #expect(!key.publicKey.jwk.names.contains("d"))
        for wrong in [[], [0x30, 0], Array(key.derRepresentation.dropLast())] as [[UInt8]] {
            #expect(throws: PrivateKeyError()) { try SigningKey(key.algorithm, derRepresentation: wrong) }
        }
        let isRSA = [.rs256, .ps256].contains(key.algorithm)
        for other in JWSAlgorithm.allCases where other != key.algorithm && !(isRSA && [.rs256, .ps256].contains(other))
        {
            #expect(throws: PrivateKeyError()) { try SigningKey(other, derRepresentation: key.derRepresentation) }
        }
        #expect(throws: PrivateKeyError()) { try SigningKey(es256PEM: "nothing") }
    }
}
