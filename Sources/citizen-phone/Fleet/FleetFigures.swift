import Histogram
import OpenIDMessages
import Synchronization

/// What is counted while a fleet logs in. Times are in microseconds.
final class FleetFigures: Sendable {
    private struct Contents {
        /// From the moment at which a login was due until the portal's last page.
        var sinceDue = Histogram<UInt64>(highestTrackableValue: FleetFigures.longest)
        /// From the moment at which it began.
        var sinceBegin = Histogram<UInt64>(highestTrackableValue: FleetFigures.longest)
        /// From the moment at which a login was due until it failed: a provider that drops its slow ones must not look fast.
        var failedSinceDue = Histogram<UInt64>(highestTrackableValue: FleetFigures.longest)
        var failures: [String: Int] = [:]
        var inFlight = 0
        var mostInFlight = 0
        var latecomers = 0
    }

    /// An hour.
    private static let longest: UInt64 = 3_600_000_000
    /// A login counts as late when it begins so long after it was due: the fleet itself does not keep up.
    private static let tolerance = Duration.milliseconds(100)

    private let contents: Mutex<Contents>

    init() { contents = Mutex(Contents()) }

    /// - Parameter late: how long after it was due.
    func began(late: Duration) {
        contents.withLock { contents in
            contents.inFlight += 1
            contents.mostInFlight = max(contents.mostInFlight, contents.inFlight)
            if late > Self.tolerance { contents.latecomers += 1 }
        }
    }

    func succeeded(sinceDue: Duration, sinceBegin: Duration) {
        contents.withLock { contents in
            contents.inFlight -= 1
            _ = contents.sinceDue.record(Self.microseconds(sinceDue))
            _ = contents.sinceBegin.record(Self.microseconds(sinceBegin))
        }
    }

    /// - Parameter name: a word for what went wrong.
    func failed(_ name: String, sinceDue: Duration) {
        contents.withLock { contents in
            contents.inFlight -= 1
            _ = contents.failedSinceDue.record(Self.microseconds(sinceDue))
            contents.failures[name, default: 0] += 1
        }
    }

    private static func microseconds(_ duration: Duration) -> UInt64 {
        UInt64(clamping: Int64(duration / .microseconds(1)))
    }

    /// The figures so far.
    var summary: FleetSummary {
        contents.withLock { contents in
            FleetSummary(
                succeeded: Int(contents.sinceDue.totalCount), failures: contents.failures, inFlight: contents.inFlight,
                mostInFlight: contents.mostInFlight, latecomers: contents.latecomers,
                sinceDue: FleetSummary.Times(contents.sinceDue), sinceBegin: FleetSummary.Times(contents.sinceBegin),
                failedSinceDue: FleetSummary.Times(contents.failedSinceDue))
        }
    }
}

/// The figures of a fleet at one moment.
struct FleetSummary: Equatable {
    /// Percentiles in microseconds; three significant digits.
    struct Times: Equatable {
        static let percentiles: [(name: String, value: Double)] = [
            ("p50", 50), ("p90", 90), ("p99", 99), ("p99_9", 99.9), ("max", 100),
        ]

        /// One for each of `percentiles`; empty without a login.
        let microseconds: [UInt64]

        init(_ histogram: Histogram<UInt64>) {
            microseconds =
                histogram.totalCount == 0
                ? [] : Self.percentiles.map { histogram.valueAtPercentile($0.value) }
        }

        var json: JSONObject {
            var object: JSONObject = [:]
            for (percentile, value) in zip(Self.percentiles, microseconds) {
                object[percentile.name + "_us"] = .integer(Int64(clamping: value))
            }
            return object
        }

        /// `p50 12.3 ms, …`
        var text: String {
            zip(Self.percentiles, microseconds).map { percentile, value in
                "\(percentile.name.replacing("_", with: ".")) \(Self.milliseconds(value))"
            }.joined(separator: ", ")
        }

        private static func milliseconds(_ microseconds: UInt64) -> String {
            let tenths = (microseconds + 50) / 100
            return "\(tenths / 10).\(tenths % 10) ms"
        }
    }

    let succeeded: Int
    /// How often what went wrong.
    let failures: [String: Int]
    let inFlight: Int
    let mostInFlight: Int
    /// Logins that began later than they were due: the fleet had no free phone, or its machine no time.
    let latecomers: Int
    let sinceDue: Times
    let sinceBegin: Times
    let failedSinceDue: Times

    var failed: Int { failures.values.reduce(0, +) }

    /// How long those took that came to the portal; empty when none did.
    var timeLines: [String] {
        guard !sinceDue.microseconds.isEmpty else { return [] }
        return [
            "From the due moment to the portal's page: \(sinceDue.text)",
            "From its own beginning:                   \(sinceBegin.text)",
        ]
    }

    /// One line for somebody who looks on.
    func line(after seconds: Int) -> String {
        let rate = seconds > 0 ? (succeeded + failed) / seconds : 0
        let times = sinceDue.microseconds.isEmpty ? "" : ", " + sinceDue.text
        return "\(seconds) s: \(succeeded) logged in, \(failed) failed, \(inFlight) under way, \(rate)/s\(times)"
    }
}
