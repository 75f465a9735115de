/// How the content key reaches the recipient (RFC 7518 §4.1). RSA1_5 does not exist here, nor does any algorithm with a
/// shared secret.
public enum JWEAlgorithm: String, Sendable, Hashable, CaseIterable {
    /// Ephemeral Diffie–Hellman on P-256 or X25519, then AES key wrap (RFC 7518 §4.6, RFC 8037 §3.2).
    case ecdhESA256KW = "ECDH-ES+A256KW"
    /// RSAES-OAEP with SHA-256 and MGF1 with SHA-256 (RFC 7518 §4.3).
    case rsaOAEP256 = "RSA-OAEP-256"
}

/// How the content is encrypted (RFC 7518 §5.1).
public enum JWEContentEncryption: String, Sendable, Hashable, CaseIterable {
    /// AES-256 in Galois/Counter Mode.
    case a256GCM = "A256GCM"

    /// The length of the content key in bytes.
    static let keyLength = 32
    /// The length of the initialization vector in bytes.
    static let nonceLength = 12
    /// The length of the authentication tag in bytes.
    static let tagLength = 16
}

/// Why an encrypted token was not decrypted.
public enum JWEError: Error, Sendable, Equatable {
    case malformed
    /// `alg` or `enc` is not one of ours, `zip` asks to decompress, or `crit` names extensions.
    case notSupported
    /// The `alg` is not the key's.
    case wrongAlgorithm
    /// The key, the ephemeral key, the encrypted key or the content: which one is not told (RFC 7516 §11.5).
    case cannotDecrypt
}
