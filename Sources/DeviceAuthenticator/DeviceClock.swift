internal import Glibc
public import OpenIDMessages

/// The time, as a value that a test can choose.
public struct DeviceClock: Sendable {
    private let read: @Sendable () -> Timestamp

    public init(_ read: @escaping @Sendable () -> Timestamp) { self.read = read }

    public var now: Timestamp { read() }

    /// The system's clock.
    public static let live = DeviceClock { Timestamp(seconds: Int64(time(nil))) }

    /// A clock that stands still.
    public static func fixed(_ time: Timestamp) -> DeviceClock { DeviceClock { time } }
}
