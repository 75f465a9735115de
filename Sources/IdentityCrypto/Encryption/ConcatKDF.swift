internal import Crypto

/// The key derivation of ECDH-ES (RFC 7518 §4.6.2, NIST SP 800-56A §5.8.1 with SHA-256).
enum ConcatKDF {
    /// - Parameters:
    ///   - secret: the shared secret Z.
    ///   - algorithm: the AlgorithmID: the name of the algorithm that will use the key.
    ///   - length: of the key, at most 32 bytes: what one round gives.
    static func key(
        from secret: [UInt8], algorithm: String, partyU: [UInt8], partyV: [UInt8], length: Int
    ) -> SymmetricKey {
        precondition(length <= SHA256.byteCount, "one round of SHA-256 gives 32 bytes")
        var input = bigEndian(1) + secret
        for information in [Array(algorithm.utf8), partyU, partyV] {
            input += bigEndian(information.count) + information
        }
        input += bigEndian(length * 8)
        return SymmetricKey(data: Digest.sha256(input).prefix(length))
    }

    private static func bigEndian(_ value: Int) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
    }
}
