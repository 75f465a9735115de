import Crypto
import Foundation
import OpenIDMessages
import TestVectors
import Testing

@testable import IdentityCrypto

/// The examples of the COSE working group: keys of many kinds, and messages whose bytes are good CBOR.
@Suite(
    "RFC 9052: keys and messages of the COSE working group's examples",
    .enabled(if: TestVectors.directory != nil, "public test vectors are not here: set CITIZENID_VECTORS"))
struct COSEExampleTests {
    private struct Example {
        let name: String
        /// As a COSE_Key for the algorithm that it signs with.
        let key: CBORValue
        let isES256OnP256: Bool
        let privateScalar: [UInt8]
        let message: [UInt8]
    }

    private static func examples() throws -> [Example] {
        try ["ecdsa-examples", "eddsa-examples", "sign1-tests"].flatMap { folder in
            try TestVectors.files(in: "cose-wg-examples/" + folder, suffix: ".json").map { file in
                let name = folder + "/" + file
                let bytes = try #require(TestVectors.read("cose-wg-examples/" + name))
                let object = try #require(try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any])
                let input = try #require(object["input"] as? [String: Any])
                let sign = try #require((input["sign0"] ?? input["sign"]) as? [String: Any])
                let signer = (sign["signers"] as? [[String: Any]])?.first ?? sign
                let protected = signer["protected"] as? [String: Any]
                let algorithm = try #require((signer["alg"] ?? protected?["alg"]) as? String)
                let output = try #require(object["output"] as? [String: Any])
                return try example(
                    name, try #require(signer["key"] as? [String: String]), algorithm,
                    message: hex(try #require(output["cbor"] as? String).lowercased()))
            }
        }
    }

    private static func example(
        _ name: String, _ key: [String: String], _ algorithm: String, message: [UInt8]
    ) throws -> Example {
        func number(_ name: String) -> [UInt8] {
            key[name + "_hex"].map { hex($0.lowercased()) } ?? key[name].flatMap { Base64URL.decode($0) } ?? []
        }
        // RFC 9053 §2 and §7: the numbers of algorithms, kinds of key and curves.
        let algorithms: [String: UInt64] = ["ES256": 6, "EdDSA": 7, "ES384": 34, "ES512": 35]
        let curves: [String: UInt64] = ["P-256": 1, "P-384": 2, "P-521": 3, "Ed25519": 6, "Ed448": 7]
        var entries: [(CBORValue, CBORValue)] = [
            (.unsigned(1), .unsigned(key["kty"] == "EC" ? 2 : 1)),
            (.unsigned(3), .negative(try #require(algorithms[algorithm]))),
            (.negative(0), .unsigned(try #require(curves[key["crv"] ?? ""]))), (.negative(1), .bytes(number("x"))),
        ]
        if key["kty"] == "EC" { entries.append((.negative(2), .bytes(number("y")))) }
        return Example(
            name: name, key: .map(CBORMap(entries: entries)),
            isES256OnP256: key["crv"] == "P-256" && algorithm == "ES256", privateScalar: number("d"), message: message)
    }

    @Test("a key is read exactly when it is on P-256 for ES256, and is the public half of the example's private key")
    func keys() throws {
        var (read, refused) = (0, 0)
        for example in try Self.examples() {
            guard example.isES256OnP256 else {
                #expect(throws: COSEKey.Failure.unsupported, "\(example.name)") {
                    try COSEKey.read(example.key.encoded)
                }
                refused += 1
                continue
            }
            let key = try P256.Signing.PrivateKey(rawRepresentation: example.privateScalar)
            #expect(try COSEKey.read(example.key.encoded) == VerificationKey(key.publicKey), "\(example.name)")
            read += 1
        }
        #expect(read == 11 && refused == 10)
    }

    /// WebAuthn uses no tags, so that the reader has none; what stands below the tag is CBOR like any other.
    @Test("a message is refused for its tag, and what is below the tag reads as itself")
    func messages() throws {
        var untagged = 0
        for example in try Self.examples() {
            var message = example.message
            if message[0] >> 5 == 6 {
                #expect(throws: CBORError.unsupported, "\(example.name)") { try CBORReader.read(message) }
                let argument = message[0] & 0x1f
                message.removeFirst(argument < 24 ? 1 : 1 + 1 << Int(argument - 24))
            } else {
                untagged += 1
            }
            let value = try CBORReader.read(message)
            #expect(value.encoded == message, "\(example.name)")
            #expect(throws: CBORError.self) { try CBORReader.read(message.dropLast()) }
            #expect(throws: CBORError.trailingBytes) { try CBORReader.read(message + [0]) }
        }
        #expect(untagged == 1)
    }
}
