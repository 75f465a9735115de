public import OpenIDMessages

/// A day of the Gregorian calendar, `YYYY-MM-DD` (ISO 8601) from 1800 to 2999, as registers and identity cards have it.
/// It has no time zone: a day begins and ends where it is looked at.
public struct CalendarDate: WireValue {
    public let rawValue: String

    /// Nil unless the day exists.
    public init?(rawValue: String) {
        let parts = rawValue.split(separator: "-", omittingEmptySubsequences: false)
        guard rawValue.utf8.count == 10, parts.map(\.utf8.count) == [4, 2, 2],
            parts.allSatisfy({ $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }),
            let year = Int(parts[0]), let month = Int(parts[1]), let day = Int(parts[2]),
            (1800...2999).contains(year), (1...12).contains(month),
            (1...Self.days(in: month, of: year)).contains(day)
        else { return nil }
        self.rawValue = rawValue
    }

    /// The day of a time in Coordinated Universal Time.
    ///
    /// Times out of the years of a calendar date become its first or last day.
    public init(_ time: Timestamp) {
        // 1800-01-01T00:00:00Z and 2999-12-31T23:59:59Z.
        let seconds = min(max(time.seconds, -5_364_662_400), 32_503_679_999)
        let days = Int(seconds >= 0 ? seconds / 86_400 : (seconds + 1) / 86_400 - 1)
        let (year, month, day) = Self.civil(days)
        rawValue = Self.text(year, month, day)
    }

    public var year: Int { Int(rawValue.prefix(4)) ?? 0 }
    public var month: Int { Int(rawValue.dropFirst(5).prefix(2)) ?? 0 }
    public var day: Int { Int(rawValue.suffix(2)) ?? 0 }

    /// The day as people write it: `30.11.2026`, `30 November 2026`.
    public func text(_ language: Language) -> String {
        let number = String(rawValue.suffix(2))
        return language.say(
            "\(number).\(rawValue.dropFirst(5).prefix(2)).\(year)", "\(day) \(Self.months[month - 1]) \(year)")
    }

    private static let months = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
        "December",
    ]

    /// The first second of the day in Coordinated Universal Time.
    public var start: Timestamp { Timestamp(seconds: Int64(dayNumber) * 86_400) }

    /// The first second after the day in Coordinated Universal Time.
    public var end: Timestamp { start + 86_400 }

    /// Full years from this day to `other`, as ages are counted: on a 29 February until 1 March of common years.
    public func years(until other: CalendarDate) -> Int {
        let isBefore = (other.month, other.day) < (month, day)
        return other.year - year - (isBefore ? 1 : 0)
    }

    /// Days since 1970-01-01.
    private var dayNumber: Int {
        // The proleptic Gregorian calendar repeats every 400 years (146,097 days); years begin in March, so that the
        // leap day is the last of its year.
        let shifted = month <= 2 ? year - 1 : year
        let era = shifted / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    /// The day with this number; the inverse of `dayNumber`.
    private static func civil(_ number: Int) -> (year: Int, month: Int, day: Int) {
        let days = number + 719_468
        let era = days / 146_097
        let dayOfEra = days - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shifted = (5 * dayOfYear + 2) / 153
        let month = shifted < 10 ? shifted + 3 : shifted - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shifted + 2) / 5 + 1)
    }

    private static func days(in month: Int, of year: Int) -> Int {
        let isLeapYear = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0
        return [31, isLeapYear ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]
    }

    private static func text(_ year: Int, _ month: Int, _ day: Int) -> String {
        func padded(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "\(year)-\(padded(month))-\(padded(day))"
    }
}
