internal import OpenIDMessages
internal import Synchronization

/// The `jti` of logout tokens that were used (OpenID Connect Back-Channel Logout §2.6-8), for as long as a token of that name
/// would be accepted.
final class LogoutTokenMemory: Sendable {
    private let used = Mutex<[TokenIdentifier: Timestamp]>([:])
    private let capacity: Int

    init(capacity: Int = 10_000) { self.capacity = capacity }

    /// Uses a name up. When the memory is full nothing is: a provider repeats its notices, and one that was forgotten too
    /// early could be replayed.
    func use(_ identifier: TokenIdentifier, until: Timestamp, now: Timestamp) throws(LogoutTokenDefect) {
        try used.withLock { used throws(LogoutTokenDefect) in
            if let end = used[identifier], now < end { throw .replayed }
            if used.count >= capacity { used = used.filter { now < $0.value } }
            guard used.count < capacity else { throw .useNotDecided }
            used[identifier] = until
        }
    }
}
