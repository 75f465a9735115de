import Crypto
import OpenIDMessages
import Testing

@testable import IdentityCrypto

@Suite("E1 to E7, secrets are random, compared in constant time and never described")
struct SecretsTests {
    @Test("a one-time secret does not describe itself")
    func descriptions() {
        let secret = OneTimeSecret()
        #expect(Base64URL.decode(secret.text)?.count == 32)
        #expect("\(secret)" == "(secret)")
        #expect(!String(describing: [secret]).contains(secret.text))
        #expect(!"\(TestKeys.es256)".contains(Base64URL.encode(TestKeys.es256.derRepresentation)))
        #expect(secret.digest == SecretDigest(of: secret.text))
        #expect(secret.digest != SecretDigest(of: secret.text + " "))
        #expect("\(CodeVerifier.random())" == "(code verifier)")
    }

    @Test("a secret below 112 bits is not made")
    func length() async {
        #expect(Base64URL.decode(OneTimeSecret(bytes: 14).text)?.count == 14)
        await #expect(processExitsWith: .failure) { _ = OneTimeSecret(bytes: 13) }
    }

    @Test("a random text is never taken for an option of a command")
    func noHyphenAtFirst() {
        let texts = (0..<1_000).map { _ in RandomBytes.text(16) }
        #expect(Set(texts).count == 1_000)
        #expect(texts.allSatisfy { Base64URL.decode($0)?.count == 16 && !$0.hasPrefix("-") })
    }

