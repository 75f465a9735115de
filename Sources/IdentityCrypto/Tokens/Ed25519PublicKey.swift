internal import CSodium

/// A public key of Ed25519 (RFC 8032 §5.1).
///
/// libsodium verifies: it refuses S ≥ L, points in another than their canonical spelling and points of small order, for
/// which one signature would hold for every message. Which edge cases pass is pinned by the tests.
struct Ed25519PublicKey: Sendable {
    let bytes: [UInt8]

    /// Nil unless these are the 32 bytes of a point that is spelled canonically and lies in the main subgroup.
    init?(_ bytes: [UInt8]) {
        Sodium.requireReady()
        guard bytes.count == 32, unsafe crypto_core_ed25519_is_valid_point(bytes) == 1 else { return nil }
        self.bytes = bytes
    }

    func isValid(signature: [UInt8], for message: [UInt8]) -> Bool {
        guard signature.count == 64 else { return false }
        return unsafe crypto_sign_ed25519_verify_detached(signature, message, UInt64(message.count), bytes) == 0
    }
}
