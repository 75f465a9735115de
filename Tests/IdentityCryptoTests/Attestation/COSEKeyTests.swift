import Crypto
import Foundation
import OpenIDMessages
import TestVectors
import Testing

@testable import IdentityCrypto

@Suite("RFC 9053 §7 and RFC 8230: COSE keys for ES256 and RS256 alone")
struct COSEKeyTests {
    static let key = P256.Signing.PrivateKey()

    private func changed(_ label: CBORValue, _ value: CBORValue?) -> [UInt8] {
        var entries = COSEKey.encoded(Self.key.publicKey).map!.entries.filter { $0.key != label }
        if let value { entries.append((label, value)) }
        return CBORValue.map(CBORMap(entries: entries)).encoded
    }

    @Test("a P-256 key is read")
    func good() throws {
        let read = try COSEKey.read(COSEKey.encoded(Self.key.publicKey).encoded)
        #expect(read == VerificationKey(Self.key.publicKey))
    }

    @Test("an RSA key is read for RS256, from 2048 bits")
    func rsa() throws {
        let key = try SigningKey.makeRS256().publicKey
        let number = { (name: String) in CBORValue.bytes(Base64URL.decode(key.jwk[name]?.string ?? "") ?? []) }
        var entries: [(CBORValue, CBORValue)] = [
            (.unsigned(1), .unsigned(3)), (.unsigned(3), .negative(256)), (.negative(0), number("n")),
            (.negative(1), number("e")),
        ]
        #expect(try COSEKey.read(.map(CBORMap(entries: entries))) == key)
        entries[2].1 = .bytes([UInt8](repeating: 0xff, count: 128))
        #expect(throws: COSEKey.Failure.malformed) { try COSEKey.read(.map(CBORMap(entries: entries))) }
    }

    @Test("RFC 8725 §3.4, H6: another type, curve, algorithm or a point off the curve is refused")
    func refused() {
        let cases: [(CBORValue, CBORValue?, COSEKey.Failure)] = [
            (.unsigned(1), .unsigned(3), .unsupported), (.unsigned(1), .unsigned(1), .unsupported),
            (.unsigned(1), nil, .malformed), (.unsigned(1), .text("EC2"), .malformed),
            (.unsigned(3), .negative(34), .unsupported), (.unsigned(3), .negative(256), .unsupported),
            (.unsigned(3), nil, .malformed), (.negative(0), .unsigned(2), .unsupported),
            (.negative(0), .unsigned(8), .unsupported), (.negative(0), nil, .unsupported),
            (.negative(1), .bytes([UInt8](repeating: 1, count: 32)), .malformed),
            (.negative(1), .bytes([UInt8](repeating: 1, count: 31)), .malformed),
            (.negative(2), .bool(true), .malformed), (.negative(2), nil, .malformed),
            (.negative(3), .bytes(Array(Self.key.rawRepresentation)), .malformed),
            (.unsigned(2), .bytes([1]), .malformed),
        ]
        for (label, value, failure) in cases {
            #expect(throws: failure) { try COSEKey.read(changed(label, value)) }
        }
        #expect(throws: COSEKey.Failure.notCBOR(.truncated)) { try COSEKey.read([]) }
        #expect(throws: COSEKey.Failure.malformed) { try COSEKey.read([0x00]) }
    }

    @Test("every truncation is refused, and no bit flip reads as the same key")
    func flips() throws {
        let bytes = COSEKey.encoded(Self.key.publicKey).encoded
        let key = VerificationKey(Self.key.publicKey)
        for length in bytes.indices {
            #expect(throws: COSEKey.Failure.self) { try COSEKey.read(Array(bytes[..<length])) }
        }
        for bit in 0..<bytes.count * 8 {
            var flipped = bytes
            flipped[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect((try? COSEKey.read(flipped)) != key)
        }
        var generator = SeededGenerator(seed: 7)
        for _ in 0..<5_000 {
            var changed = bytes
            for _ in 0..<Int.random(in: 1...6, using: &generator) {
                changed[Int.random(in: changed.indices, using: &generator)] = .random(in: 0...255, using: &generator)
            }
            if changed != bytes { #expect((try? COSEKey.read(changed)) != key) }
        }
    }
}

@Suite(
    "WebAuthn's test vectors: credential public keys",
    .enabled(if: TestVectors.directory != nil, "public test vectors are not here: set CITIZENID_VECTORS"))
struct COSEKeyVectorTests {
    @Test("each ES256 key is the public half of the private key of its vector; RS256 is read, other algorithms are not")
    func credentials() throws {
        var (es256, other) = (0, 0)
        for vector in try WebAuthnVector.all() {
            let object = try #require(try CBORReader.read(vector.bytes("attestationObject")).map)
            let data = try #require(object["authData"]?.bytes)
            if vector.title.contains("RS256") || vector.title.contains("ES256") {
                let credential = try #require(AuthenticatorData(data)?.credential, "\(vector.title)")
                guard vector.title.contains("ES256") else {
                    #expect(credential.key.algorithm == .rs256)
                    continue
                }
                let key = try P256.Signing.PrivateKey(rawRepresentation: vector.bytes("credential_private_key"))
                #expect(credential.key == VerificationKey(key.publicKey), "\(vector.title)")
                es256 += 1
            } else {
                #expect(AuthenticatorData(data) == nil, "\(vector.title)")
                other += 1
            }
        }
        #expect(es256 == 10 && other == 4)
    }
}

/// One registration of the W3C's test vectors.
struct WebAuthnVector {
    let title: String
    private let members: [String: String]

    func bytes(_ name: String) -> [UInt8] { hex(members[name] ?? "") }

    /// Those that are registrations; the first vector is a root certificate.
    static func all() throws -> [WebAuthnVector] {
        try entries().filter { $0.members["attestationObject"] != nil }
    }

    static func named(_ part: String) throws -> WebAuthnVector {
        try #require(try entries().first { $0.title.contains(part) })
    }

    private static func entries() throws -> [WebAuthnVector] {
        let file = try #require(TestVectors.read("w3c-webauthn/webauthn-test-vectors.json"))
        let object = try #require(try JSONSerialization.jsonObject(with: Data(file)) as? [String: Any])
        return try #require(object["vectors"] as? [[String: Any]]).compactMap { vector in
            guard let title = vector["title"] as? String else { return nil }
            let members = (vector["registration"] ?? vector["data"]) as? [String: String]
            return members.map { WebAuthnVector(title: title, members: $0) }
        }
    }
}
