internal import IdentityCrypto
internal import OpenIDMessages

/// Client attestations whose signature was verified lately, so that the calls of one login do not verify the same
/// signature again and again. In bounded memory, by the digest of the exact text; what failed is never remembered.
///
/// Remembered is the signature alone: issuer, expiry and key are the caller's to judge at every call.
struct VerifiedAttestations: Sendable {
    /// For how long one is remembered, in seconds: a login lasts no longer.
    static let lifetime: Int64 = 600

    private struct Entry: Sendable {
        let attestation: ClientAttestation
        let signer: KeyThumbprint
    }

    private let memory: ExpiringMemory<Entry>

    /// - Parameter capacity: how many are remembered; further ones are verified at each call.
    init(capacity: Int = 32_768) { memory = ExpiringMemory(capacity: capacity) }

    var count: Int { memory.count }

    /// The attestation in `text`, if a key of `ring` signed it.
    func verify(_ text: String, ring: SigningKeyRing, now: Timestamp) throws(JWSError) -> ClientAttestation {
        let digest = Base64URL.encode(Digest.sha256(Array(text.utf8)))
        // A key that was taken out of the ring signs for nothing any more, whenever it signed.
        if let entry = memory.value(digest, now: now),
            ring.verificationKeys.key(identifier: entry.signer.rawValue) != nil
        {
            return entry.attestation
        }
        let verified = try SignedStatement<ClientAttestation>.verify(text, keys: ring.verificationKeys)
        let entry = Entry(attestation: verified.statement, signer: verified.key.thumbprint)
        _ = memory.insert(entry, as: digest, expiresAt: now + Self.lifetime, now: now)
        return verified.statement
    }
}
