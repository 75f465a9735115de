internal import IdentityCrypto
internal import OpenIDMessages

/// Values by the digest of a secret, each for a limited time; when it is full, the oldest makes room.
struct BoundedStore<Value: Sendable>: Sendable {
    private struct Entry {
        let value: Value
        let expiresAt: Timestamp
        let order: UInt64
    }

    private let capacity: Int
    private let lifetime: Int64
    private var entries: [SecretDigest: Entry] = [:]
    private var nextOrder: UInt64 = 0

    init(capacity: Int, lifetime: Int64) {
        self.capacity = capacity
        self.lifetime = lifetime
    }

    mutating func insert(_ value: Value, for digest: SecretDigest, now: Timestamp) {
        if entries.count >= capacity { entries = entries.filter { now < $0.value.expiresAt } }
        if entries.count >= capacity, let oldest = entries.min(by: { $0.value.order < $1.value.order })?.key {
            entries[oldest] = nil
        }
        entries[digest] = Entry(value: value, expiresAt: now + lifetime, order: nextOrder)
        nextOrder += 1
    }

    func value(for digest: SecretDigest, now: Timestamp) -> Value? {
        guard let entry = entries[digest], now < entry.expiresAt else { return nil }
        return entry.value
    }

    /// Takes the value out: a second call finds nothing.
    mutating func remove(_ digest: SecretDigest, now: Timestamp) -> Value? {
        guard let entry = entries.removeValue(forKey: digest), now < entry.expiresAt else { return nil }
        return entry.value
    }

    /// Takes out every value that is meant, and says how many there were.
    mutating func removeAll(where isMeant: (Value) -> Bool) -> Int {
        let meant = entries.filter { isMeant($0.value.value) }.keys
        for digest in meant { entries[digest] = nil }
        return meant.count
    }
}
