/// Names a hat that a person can wear in one login, as statements, tokens of the store and the phone spell it: `citizen`,
/// or `company:` and the identifier of the person's membership, and behind `~` that of another company than the
/// membership's, which it serves (docs/protocol.md §4.3).
public struct ContextName: WireValue {
    public let rawValue: String

    public init?(rawValue: String) {
        let isCompany =
            rawValue.hasPrefix(Self.companyPrefix)
            && String(rawValue.dropFirst(Self.companyPrefix.count)).isUnreserved(1...64)
        guard rawValue == "citizen" || isCompany else { return nil }
        self.rawValue = rawValue
    }

    /// The context of a person's membership in a company.
    ///
    /// - Parameter membership: an identifier of unreserved characters without `~`, at most 64.
    public init(membership: some WireValue) { rawValue = Self.companyPrefix + membership.rawValue }

    /// The context in which a member of one company acts for another, which that company serves. Behind `~` stands the
    /// other company, so that each of several is a choice of its own.
    public init(membership: some WireValue, serving company: some WireValue) {
        rawValue = Self.companyPrefix + membership.rawValue + String(Self.separator) + company.rawValue
    }

    /// The identifier of the membership; nil for the person as such.
    public var membership: String? {
        guard rawValue.hasPrefix(Self.companyPrefix) else { return nil }
        return String(rawValue.dropFirst(Self.companyPrefix.count).prefix { $0 != Self.separator })
    }

    /// True when the person acts for another company than the membership's.
    public var servesAnother: Bool { rawValue.contains(Self.separator) }

    private init(known: String) { rawValue = known }

    /// The person as such.
    public static let citizen = ContextName(known: "citizen")

    private static let companyPrefix = "company:"
    private static let separator: Character = "~"
}
