internal import OpenIDMessages
internal import Synchronization

/// How many requests over the back channel a portal may make, whomever they are for. Portals are the registry's: their
/// number bounds the memory.
final class BackChannelBudget: Sendable {
    /// Requests at once; and one more each second.
    static let burst: Int64 = 120

    private struct Spent {
        /// Requests that count still.
        var count: Int64
        var at: Timestamp
    }

    private let clock: ProviderClock
    private let spent = Mutex<[ClientIdentifier: Spent]>([:])

    init(clock: ProviderClock) { self.clock = clock }

    /// False when the portal has to wait.
    func take(_ client: ClientIdentifier) -> Bool {
        let now = clock.now()
        return spent.withLock { spent in
            var own = spent[client] ?? Spent(count: 0, at: now)
            own.count = max(0, own.count - max(0, now.seconds - own.at.seconds))
            own.at = now
            guard own.count < Self.burst else {
                spent[client] = own
                return false
            }
            own.count += 1
            spent[client] = own
            return true
        }
    }
}
