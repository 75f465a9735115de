internal import Crypto
public import OpenIDMessages

/// SHA-256 and what is built on it.
public enum Digest {
    public static func sha256(_ bytes: [UInt8]) -> [UInt8] {
        unsafe hash(bytes).withUnsafeBytes { unsafe [UInt8]($0) }
    }

    /// `SHA256.hash(data:)` goes through generic collections, which other modules cannot specialise.
    static func hash(_ bytes: [UInt8]) -> SHA256Digest {
        var function = SHA256()
        unsafe bytes.withUnsafeBytes { unsafe function.update(bufferPointer: $0) }
        return function.finalize()
    }

    /// HMAC-SHA256 (RFC 2104 §2). The library's goes through generic collections as well, and takes as long as ten digests.
    public static func authenticationCode(_ message: [UInt8], key: [UInt8]) -> [UInt8] {
        var block = key.count > SHA256.blockByteCount ? sha256(key) : key
        block.append(contentsOf: repeatElement(0, count: SHA256.blockByteCount - block.count))
        let inner = sha256(block.map { $0 ^ 0x36 } + message)
        return sha256(block.map { $0 ^ 0x5C } + inner)
    }
}

extension ContentDigest {
    /// The digest of the UTF-8 bytes of `text`.
    public init(of text: String) { self.init(digest: Digest.sha256(Array(text.utf8))) }
}

extension CodeVerifier {
    /// A fresh verifier of 256 random bits.
    public static func random() -> CodeVerifier {
        // 32 bytes in base64url are 43 unreserved characters, the shortest verifier that RFC 7636 §4.1 allows.
        CodeVerifier(rawValue: RandomBytes.text(32))!
    }

    /// `BASE64URL(SHA256(ASCII(code_verifier)))` (RFC 7636 §4.2).
    public var challenge: CodeChallenge {
        // The base64url of 32 bytes always has the 43 characters that a CodeChallenge wants.
        CodeChallenge(rawValue: Base64URL.encode(Digest.sha256(Array(rawValue.utf8))))!
    }
}

extension WireValue {
    /// A fresh value of `bytes` random bytes, base64url. Only for types that accept such text.
    public static func random(bytes: Int) -> Self {
        guard let value = Self(rawValue: RandomBytes.text(bytes)) else {
            preconditionFailure("\(Self.self) does not accept \(bytes) random bytes in base64url")
        }
        return value
    }
}
