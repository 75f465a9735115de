/// Wakes whoever delivers logout tokens when a session has ended. A ring that nobody hears yet is kept, once.
public final class LogoutBell: Sendable {
    /// For one listener.
    public let rings: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation

    public init() {
        (rings, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    }

    public func ring() { continuation.yield() }
}
