/// Keys in the order in which what they stand for expires, where everything lives equally long: what is over is found from
/// the oldest on, without a look at the rest.
struct ExpiryOrder<Key: Sendable>: Sendable {
    private var keys: [Key] = []
    private var passed = 0

    /// The key that was appended first of those that are left.
    var oldest: Key? { passed < keys.count ? keys[passed] : nil }

    mutating func append(_ key: Key) { keys.append(key) }

    mutating func removeOldest() {
        passed += 1
        // Moved up now and then, so that a removal costs the same however many there are.
        if passed > 1024, passed * 2 > keys.count {
            keys.removeFirst(passed)
            passed = 0
        }
    }
}
