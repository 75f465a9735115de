import Glibc
import OpenIDMessages

/// A time as a person reads it: as the clock on their wall shows it.
enum LocalTime {
    /// How far a place is ahead of UTC at some time, in seconds, and what its time is called.
    struct Zone: Equatable {
        let offset: Int
        let name: String

        static let utc = Zone(offset: 0, name: "UTC")

        /// German legal time has no name behind it: whoever lives by it takes it for granted.
        var suffix: String { ["CET", "CEST"].contains(name) ? "" : " (\(TerminalText.visible(name)))" }
    }

    /// The time in the zone of this process: `TZ`, else the machine's.
    static func text(_ time: Timestamp, _ language: Language) -> String { text(time, language, in: zone(at: time)) }

    static func text(_ time: Timestamp, _ language: Language, in zone: Zone) -> String {
        let seconds = (time + Int64(zone.offset)).seconds
        // A year of more than four digits is no date that anybody means.
        guard (0...253_402_300_799).contains(seconds), let (year, month, day, clock) = parts(of: seconds) else {
            return "\(time.seconds) s"
        }
        return language.say(
            "\(twoDigits(day)).\(twoDigits(month)).\(year), \(clock) Uhr\(zone.suffix)",
            "\(day) \(months[Int(month) - 1]) \(year), \(clock)\(zone.suffix)")
    }

    private static func zone(at time: Timestamp) -> Zone {
        var seconds = time_t(time.seconds)
        var parts = unsafe tm()
        guard unsafe localtime_r(&seconds, &parts) != nil, let name = unsafe parts.tm_zone else { return .utc }
        return unsafe Zone(offset: parts.tm_gmtoff, name: String(cString: name))
    }

    private static func parts(of seconds: Int64) -> (year: Int32, month: Int32, day: Int32, clock: String)? {
        var seconds = time_t(seconds)
        var parts = unsafe tm()
        guard unsafe gmtime_r(&seconds, &parts) != nil else { return nil }
        return unsafe (
            parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday,
            "\(twoDigits(parts.tm_hour)):\(twoDigits(parts.tm_min))"
        )
    }

    private static func twoDigits(_ number: Int32) -> String { (number < 10 ? "0" : "") + String(number) }

    private static let months = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
        "December",
    ]
}
