/// Amounts of money as files and messages write them: euros with two decimals.
public enum ServiceAmount {
    /// `305.00` as cents; nil for anything else, and above 9,999,999.99.
    public static func cents(_ text: String) -> Int64? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, let euros = Int64(parts[0]), String(euros) == parts[0], (0...9_999_999).contains(euros),
            parts[1].utf8.count == 2, parts[1].utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let rest = Int64(parts[1])
        else { return nil }
        return euros * 100 + rest
    }

    /// The text of an amount that is not negative.
    public static func text(_ cents: Int64) -> String {
        let rest = cents % 100
        return "\(cents / 100)." + (rest < 10 ? "0" : "") + "\(rest)"
    }
}
