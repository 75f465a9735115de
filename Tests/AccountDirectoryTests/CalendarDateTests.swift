import AccountDirectory
import OpenIDMessages
import Testing

@Suite("Days of the calendar")
struct CalendarDateTests {
    @Test(
        "a day that exists is read",
        arguments: ["1964-08-12", "2024-02-29", "2000-02-29", "1800-01-01", "2999-12-31", "2026-01-31"])
    func reads(text: String) { #expect(CalendarDate(rawValue: text)?.rawValue == text) }

    @Test(
        "anything else is not",
        arguments: [
            "2023-02-29", "1900-02-29", "2026-13-01", "2026-00-10", "2026-04-31", "2026-01-00", "1799-12-31",
            "3000-01-01", "64-08-12", "1964-8-12", "1964/08/12", "1964-08-12Z", "+964-08-12", "19640812", "",
            " 964-08-12",
            "1964-08-١٢", "12.08.1964",
        ])
    func refuses(text: String) { #expect(CalendarDate(rawValue: text) == nil) }

    @Test("a time has its day in Coordinated Universal Time, and the day its first second")
    func times() throws {
        for (seconds, text) in [
            (0, "1970-01-01"), (-1, "1969-12-31"), (86_399, "1970-01-01"), (86_400, "1970-01-02"),
            (1_767_225_600, "2026-01-01"), (1_767_225_599, "2025-12-31"), (951_782_400, "2000-02-29"),
            (-5_364_662_400, "1800-01-01"), (.min, "1800-01-01"), (.max, "2999-12-31"),
        ] as [(Int64, String)] {
            #expect(CalendarDate(Timestamp(seconds: seconds)).rawValue == text)
        }
        for text in ["1800-01-01", "1969-12-31", "1970-01-01", "2000-02-29", "2000-03-01", "2999-12-31"] {
            let day = try #require(CalendarDate(rawValue: text))
            #expect(
                CalendarDate(day.start) == day && CalendarDate(day.end - 1) == day && CalendarDate(day.start - 1) != day
                    || text == "1800-01-01")
        }
    }

    @Test("people read a day as they write it")
    func people() throws {
        let day = try #require(CalendarDate(rawValue: "2026-01-05"))
        #expect(day.text(.german) == "05.01.2026" && day.text(.english) == "5 January 2026")
        #expect(CalendarDate(rawValue: "1999-12-31")?.text(.english) == "31 December 1999")
    }

    @Test("every day of four centuries follows the one before")
    func consecutive() throws {
        var day = try #require(CalendarDate(rawValue: "1899-12-31"))
        for _ in 0..<146_097 {
            let next = CalendarDate(day.end)
            guard next > day, CalendarDate(rawValue: next.rawValue) == next, next.start == day.end else {
                Issue.record("after \(day) comes \(next)")
                return
            }
            day = next
        }
        #expect(day.rawValue == "2299-12-31")
    }

    @Test("years are counted to the day")
    func ages() throws {
        let birth = try #require(CalendarDate(rawValue: "2008-02-29"))
        for (text, years) in [("2026-02-28", 17), ("2026-03-01", 18), ("2028-02-29", 20), ("2028-02-28", 19)] {
            #expect(birth.years(until: try #require(CalendarDate(rawValue: text))) == years)
        }
    }
}
