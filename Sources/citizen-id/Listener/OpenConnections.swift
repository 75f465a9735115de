internal import ProviderHTTP
internal import Synchronization

/// Counts the open connections of each caller (checklist N4).
final class OpenConnections: Sendable {
    private let perCaller: Int
    private let open = Mutex<[Caller: Int]>([:])

    init(perCaller: Int) { self.perCaller = perCaller }

    /// False when the caller has as many as one may have; otherwise the connection counts until `leave`.
    func enter(_ caller: Caller) -> Bool {
        open.withLock { open in
            guard open[caller, default: 0] < perCaller else { return false }
            open[caller, default: 0] += 1
            return true
        }
    }

    func leave(_ caller: Caller) {
        open.withLock { open in
            let rest = open[caller, default: 0] - 1
            open[caller] = rest > 0 ? rest : nil
        }
    }
}
