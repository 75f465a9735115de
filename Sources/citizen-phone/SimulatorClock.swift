import ArgumentParser
import DeviceAuthenticator
import Foundation
import OpenIDMessages

/// The time that `--now` names, in ISO 8601 with its offset from UTC: `2026-03-02T09:15:00Z`.
struct ChosenTime: ExpressibleByArgument {
    let time: Timestamp

    init?(argument: String) {
        guard let date = try? Date(argument, strategy: .iso8601) else { return nil }
        time = Timestamp(seconds: Int64(date.timeIntervalSince1970))
    }
}

extension SharedOptions {
    /// The clock of the device. One that stands still makes the same statements again.
    var clock: DeviceClock { now.map { .fixed($0.time) } ?? .live }
}
