public import OpenIDMessages

extension CalendarDate {
    /// The day that it is at `time` in Germany, where the region's towns are: an hour ahead of Coordinated Universal
    /// Time, two between the last Sundays of March and October, each at 01:00 UTC (directive 2000/84/EC).
    ///
    /// A mandate that ends on 31 December ends with the old year, not an hour into the new one.
    public init(inGermanyAt time: Timestamp) {
        let year = CalendarDate(time).year
        let isSummer = time >= Self.clockChange(month: 3, year) && time < Self.clockChange(month: 10, year)
        self.init(time + (isSummer ? 7_200 : 3_600))
    }

    /// The first second after the day in Germany.
    public var endInGermany: Timestamp {
        let summer = end - 7_200
        return CalendarDate(inGermanyAt: summer) == self ? end - 3_600 : summer
    }

    public func adding(days: Int64) -> CalendarDate { CalendarDate(start + days * 86_400) }

    /// The same day of a later year; 29 February becomes 1 March where there is none.
    public func adding(years: Int) -> CalendarDate {
        let year = min(self.year + years, 2999)
        return CalendarDate(rawValue: "\(year)" + rawValue.dropFirst(4)) ?? CalendarDate(rawValue: "\(year)-03-01")
            ?? self
    }

    /// 01:00 UTC on the last Sunday of a month with 31 days.
    private static func clockChange(month: Int, _ year: Int) -> Timestamp {
        let last = CalendarDate(rawValue: "\(year)-\(month < 10 ? "0" : "")\(month)-31")?.start.seconds ?? 0
        // 1970-01-01 was a Thursday, four days after a Sunday.
        let weekday = (last / 86_400 + 4) % 7
        return Timestamp(seconds: last - (weekday < 0 ? weekday + 7 : weekday) * 86_400 + 3_600)
    }
}
