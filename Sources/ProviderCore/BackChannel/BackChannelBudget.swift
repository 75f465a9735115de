internal import OpenIDMessages
internal import Synchronization

/// How many requests over the back channel a portal may make, whomever they are for. The portals that asked in the last
/// minutes are remembered.
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

    var count: Int { spent.withLock { $0.count } }

    /// Forgets the portals that have everything to spend again.
    func sweep() {
        let now = clock.now()
        spent.withLock { spent in spent = spent.filter { now.seconds - $0.value.at.seconds < $0.value.count } }
    }

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
