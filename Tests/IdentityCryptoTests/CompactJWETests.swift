import OpenIDMessages
import Testing

@testable import IdentityCrypto

/// Keys that the suites about encryption share.
enum TestRecipients {
    static let p256 = try! DecryptionKey.make(.p256)
    static let x25519 = try! DecryptionKey.make(.x25519)
    static let rsa = try! DecryptionKey.make(.rsa)
    /// One key of each kind.
    static let all = [p256, x25519, rsa]
}

@Suite("RFC 7516, a compact JWE is read in one way only, and opened by its recipient alone")
struct CompactJWETests {
    static let content = Array("a nested token".utf8)

    private func parts(_ token: String) -> [String] {
        token.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    }

    private func error(_ token: String, _ key: DecryptionKey) -> JWEError? {
        do throws(JWEError) {
            _ = try CompactJWE(parsing: token).decrypt(with: key)
            return nil
        } catch { return error }
    }

    /// The token with another header, which its tag does not cover.
    private func changed(_ token: String, _ change: (inout JSONObject) -> Void) throws -> String {
        var parts = parts(token)
        var header = try CompactJWE(parsing: token).header.members
        change(&header)
        parts[0] = Base64URL.encode(header.serialized)
        return parts.joined(separator: ".")
    }

    @Test(
        "content comes back as it was, of every length, and the header says what it must", arguments: TestRecipients.all
    )
    func roundTrip(key: DecryptionKey) throws {
        for content in [[], [0], Self.content, [UInt8](repeating: 0xFF, count: 16_384)] as [[UInt8]] {
            let token = try CompactJWE(parsing: CompactJWE.encrypt(content, to: key.publicKey))
            #expect(try token.decrypt(with: key) == content)
            #expect(token.header.keyIdentifier == nil && token.header.contentType == nil)
        }
        let text = try CompactJWE.encrypt(
            Self.content, to: key.publicKey, contentType: "JWT", keyIdentifier: "key-1")
        let header = try CompactJWE(parsing: text).header
        #expect(header.contentType == "JWT" && header.keyIdentifier == "key-1")
        #expect(header.algorithm == key.publicKey.algorithm && header.contentEncryption == .a256GCM)
        let names = ["alg", "enc", "kid", "cty"]
        #expect(header.members.names == (key.publicKey.algorithm == .ecdhESA256KW ? names + ["epk"] : names))
        // Nothing of a token is ever used twice.
        let again = try CompactJWE.encrypt(Self.content, to: key.publicKey, contentType: "JWT", keyIdentifier: "key-1")
        #expect(zip(parts(text), parts(again)).dropFirst().allSatisfy { $0 != $1 })
    }

