import OpenIDMessages
import ProviderCore
import Synchronization

/// A clock that stands still until a test moves it.
public final class SettableClock: Sendable {
    private let time: Mutex<Timestamp>

    public init(_ start: Timestamp = Timestamp(seconds: 1_800_000_000)) { time = Mutex(start) }

    public var now: Timestamp { time.withLock { $0 } }

    public func advance(_ seconds: Int64) { time.withLock { $0 = $0 + seconds } }

    public var asProviderClock: ProviderClock { ProviderClock { self.now } }
}
