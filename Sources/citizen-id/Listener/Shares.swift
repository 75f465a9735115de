internal import ProviderHTTP
internal import Synchronization

/// What callers have taken of something there is only so much of, each of them and all together (checklist N4).
final class Shares: Sendable {
    private struct Taken {
        var byCaller: [Caller: Int] = [:]
        var inAll = 0
    }

    private let perCaller: Int
    private let total: Int
    private let taken = Mutex(Taken())

    init(perCaller: Int, total: Int) {
        self.perCaller = perCaller
        self.total = total
    }

    /// False when the caller, or all together, would have more than they may; otherwise it counts until `giveBack`.
    func take(_ amount: Int, for caller: Caller) -> Bool {
        taken.withLock { taken in
            let own = taken.byCaller[caller, default: 0]
            guard own + amount <= perCaller, taken.inAll + amount <= total else { return false }
            taken.byCaller[caller] = own + amount
            taken.inAll += amount
            return true
        }
    }

    func giveBack(_ amount: Int, of caller: Caller) {
        taken.withLock { taken in
            let rest = taken.byCaller[caller, default: 0] - amount
            taken.byCaller[caller] = rest > 0 ? rest : nil
            taken.inAll -= amount
        }
    }
}