    @Test("only the recipient opens a token", arguments: TestRecipients.all, DecryptionKey.Kind.allCases)
    func others(key: DecryptionKey, kind: DecryptionKey.Kind) throws {
        let stranger = try DecryptionKey.make(kind)
        let fits = stranger.publicKey.algorithm == key.publicKey.algorithm
        #expect(
            error(try CompactJWE.encrypt(Self.content, to: key.publicKey), stranger)
                == (fits ? .cannotDecrypt : .wrongAlgorithm))
    }

    @Test(
        "each flip of one bit of a token is refused, and each way to cut it short",
        arguments: [TestRecipients.p256, TestRecipients.x25519])
    func flipsAndCuts(key: DecryptionKey) throws {
        let token = try CompactJWE.encrypt(Self.content, to: key.publicKey)
        let bytes = Array(token.utf8)
        for index in bytes.indices {
            var flipped = bytes
            flipped[index] ^= 1 << (index % 7)
            #expect(error(String(decoding: flipped, as: UTF8.self), key) != nil, "byte \(index)")
            #expect(error(String(decoding: bytes[..<index], as: UTF8.self), key) != nil)
        }
    }

    @Test("damage to any part gives one and the same error (RFC 7516 §11.5)", arguments: TestRecipients.all)
    func damage(key: DecryptionKey) throws {
        let token = try CompactJWE.encrypt(Self.content, to: key.publicKey)
        for index in 1..<5 {
            var parts = parts(token)
            var bytes = try #require(Base64URL.decode(parts[index]))
            bytes[bytes.count - 1] ^= 1
            parts[index] = Base64URL.encode(bytes)
            #expect(error(parts.joined(separator: "."), key) == .cannotDecrypt, "part \(index)")
        }
        var short = parts(token)
        for encryptedKey in [[], [0], [UInt8](repeating: 0, count: 40), [UInt8](repeating: 0xFF, count: 384)]
            as [[UInt8]]
        {
            short[1] = Base64URL.encode(encryptedKey)
            #expect(error(short.joined(separator: "."), key) == .cannotDecrypt)
        }
        #expect(error(try changed(token) { $0["typ"] = "JWT" }, key) == .cannotDecrypt)
    }

    @Test("a nonce or a tag of another length is malformed")
    func lengths() throws {
        let token = try CompactJWE.encrypt(Self.content, to: TestRecipients.p256.publicKey)
        for (index, count) in [(2, 0), (2, 8), (2, 11), (2, 13), (2, 16), (4, 0), (4, 4), (4, 12), (4, 15), (4, 17)] {
            var parts = parts(token)
            let bytes = try #require(Base64URL.decode(parts[index])) + [UInt8](repeating: 0, count: 8)
            parts[index] = Base64URL.encode(bytes.prefix(count))
            #expect(error(parts.joined(separator: "."), TestRecipients.p256) == .malformed)
        }
    }

    @Test(
        "any other spelling is malformed",
        arguments: [
            "", ".", "....", "a.b.c", "{}", " TOKEN", "TOKEN ", "TOKEN\n", "TOKEN.", ".TOKEN", "TOKEN=", "TOKEN.AAAA",
            #"{"a":"TOKEN"}"#, "TOKEN/", "TOKENé",
        ])
    func malformed(pattern: String) throws {
        let token = try CompactJWE.encrypt(Self.content, to: TestRecipients.p256.publicKey)
        #expect(error(pattern.replacing("TOKEN", with: token), TestRecipients.p256) == .malformed)
        // A tag has 16 bytes: the last of its 22 characters has four spare bits.
        let spare = ["A": "B", "Q": "R", "g": "h", "w": "x"][token.suffix(1)] ?? "-"
        #expect(error(token.dropLast() + spare, TestRecipients.p256) == .malformed)
    }

    @Test("a token beyond 32 KiB is not read")
    func length() throws {
        let long = try CompactJWE.encrypt([UInt8](repeating: 0, count: 24_600), to: TestRecipients.p256.publicKey)
        #expect(error(long, TestRecipients.p256) == .malformed)
    }

    static let headers: [(String, JSONValue?, JWEError)] = [
        ("alg", nil, .malformed), ("alg", 1, .malformed), ("alg", "none", .notSupported), ("alg", "dir", .notSupported),
        ("alg", "RSA1_5", .notSupported), ("alg", "RSA-OAEP", .notSupported), ("alg", "ECDH-ES", .notSupported),
        ("alg", "ECDH-ES+A128KW", .notSupported), ("alg", "A256KW", .notSupported),
        ("alg", "PBES2-HS256+A128KW", .notSupported), ("alg", "ecdh-es+a256kw", .notSupported),
        ("alg", "RSA-OAEP-256", .wrongAlgorithm), ("enc", nil, .malformed), ("enc", ["A256GCM"], .malformed),
        ("enc", "A128GCM", .notSupported), ("enc", "A128CBC-HS256", .notSupported), ("enc", "none", .notSupported),
        ("zip", "DEF", .notSupported), ("zip", .null, .notSupported), ("crit", ["exp"], .notSupported),
        ("crit", [], .notSupported), ("kid", 1, .malformed), ("cty", .null, .malformed), ("apu", 1, .malformed),
        ("apv", "A===", .malformed), ("apu", "QQ", .cannotDecrypt), ("epk", nil, .cannotDecrypt),
        ("epk", "x", .cannotDecrypt), ("epk", .object([:]), .cannotDecrypt),
        ("epk", .object(TestRecipients.x25519.publicKey.jwk), .cannotDecrypt),
        ("epk", .object(TestRecipients.p256.publicKey.jwk), .cannotDecrypt),
        ("epk", .object(TestKeys.edDSA.publicKey.jwk), .cannotDecrypt),
    ]

    @Test("a header is refused for what it says", arguments: headers.indices)
    func refusedHeader(index: Int) throws {
        let (name, value, expected) = Self.headers[index]
        let token = try CompactJWE.encrypt(Self.content, to: TestRecipients.p256.publicKey)
        #expect(error(try changed(token) { $0[name] = value }, TestRecipients.p256) == expected, "\(name)")
    }

    @Test("an ephemeral key that is not on its curve or has private members is refused (RFC 8725 §3.4)")
    func invalidCurve() throws {
        let token = try CompactJWE.encrypt(Self.content, to: TestRecipients.p256.publicKey)
        let one = JSONValue.string(Base64URL.encode([UInt8](repeating: 1, count: 32)))
        for (name, value) in [("y", one), ("x", one), ("crv", "P-384"), ("d", one), ("kty", "OKP")]
            as [(String, JSONValue)]
        {
            let changed = try changed(token) { header in
                guard var key = header["epk"]?.object else { return }
                key[name] = value
                header["epk"] = .object(key)
            }
            #expect(throws: JWEError.cannotDecrypt) { try CompactJWE(parsing: changed) }
        }
    }

    @Test("RFC 7518 appendix C, the key derivation")
    func keyDerivation() throws {
        let secret = try #require(
            Hexadecimal.decode("9e56d91d817135d372834283bf84269cfb316ea3da806a48f6daa7798cfe90c4"))
        let key = ConcatKDF.key(
            from: secret, algorithm: "A128GCM", partyU: Array("Alice".utf8), partyV: Array("Bob".utf8), length: 16)
        #expect(Base64URL.encode(bytes(of: key)) == "VqqN6vgjbSBcIijNcacQGg")
    }
}

