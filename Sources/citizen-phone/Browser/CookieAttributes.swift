import OpenIDMessages

/// One `Set-Cookie` header, read (RFC 6265 §5.2).
struct CookieAttributes {
    let name: String
    let value: String
    private(set) var path: String?
    private(set) var domain: String?
    private(set) var isSecure = false
    private(set) var maxAge: Int64?
    private(set) var expires: Timestamp?

    /// Nil when the header holds no cookie.
    init?(_ header: String) {
        guard header.utf8.count <= 8192 else { return nil }
        var parts = header.split(separator: ";", omittingEmptySubsequences: false)[...]
        guard let pair = parts.popFirst(), let (name, value) = Self.pair(pair), let value, !name.isEmpty,
            name.utf8.count + value.utf8.count <= 4096,
            (name + value).utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F })
        else { return nil }
        self.name = name
        self.value = value
        for part in parts {
            guard let (name, value) = Self.pair(part) else { continue }
            switch name.lowercased() {
            case "secure": isSecure = true
            case "path": path = value.flatMap { $0.hasPrefix("/") ? $0 : nil }
            case "domain":
                let name = (value ?? "").lowercased()
                domain = name.isEmpty ? nil : (name.hasPrefix(".") ? String(name.dropFirst()) : name)
            case "max-age": maxAge = value.flatMap(Int64.init) ?? maxAge
            case "expires": expires = value.flatMap(Self.date) ?? expires
            default: break
            }
        }
    }

    private static func pair(_ text: Substring) -> (name: String, value: String?)? {
        let sides = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(trimmed)
        guard let name = sides.first else { return nil }
        return (name, sides.count > 1 ? sides[1] : nil)
    }

    private static func trimmed(_ text: Substring) -> String {
        String(text.drop(while: isSpace).reversed().drop(while: isSpace).reversed())
    }

    private static func isSpace(_ character: Character) -> Bool { character == " " || character == "\t" }

    private static let months = [
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
    ]

    /// `Wed, 21 Oct 2026 07:28:00 GMT`, and with hyphens as older servers write it (RFC 6265 §5.1.1).
    private static func date(_ text: String) -> Timestamp? {
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
