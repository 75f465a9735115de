public import OpenIDMessages

/// A currency whose hundredth part is its smallest (ISO 4217, two decimals). Others are not offered: with an amount of
/// yen or dinars the two decimals would mean something else.
public enum Currency: String, Sendable, Hashable, CaseIterable {
    case euro = "EUR"
    case bulgarianLev = "BGN"
    case czechCrown = "CZK"
    case danishCrown = "DKK"
    case norwegianCrown = "NOK"
    case polishZloty = "PLN"
    case poundSterling = "GBP"
    case romanianLeu = "RON"
    case swedishCrown = "SEK"
    case swissFranc = "CHF"
    case unitedStatesDollar = "USD"
}

/// An exact amount of money that is not negative: whole hundredths of a currency, never a floating-point number.
public struct MoneyAmount: Sendable, Hashable {
    public let hundredths: Int64
    public let currency: Currency

    /// Reads `500` or `500.00`: at most twelve digits, no sign, no superfluous zero, a point and two decimals or none.
    /// Nil for everything else: `500,00` and `5e2` mean different sums to different readers.
    public init?(_ text: String, _ currency: Currency) {
        let halves = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard let whole = halves.first, (1...12).contains(whole.count), halves.count <= 2,
            whole.count == 1 || whole.first != UInt8(ascii: "0"), let units = Self.number(whole)
        else { return nil }
        var cents: Int64 = 0
        if halves.count == 2 {
            guard halves[1].count == 2, let number = Self.number(halves[1]) else { return nil }
            cents = number
        }
        hundredths = units * 100 + cents
        self.currency = currency
    }

    /// An amount as it is stored; nil when it is negative or has more digits than `text` may have.
    public init?(hundredths: Int64, _ currency: Currency) {
        guard (0..<100_000_000_000_000).contains(hundredths) else { return nil }
        self.hundredths = hundredths
        self.currency = currency
    }

    /// The amount with two decimals, e.g. `500.00`.
    public var text: String {
        let cents = hundredths % 100
        return "\(hundredths / 100).\(cents < 10 ? "0" : "")\(cents)"
    }

    /// The amount with its currency, e.g. `500.00 EUR`.
    public var textWithCurrency: String { "\(text) \(currency.rawValue)" }

    /// The same as people write it: in German with a comma.
    public func words(_ language: Language) -> String {
        language.say(textWithCurrency.replacing(".", with: ","), textWithCurrency)
    }

    /// True when this amount is in the same currency and not more than `limit`. Currencies are not converted.
    public func isWithin(_ limit: MoneyAmount) -> Bool {
        currency == limit.currency && hundredths <= limit.hundredths
    }

    /// Reads `{"amount": "500.00", "currency": "EUR"}`.
    public init(json: JSONObject) throws(MessageError) {
        var reader = MemberReader(json)
        let text = try reader.string("amount", maximumLength: 15)
        let currency: Currency = try reader.choice("currency")
        try reader.finish()
        guard let amount = MoneyAmount(text, currency) else { throw .malformed("amount") }
        self = amount
    }

    public var json: JSONObject { ["amount": .string(text), "currency": .string(currency.rawValue)] }

    private static func number(_ digits: Substring.UTF8View.SubSequence) -> Int64? {
        guard !digits.isEmpty else { return nil }
        var number: Int64 = 0
        for digit in digits {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else { return nil }
            number = number * 10 + Int64(digit - UInt8(ascii: "0"))
        }
        return number
    }
}
