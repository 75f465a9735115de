internal import IdentityCrypto
internal import OpenIDMessages
internal import Synchronization

/// Client attestations whose signature was verified lately, so that the calls of one login do not verify the same
/// signature again and again. In bounded memory, by the digest of the exact text; what failed is never remembered.
///
/// Remembered is the signature alone: issuer, expiry and key are the caller's to judge at every call.
final class VerifiedAttestations: Sendable {
    /// For how long one is remembered, in seconds: a login lasts no longer.
    static let lifetime: Int64 = 600

    private struct Entry: Sendable {
        let attestation: ClientAttestation
        let signer: KeyThumbprint
        let expiresAt: Timestamp
    }

    /// The older half is dropped whole when the newer one is full: the newest always have room.
    private struct Halves {
        var newer: [String: Entry] = [:]
        var older: [String: Entry] = [:]
    }

    private let capacity: Int
    private let halves = Mutex(Halves())

    /// - Parameter capacity: the most that are remembered.
    init(capacity: Int = 32_768) { self.capacity = capacity }

    var count: Int { halves.withLock { $0.newer.count + $0.older.count } }

    /// The attestation in `text`, if a key of `ring` signed it.
    func verify(_ text: String, ring: SigningKeyRing, now: Timestamp) throws(JWSError) -> ClientAttestation {
        let digest = Base64URL.encode(Digest.sha256(Array(text.utf8)))
        // A key that was taken out of the ring signs for nothing any more, whenever it signed.
        if let entry = halves.withLock({ $0.newer[digest] ?? $0.older[digest] }), entry.expiresAt > now,
            ring.verificationKeys.key(identifier: entry.signer.rawValue) != nil
        {
            return entry.attestation
        }
        let verified = try SignedStatement<ClientAttestation>.verify(text, keys: ring.verificationKeys)
        remember(
            Entry(
                attestation: verified.statement, signer: verified.key.thumbprint, expiresAt: now + Self.lifetime),
            as: digest)
        return verified.statement
    }

    private func remember(_ entry: Entry, as digest: String) {
        // What is dropped is freed after the lock.
        var dropped: [String: Entry] = [:]
        halves.withLock { halves in
            if halves.newer.count >= capacity / 2 {
                dropped = halves.older
                halves.older = halves.newer
                halves.newer = [:]
            }
            halves.newer[digest] = entry
        }
        withExtendedLifetime(dropped) {}
    }
}