    @Test("a name in order of time sorts by the millisecond of its making, and is random behind it")
    func inOrderOfTime() {
        // Where one of the first characters gives way to the next, as far as 42 bits reach.
        let times: [Int64] = [1, 63, 64, 4_095, 4_096, 1_795_000_000_000, 1_795_000_000_001, 1 << 41, (1 << 42) - 1]
        let names = times.map { TransactionIdentifier.inOrder(milliseconds: $0).rawValue }
        for (earlier, later) in zip(names, names.dropFirst()) {
            #expect(earlier.utf8.lexicographicallyPrecedes(later.utf8))
        }
        #expect(Set((0..<1_000).map { _ in TransactionIdentifier.inOrder(milliseconds: 1) }).count == 1_000)
        let now = (0..<1_000).map { _ in SessionIdentifier.inOrderOfTime().rawValue }
        #expect(now.allSatisfy { $0.utf8.count == 22 && !$0.hasPrefix("-") })
        // Whole random characters: each of the 64 comes at each of the 15 places.
        for place in 7..<22 { #expect(Set(now.map { Array($0.utf8)[place] }).count == 64) }
    }

    @Test("a stored digest has 32 bytes", arguments: [0, 31, 32, 33])
    func digests(count: Int) {
        let bytes = [UInt8](repeating: 1, count: count)
        #expect(SecretDigest(bytes: bytes)?.bytes == (count == 32 ? bytes : nil))
    }

    @Test("HMAC-SHA256 is the library's, for keys and messages around the length of a block (RFC 2104 §2)")
    func authenticationCodes() {
        for key in [0, 1, 32, 63, 64, 65, 131] {
            for message in [0, 1, 55, 56, 63, 64, 65, 200] {
                let (key, message) = (RandomBytes.make(key), RandomBytes.make(message))
                let expected = HMAC<SHA256>.authenticationCode(for: message, using: SymmetricKey(data: key))
                #expect(Digest.authenticationCode(message, key: key) == Array(expected))
            }
        }
    }

    @Test("constant-time comparison says what == says")
    func comparison() {
        let good = RandomBytes.make(32)
        #expect(constantTimeEqual(good, good))
        #expect(constantTimeEqual([], []))
        #expect(!constantTimeEqual(good, []))
        #expect(!constantTimeEqual(good, good + [0]))
        #expect(!constantTimeEqual(good, Array(good.dropLast())))
        for index in good.indices {
            var other = good
            other[index] ^= 1
            #expect(!constantTimeEqual(good, other))
        }
    }

    @Test("random bytes have their length and do not repeat")
    func bytes() {
        for count in [0, 1, 16, 1000] { #expect(RandomBytes.make(count).count == count) }
        #expect(Set((0..<1000).map { _ in RandomBytes.text(16) }).count == 1000)
    }

    @Test("each digit comes about as often as any other")
    func digits() {
        #expect(RandomBytes.digits(0).isEmpty)
        let text = RandomBytes.digits(100_000)
        #expect(text.utf8.count == 100_000)
        let counts = Dictionary(grouping: text, by: \.self).mapValues(\.count)
        #expect(Set(counts.keys) == Set("0123456789"))
        // Each count has a standard deviation of 95: eight of them happen by chance less often than once in 10^14 runs.
        #expect(counts.values.allSatisfy { (9_240...10_760).contains($0) })
    }

    @Test("RFC 7636 Appendix B, the example of PKCE")
    func challenge() throws {
        let verifier = try #require(CodeVerifier(rawValue: "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"))
        #expect(verifier.challenge.rawValue == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM")
        #expect(CodeVerifier.random() != CodeVerifier.random())
    }
}

@Suite("PEM and standard base64 have one spelling (RFC 4648 §4, RFC 7468)")
struct StandardBase64Tests {
    @Test(
        "the examples of RFC 4648 §10",
        arguments: [
            ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"), ("\u{3FF}?>", "z78/Pg=="),
        ])
    func examples(text: String, base64: String) {
        #expect(StandardBase64.encode(Array(text.utf8)) == base64)
        #expect(StandardBase64.decode(base64) == Array(text.utf8))
    }

    @Test(
        "other spellings are refused",
        arguments: [
            "Zg", "Zg=", "Zg===", "Zh==", "Zm9=", "Zm8", "=Zm8", "Z=m8", "====", "Zm9v====", "Zg==Zg==", " Zm9",
            "Zm9v\n",
            "-_-_", "z78_Pg==", "Zm9vé", "Zm9v\u{0}AAA", "A===",
        ])
    func refused(text: String) {
        #expect(StandardBase64.decode(text) == nil)
    }

    private static func pem(_ body: String, label: String = "CERTIFICATE") -> String {
        "-----BEGIN \(label)-----\n\(body)\n-----END \(label)-----\n"
    }

    @Test("blocks are found by their label, with any text around them")
    func blocks() {
        let two = "A certificate:\r\n" + Self.pem("Zm9v\n  YmFy ") + "\n# next\n" + Self.pem("Zg==")
        #expect(StandardBase64.pemBlocks("CERTIFICATE", in: two) == [Array("foobar".utf8), Array("f".utf8)])
        #expect(StandardBase64.pemBlocks("CERTIFICATE", in: two.replacing("\n", with: "\r\n")) != nil)
        #expect(StandardBase64.pemBlocks("CERTIFICATE", in: Self.pem("Zg==", label: "X509 CRL")) == [])
        #expect(StandardBase64.pemBlocks("CERTIFICATE", in: "") == [])
    }

    @Test(
        "a malformed block makes the whole text malformed",
        arguments: [
            pem("Zg"), pem("Zg==Zg=="), pem("Z g="), pem("Zg==\nProc-Type: 4"),
            pem("Zg==") + "-----BEGIN CERTIFICATE-----\nZg==",
            "-----BEGIN CERTIFICATE-----\nZg==\n-----END X509 CRL-----\n", pem(pem("Zg==")),
        ])
    func malformed(text: String) {
        #expect(StandardBase64.pemBlocks("CERTIFICATE", in: text) == nil)
    }
}

@Suite("J3, what a person typed is wiped and never described")
struct SecretBytesTests {
    private static func bytes(of secret: SecretBytes) -> [UInt8] { unsafe secret.withBytes { unsafe Array($0) } }

    private static func address(of bytes: [UInt8]) -> UInt {
        unsafe bytes.withUnsafeBytes { UInt(bitPattern: $0.baseAddress) }
    }

    @Test("a secret shows its bytes to whoever asks for them, and describes itself without them")
    func shown() {
        for text in ["", "1", "135790", String(repeating: "x", count: 5_000)] {
            let secret = SecretBytes(Array(text.utf8))
            #expect(secret.count == text.utf8.count)
            #expect(Self.bytes(of: secret) == Array(text.utf8))
            #expect("\(secret)" == "(secret)" && Mirror(reflecting: secret).children.isEmpty)
        }
    }

    @Test("what is wiped is overwritten where it lies")
    func wiped() {
        var bytes = Array("135790".utf8)
        let before = Self.address(of: bytes)
        SecretBytes.wipe(&bytes)
        #expect(bytes == [UInt8](repeating: 0, count: 6))
        #expect(Self.address(of: bytes) == before)
        var nothing: [UInt8] = []
        SecretBytes.wipe(&nothing)
    }

    @Test("memory of a secret that nobody holds any more cannot be read")
    func gone() async {
        await #expect(processExitsWith: .failure) {
            let address: UInt
            do {
                let secret = SecretBytes(Array("135790".utf8))
                address = unsafe secret.withBytes { UInt(bitPattern: $0.baseAddress) }
            }
            let pointer = unsafe UnsafePointer<UInt8>(bitPattern: address)
            _ = unsafe pointer?.pointee
        }
    }
}
