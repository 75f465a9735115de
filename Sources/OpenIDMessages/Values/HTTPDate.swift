/// A time in a header.
public enum HTTPDate {
    private static let months = [
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
    ]

    /// `Wed, 21 Oct 2026 07:28:00 GMT` (RFC 9110 §5.6.7), and with hyphens as older servers write it (RFC 6265 §5.1.1).
    public static func parse(_ text: String) -> Timestamp? {
        let tokens = text.split { " ,-".contains($0) }
        guard tokens.count >= 5, let day = Int64(tokens[1]), (1...31).contains(day),
            let month = months.firstIndex(of: tokens[2].prefix(3).lowercased()), let year = Int64(tokens[3]),
            (1970...9999).contains(year)
        else { return nil }
        let clock = tokens[4].split(separator: ":").compactMap { Int64($0) }
        guard clock.count == 3, (0...23).contains(clock[0]), (0...59).contains(clock[1]), (0...60).contains(clock[2])
        else { return nil }
        let days = daysSince1970(year: year, month: Int64(month + 1), day: day)
        return Timestamp(seconds: days * 86_400 + clock[0] * 3600 + clock[1] * 60 + clock[2])
    }

    /// Days of the Gregorian calendar; the year is counted from March, so that the leap day comes last.
    private static func daysSince1970(year: Int64, month: Int64, day: Int64) -> Int64 {
        let year = month <= 2 ? year - 1 : year
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return year * 365 + year / 4 - year / 100 + year / 400 + dayOfYear - 719_468
    }
}
