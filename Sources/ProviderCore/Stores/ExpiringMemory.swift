internal import OpenIDMessages
internal import Synchronization

/// Values that live for a short while and are taken once, in bounded memory.
///
/// What is kept here may be lost at a restart: then somebody starts again, and nothing wrong happens.
final class ExpiringMemory<Value: Sendable>: Sendable {
    private struct Contents {
        var values: [String: (value: Value, expiresAt: Timestamp)] = [:]
        /// Keys in the order of insertion, for sweeping; every lifetime in one memory is the same.
        var order: [String] = []
        var swept = 0
    }

    private let capacity: Int
    private let contents = Mutex(Contents())

    init(capacity: Int) { self.capacity = capacity }

    var count: Int { contents.withLock { $0.values.count } }

    /// False when the memory is full of values that still live, or the key is there already.
    func insert(_ value: Value, as key: String, expiresAt: Timestamp, now: Timestamp) -> Bool {
        contents.withLock { contents in
            Self.sweep(&contents, now: now)
            guard contents.values.count < capacity, contents.values[key] == nil else { return false }
            contents.values[key] = (value, expiresAt)
            contents.order.append(key)
            return true
        }
    }

    /// Replaces the value of `key` by what `change` makes of it (nil when it is not there), in one step; false when the
    /// memory is full.
    func update(_ key: String, expiresAt: Timestamp, now: Timestamp, _ change: (Value?) -> Value) -> Bool {
        contents.withLock { contents in
            Self.sweep(&contents, now: now)
            let existing = contents.values[key].flatMap { $0.expiresAt > now ? $0.value : nil }
            guard contents.values[key] != nil || contents.values.count < capacity else { return false }
            if contents.values[key] == nil { contents.order.append(key) }
            contents.values[key] = (change(existing), expiresAt)
            return true
        }
    }

    func value(_ key: String, now: Timestamp) -> Value? {
        contents.withLock { contents in
            guard let entry = contents.values[key], entry.expiresAt > now else { return nil }
            return entry.value
        }
    }

    /// Takes the value out if it lives and satisfies the condition: the first caller gets it, no other does.
    func take(_ key: String, now: Timestamp, where condition: (Value) -> Bool = { _ in true }) -> Value? {
        contents.withLock { contents in
            guard let entry = contents.values[key], entry.expiresAt > now, condition(entry.value) else { return nil }
            contents.values[key] = nil
            return entry.value
        }
    }

    /// Removes what has expired, from the oldest on.
    private static func sweep(_ contents: inout Contents, now: Timestamp) {
        while contents.swept < contents.order.count {
            let key = contents.order[contents.swept]
            if let entry = contents.values[key] {
                guard entry.expiresAt <= now else { break }
                contents.values[key] = nil
            }
            contents.swept += 1
        }
        if contents.swept > 1024, contents.swept * 2 > contents.order.count {
            contents.order.removeFirst(contents.swept)
            contents.swept = 0
        }
    }
}
