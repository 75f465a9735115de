internal import Crypto
internal import OpenIDMessages

/// Signature algorithms (RFC 7518 §3.1, RFC 8037 §3.1). `none` and the HMAC family do not exist here.
public enum JWSAlgorithm: String, Sendable, Hashable, CaseIterable {
    /// ECDSA on P-256 with SHA-256.
    case es256 = "ES256"
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    case rs256 = "RS256"
    /// RSASSA-PSS with SHA-256, MGF1 with SHA-256 and a salt of 32 bytes (RFC 7518 §3.5).
    case ps256 = "PS256"
    /// Ed25519. The other curve of RFC 8037, Ed448, is not offered.
    case edDSA = "EdDSA"

    /// `at_hash` and `c_hash` of an ID token that is signed with this algorithm: the left half of the digest of `value`
    /// by the algorithm's own hash function (OpenID Connect Core §3.1.3.6); that of Ed25519 is SHA-512.
    public func halfHash(of value: String) -> String {
        let bytes = Array(value.utf8)
        return switch self {
        case .es256, .rs256, .ps256: Base64URL.encode(Digest.sha256(bytes).prefix(16))
        case .edDSA: Base64URL.encode(Array(SHA512.hash(data: bytes)).prefix(32))
        }
    }
}
