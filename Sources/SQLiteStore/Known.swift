internal import Synchronization

/// What was read lately and never changes, so that it is not read and parsed again and again.
final class Known<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private let capacity: Int
    private let values = Mutex<[Key: Value]>([:])

    /// - Parameter capacity: how many are remembered; then all are forgotten.
    init(capacity: Int) { self.capacity = capacity }

    subscript(key: Key) -> Value? { values.withLock { $0[key] } }

    func remember(_ value: Value, as key: Key) {
        values.withLock { values in
            if values.count >= capacity { values.removeAll(keepingCapacity: true) }
            values[key] = value
        }
    }

    func forget() { values.withLock { $0.removeAll() } }
}
