import DeviceAuthenticator
import OpenIDMessages
import Synchronization

/// A transport that remembers where the browser was and what the answers said of the time.
final class RecordingTransport: HTTPTransport {
    struct Exchange {
        var address: WebAddress
        var seenAt: Timestamp
        var date: Timestamp?
    }

    /// Far more than the logins of one run need.
    private static let capacity = 5000

    private let base: any HTTPTransport
    private let clock: DeviceClock
    private let record = Mutex<[Exchange]>([])

    init(_ base: any HTTPTransport, clock: DeviceClock = .live) {
        self.base = base
        self.clock = clock
    }

    var exchanges: [Exchange] { record.withLock { $0 } }

    func send(_ request: HTTPCall) async throws(NetworkFailure) -> HTTPAnswer {
        let answer = try await base.send(request)
        guard let address = WebAddress(request.url) else { return answer }
        let exchange = Exchange(
            address: address, seenAt: clock.now, date: answer.values("Date").first.flatMap(HTTPDate.parse))
        record.withLock { record in
            if record.count < Self.capacity { record.append(exchange) }
        }
        return answer
    }
}
