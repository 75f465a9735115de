internal import IdentityCrypto
internal import OpenIDMessages
internal import Synchronization

/// Texts of which we know that a key of ours signed them, and what they say, so that the same signature is not verified
/// again and again. In bounded memory, by the digest of the exact text; what failed is never remembered.
///
/// Remembered is the signature alone: issuer, expiry, key and state are the caller's to judge at every call.
final class VerifiedTexts<Value: Sendable>: Sendable {
    private struct Entry: Sendable {
        let value: Value
        let signer: KeyThumbprint
        let expiresAt: Timestamp
    }

    /// SHA-256 of a text, as a dictionary likes it.
    private struct Key: Hashable {
        private let words: (UInt64, UInt64, UInt64, UInt64)

        init(_ text: String) {
            let digest = Digest.sha256(Array(text.utf8))
            words = unsafe digest.withUnsafeBytes { unsafe $0.loadUnaligned(as: (UInt64, UInt64, UInt64, UInt64).self) }
        }

        static func == (left: Key, right: Key) -> Bool { left.words == right.words }

        func hash(into hasher: inout Hasher) { hasher.combine(words.0) }
    }

    /// The older half is dropped whole when the newer one is full: the newest always have room.
    private struct Halves {
        var newer: [Key: Entry] = [:]
        var older: [Key: Entry] = [:]
    }

    private let capacity: Int
    private let lifetime: Int64
    private let halves = Mutex(Halves())

    /// - Parameters:
    ///   - capacity: the most that are remembered.
    ///   - lifetime: for how long one is remembered, in seconds.
    init(capacity: Int, lifetime: Int64) {
        self.capacity = capacity
        self.lifetime = lifetime
    }

    var count: Int { halves.withLock { $0.newer.count + $0.older.count } }

    /// What `text` says if a key of `ring` signed it: remembered, or read now by `verify`, which gives the key, too.
    func value<Failure: Error>(
        of text: String, ring: SigningKeyRing, now: Timestamp,
        verify: () throws(Failure) -> (Value, signer: KeyThumbprint)
    ) throws(Failure) -> Value {
        let key = Key(text)
        // A key that was taken out of the ring signs for nothing any more, whenever it signed.
        if let entry = halves.withLock({ $0.newer[key] ?? $0.older[key] }), entry.expiresAt > now,
            ring.verificationKeys.key(identifier: entry.signer.rawValue) != nil
        {
            return entry.value
        }
        let (value, signer) = try verify()
        remember(Entry(value: value, signer: signer, expiresAt: now + lifetime), as: key)
        return value
    }

    /// Remembers what we have just signed ourselves.
    func remember(_ value: Value, as text: String, signer: KeyThumbprint, now: Timestamp) {
        remember(Entry(value: value, signer: signer, expiresAt: now + lifetime), as: Key(text))
    }

    private func remember(_ entry: Entry, as key: Key) {
        // What is dropped is freed after the lock.
        var dropped: [Key: Entry] = [:]
        halves.withLock { halves in
            if halves.newer.count >= capacity / 2 {
                dropped = halves.older
                halves.older = halves.newer
                halves.newer = [:]
            }
            halves.newer[key] = entry
        }
        withExtendedLifetime(dropped) {}
    }
}
