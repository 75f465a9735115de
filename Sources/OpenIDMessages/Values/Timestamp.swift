/// A time in whole seconds since 1970-01-01T00:00:00Z, as JWT claims carry it (RFC 7519 §2, NumericDate).
public struct Timestamp: Sendable, Hashable, Comparable {
    public let seconds: Int64

    public init(seconds: Int64) { self.seconds = seconds }

    public static func < (left: Self, right: Self) -> Bool { left.seconds < right.seconds }
    /// The time `seconds` later. Saturates instead of overflowing.
    public static func + (time: Self, seconds: Int64) -> Self {
        let (sum, overflow) = time.seconds.addingReportingOverflow(seconds)
        return Self(seconds: overflow ? (seconds > 0 ? .max : .min) : sum)
    }
    /// The time `seconds` earlier. Saturates instead of overflowing.
    public static func - (time: Self, seconds: Int64) -> Self {
        let (difference, overflow) = time.seconds.subtractingReportingOverflow(seconds)
        return Self(seconds: overflow ? (seconds > 0 ? .min : .max) : difference)
    }

    public var json: JSONValue { .integer(seconds) }
}
