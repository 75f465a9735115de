import AccountDirectory
import OpenIDMessages
import Testing

@Suite("Mandates: exact amounts, codes and days")
struct MandateValueTests {
    @Test(
        "an amount is read as it is written, to the hundredth",
        arguments: [
            ("0", 0), ("0.00", 0), ("0.01", 1), ("500", 50_000), ("500.00", 50_000), ("1234567890.05", 123_456_789_005),
            ("999999999999.99", 99_999_999_999_999),
        ] as [(String, Int64)])
    func amounts(text: String, hundredths: Int64) throws {
        let amount = try #require(MoneyAmount(text, .euro))
        #expect(amount.hundredths == hundredths)
        #expect(MoneyAmount(amount.text, .euro) == amount)
        #expect(amount.words(.english) == "\(amount.text) EUR" && !amount.words(.german).contains("."))
        #expect(MoneyAmount(hundredths: hundredths, .euro) == amount)
        #expect(amount.text == (text.contains(".") ? text : text + ".00"))
    }

    @Test(
        "an amount with comma, exponent, sign, blank, wrong decimals or too many digits is refused",
        arguments: [
            "", " ", "500,00", "1.000,00", "1,000.00", "5e2", "5E2", "0x10", "-1", "-0", "+5", "500.0", "500.000",
            "500.", ".50", "00", "01.00", "1000000000000", "999999999999.990", "9999999999999999999999", " 5", "5 ",
            "5\n", "٥٠٠", "5.0.0", "NaN", "inf", "5€", "5 EUR",
        ])
    func malformedAmounts(text: String) { #expect(MoneyAmount(text, .euro) == nil) }

    @Test("stored hundredths that are negative or too many are no amount")
    func hundredths() {
        #expect(MoneyAmount(hundredths: -1, .euro) == nil)
        #expect(MoneyAmount(hundredths: 100_000_000_000_000, .euro) == nil)
        #expect(MoneyAmount(hundredths: 99_999_999_999_999, .euro) != nil)
    }

    @Test("an amount is within a limit of the same currency that is not lower; currencies are not converted")
    func limits() {
        let limit = Sample.euro("500.00")
        #expect(Sample.euro("500.00").isWithin(limit) && Sample.euro("0").isWithin(limit))
        #expect(!Sample.euro("500.01").isWithin(limit))
        #expect(!MoneyAmount("1", .swissFranc)!.isWithin(limit))
    }

    @Test(
        "an amount in JSON is a text and a currency, never a number",
        arguments: [
            #"{"amount":"500.00","currency":"EUR"}"#: true, #"{"amount":500,"currency":"EUR"}"#: false,
            #"{"amount":500.00,"currency":"EUR"}"#: false, #"{"amount":"500.00"}"#: false,
            #"{"amount":"500.00","currency":"eur"}"#: false, #"{"amount":"500.00","currency":"JPY"}"#: false,
            #"{"amount":"500.00","currency":"EUR","note":"x"}"#: false, #"{"amount":null,"currency":"EUR"}"#: false,
        ])
    func json(text: String, isRead: Bool) throws {
        let object = try StrictJSON.parseObject(Array(text.utf8))
        #expect((try? MoneyAmount(json: object)) == (isRead ? Sample.euro("500") : nil))
        if isRead { #expect(try MoneyAmount(json: object).json == object) }
    }

    @Test(
        "scopes are codes of small letters with dots",
        arguments: [
            "parking.permit": true, "waste": true, "a1.b_2.c-3": true, String(repeating: "a", count: 64): true,
            String(repeating: "a", count: 65): false, "": false, ".": false, "parking.": false, ".permit": false,
            "parking..permit": false, "Parking.permit": false, "parking permit": false, "1parking": false,
            "parking.*": false, "*": false, "pärking": false, "parking\u{200B}.permit": false,
        ])
    func scopes(text: String, isScope: Bool) { #expect((MandateScope(rawValue: text) != nil) == isScope) }

    @Test("a scope does not contain what begins like it")
    func noHierarchy() {
        let wide = Sample.powers { $0.scopes = [MandateScope(rawValue: "parking")!] }
        #expect(Sample.powers().excess(over: wide) == [.scope])
    }

    @Test(
        "a day in Germany begins at midnight there, in winter and in summer",
        arguments: [
            ("2026-12-31", 1_798_757_999), ("2027-01-01", 1_798_758_000),  // 23:00:00Z
            ("2026-06-30", 1_782_856_799), ("2026-07-01", 1_782_856_800),  // 22:00:00Z
            // The clock changes on 2026-03-29 and 2026-10-25, each at 01:00Z.
            ("2026-03-28", 1_774_738_799), ("2026-03-29", 1_774_738_800),  // 23:00:00Z: still winter
            ("2026-03-29", 1_774_821_599), ("2026-03-30", 1_774_821_600),  // 22:00:00Z: summer now
            ("2026-10-24", 1_792_879_199), ("2026-10-25", 1_792_879_200),  // 22:00:00Z: still summer
            ("2026-10-25", 1_792_969_199), ("2026-10-26", 1_792_969_200),  // 23:00:00Z: winter now
        ] as [(String, Int64)])
    func germanDays(day: String, seconds: Int64) {
        #expect(CalendarDate(inGermanyAt: Timestamp(seconds: seconds)).rawValue == day)
    }

    @Test("times that no calendar has become its first or last day")
    func extremes() {
        #expect(CalendarDate(inGermanyAt: Timestamp(seconds: .min)).rawValue == "1800-01-01")
        #expect(CalendarDate(inGermanyAt: Timestamp(seconds: .max)).rawValue == "2999-12-31")
        #expect(Sample.day("2999-12-31").adding(years: 3) == Sample.day("2999-12-31"))
    }

    @Test("a leap day has no like in common years: its third year ends on 28 February")
    func leapDays() {
        #expect(Sample.day("2028-02-29").adding(years: 3).rawValue == "2031-03-01")
        #expect(Sample.day("2028-02-29").adding(years: 4).rawValue == "2032-02-29")
        #expect(Sample.day("2026-01-01").adding(years: 3).rawValue == "2029-01-01")
        #expect(Sample.day("2026-12-31").adding(days: 1).rawValue == "2027-01-01")
    }

    @Test(
        "towns are listed, or all of them are meant by a single star",
        arguments: [
            ["*"]: true, ["bottrop"]: true, ["bottrop", "herten"]: true, []: false, ["*", "bottrop"]: false,
            ["bottrop", "bottrop"]: false, ["Bottrop"]: false, ["*", "*"]: false,
        ])
    func reach(words: [String], isReach: Bool) {
        let reach = Reach<TenantIdentifier>(words: words)
        #expect((reach != nil) == isReach)
        if let reach { #expect(reach.words == words) }
    }
}
