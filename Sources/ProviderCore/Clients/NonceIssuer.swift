internal import IdentityCrypto
internal import OpenIDMessages

/// Nonces for DPoP proofs without any storage: the time, under a MAC whose key lives as long as the process.
struct NonceIssuer: Sendable {
    /// For how long a nonce is accepted, in seconds.
    static let lifetime: Int64 = 300

    private let key = RandomBytes.make(32)

    func make(now: Timestamp) -> String {
        let time = Self.bigEndianBytes(now.seconds)
        return Base64URL.encode(time + Digest.authenticationCode(time, key: key).prefix(16))
    }

    func isAcceptable(_ nonce: String, now: Timestamp) -> Bool {
        guard let bytes = Base64URL.decode(nonce), bytes.count == 24 else { return false }
        let time = Array(bytes[..<8])
        let seconds = Int64(bitPattern: time.reduce(0) { $0 << 8 | UInt64($1) })
        guard constantTimeEqual(Array(bytes[8...]), Array(Digest.authenticationCode(time, key: key).prefix(16))) else {
            return false
        }
        return ((now - Self.lifetime)...now).contains(Timestamp(seconds: seconds))
    }

    /// Eight bytes, big-endian.
    private static func bigEndianBytes(_ seconds: Int64) -> [UInt8] {
        (0..<8).map { UInt8(truncatingIfNeeded: UInt64(bitPattern: seconds) >> (56 - 8 * UInt64($0))) }
    }
}