@Suite("Keys for encryption")
struct EncryptionKeyTests {
    private static func jwk(_ key: DecryptionKey, _ changes: [String: JSONValue?]) -> JSONObject {
        changes.reduce(into: key.publicKey.jwk) { $0[$1.key] = $1.value }
    }

    static let nearMisses: [(JSONObject, JSONWebKeyError)] = [
        (jwk(TestRecipients.p256, ["kty": nil]), .unsupportedKeyType),
        (jwk(TestRecipients.p256, ["crv": "P-521"]), .unsupportedKeyType),
        (jwk(TestRecipients.x25519, ["crv": "Ed25519"]), .unsupportedKeyType),
        (["kty": "oct", "alg": "A256KW"], .unsupportedKeyType), (["kty": "oct", "k": "AAAA"], .containsPrivateKey),
        (jwk(TestRecipients.p256, ["d": "AAAA"]), .containsPrivateKey),
        (jwk(TestRecipients.x25519, ["d": "AAAA"]), .containsPrivateKey),
        (jwk(TestRecipients.rsa, ["qi": "AAAA"]), .containsPrivateKey),
        (jwk(TestRecipients.p256, ["use": "sig"]), .notForEncryption),
        (jwk(TestRecipients.p256, ["use": .null]), .notForEncryption),
        (jwk(TestRecipients.p256, ["alg": "ES256"]), .notForEncryption),
        (jwk(TestRecipients.p256, ["alg": "RSA-OAEP-256"]), .notForEncryption),
        (jwk(TestRecipients.rsa, ["alg": "RSA1_5"]), .notForEncryption),
        (jwk(TestRecipients.rsa, ["alg": "RSA-OAEP"]), .notForEncryption),
        (jwk(TestRecipients.rsa, ["alg": "RS256"]), .notForEncryption),
        (jwk(TestRecipients.rsa, ["key_ops": ["verify"]]), .notForEncryption),
        (jwk(TestRecipients.x25519, ["key_ops": "deriveKey"]), .notForEncryption),
        (jwk(TestRecipients.rsa, ["n": "AQAB"]), .tooWeak),
        (jwk(TestRecipients.x25519, ["x": "AAAA"]), .malformed),
        (jwk(TestRecipients.x25519, ["x": .string(Base64URL.encode([UInt8](repeating: 0, count: 32)))]), .malformed),
        (jwk(TestRecipients.p256, ["y": "AAAA"]), .malformed),
    ]

    @Test("a near miss is refused with its reason", arguments: nearMisses.indices)
    func refused(index: Int) {
        let (jwk, error) = Self.nearMisses[index]
        #expect(throws: error) { try EncryptionKey(jwk: jwk) }
    }

    @Test(
        "a public key is read from its JWK, a private one from its DER; neither describes itself",
        arguments: TestRecipients.all)
    func accepted(key: DecryptionKey) throws {
        #expect(try EncryptionKey(jwk: key.publicKey.jwk) == key.publicKey)
        let listed = key.publicKey.listedJWK(identifier: "k")
        #expect(listed["use"] == "enc" && listed["kid"] == "k")
        #expect(try EncryptionKey(jwk: listed).thumbprint == key.publicKey.thumbprint)
        #expect(throws: (any Error).self) { try VerificationKey(jwk: listed) }
        #expect("\(key)" == "(private key \(key.publicKey.thumbprint))")
        var kinds = 0
        for kind in DecryptionKey.Kind.allCases {
            guard let read = try? DecryptionKey(kind, derRepresentation: key.derRepresentation) else { continue }
            #expect(read.publicKey == key.publicKey)
            kinds += 1
        }
        #expect(kinds == 1)
    }

    @Test("a key for signatures is none for encryption, and the other way about")
    func separation() {
        for key in TestKeys.all {
            #expect(throws: (any Error).self) { try EncryptionKey(jwk: key.publicKey.listedJWK(identifier: "k")) }
        }
    }
}
