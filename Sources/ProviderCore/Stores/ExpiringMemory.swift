internal import OpenIDMessages
internal import Synchronization

/// Values that live for a short while and are taken once, in bounded memory.
///
/// What is kept here may be lost at a restart: then somebody starts again, and nothing wrong happens. The type of the key
/// says what is kept: what is of another kind does not compile (docs/decisions/0009).
final class ExpiringMemory<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private struct Contents {
        var values: [Key: (value: Value, expiresAt: Timestamp)] = [:]
        /// Every lifetime in one memory is the same.
        var order = ExpiryOrder<Key>()
        var shares: TenantShares
    }

    private let capacity: Int
    /// Whose a value is, where towns share the memory.
    private let tenant: (@Sendable (Value) -> TenantIdentifier)?
    private let contents: Mutex<Contents>

    /// - Parameter tenant: whose a value is; then no town takes the room of all.
    init(capacity: Int, sharedBy tenant: (@Sendable (Value) -> TenantIdentifier)? = nil) {
        self.capacity = capacity
        self.tenant = tenant
        contents = Mutex(Contents(shares: TenantShares(capacity: capacity)))
    }

    var count: Int { contents.withLock { $0.values.count } }

    /// False when there is no room among values that still live, or the key is there already.
    func insert(_ value: Value, as key: Key, expiresAt: Timestamp, now: Timestamp) -> Bool {
        contents.withLock { contents in
            sweep(&contents, now: now)
            guard contents.values[key] == nil, hasRoom(for: value, contents) else { return false }
            contents.values[key] = (value, expiresAt)
            contents.order.append(key)
            if let tenant { contents.shares.take(tenant(value)) }
            return true
        }
    }

    /// Replaces the value of `key` by what `change` makes of it (nil when it is not there), in one step; false when the
    /// memory is full.
    func update(_ key: Key, expiresAt: Timestamp, now: Timestamp, _ change: (Value?) -> Value) -> Bool {
        contents.withLock { contents in
            sweep(&contents, now: now)
            let existing = contents.values[key].flatMap { $0.expiresAt > now ? $0.value : nil }
            let value = change(existing)
            guard contents.values[key] != nil || hasRoom(for: value, contents) else { return false }
            if contents.values[key] == nil { contents.order.append(key) }
            remove(key, &contents)
            contents.values[key] = (value, expiresAt)
            if let tenant { contents.shares.take(tenant(value)) }
            return true
        }
    }

    func value(_ key: Key, now: Timestamp) -> Value? {
        contents.withLock { contents in
            guard let entry = contents.values[key], entry.expiresAt > now else { return nil }
            return entry.value
        }
    }

    /// Takes the value out if it lives and satisfies the condition: the first caller gets it, no other does.
    func take(_ key: Key, now: Timestamp, where condition: (Value) -> Bool = { _ in true }) -> Value? {
        contents.withLock { contents in
            guard let entry = contents.values[key], entry.expiresAt > now, condition(entry.value) else { return nil }
            remove(key, &contents)
            return entry.value
        }
    }

    /// Removes what has expired, from the oldest on.
    private func sweep(_ contents: inout Contents, now: Timestamp) {
        while let key = contents.order.oldest {
            if let entry = contents.values[key] {
                guard entry.expiresAt <= now else { break }
                remove(key, &contents)
            }
            contents.order.removeOldest()
        }
    }

    private func hasRoom(for value: Value, _ contents: Contents) -> Bool {
        guard let tenant else { return contents.values.count < capacity }
        return contents.shares.hasRoom(for: tenant(value))
    }

    private func remove(_ key: Key, _ contents: inout Contents) {
        guard let removed = contents.values.removeValue(forKey: key), let tenant else { return }
        contents.shares.giveBack(tenant(removed.value))
    }
}
