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
        guard (0...253_402_300_799).contains(seconds) else { return "\(time.seconds) s" }
        let (year, month, day) = date(ofDay: seconds / 86_400)
        let clock = "\(twoDigits(seconds / 3600 % 24)):\(twoDigits(seconds / 60 % 60))"
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

    /// The date of a day, counted from 1970-01-01, in the Gregorian calendar. Years are counted from March here, so that the
    /// day that not every year has is the last of its year.
    private static func date(ofDay count: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let days = count + 719_468  // since 0000-03-01
        let (era, dayOfEra) = days.quotientAndRemainder(dividingBy: 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        let day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
    }

    private static func twoDigits(_ number: Int64) -> String { (number < 10 ? "0" : "") + String(number) }

    private static let months = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
        "December",
    ]
}
