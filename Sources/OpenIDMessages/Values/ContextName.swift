/// Names a hat that a person can wear in one login, as statements, tokens of the store and the phone spell it: `citizen`,
/// or `company:` and the identifier of the person's membership (docs/protocol.md §4.3).
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
    /// - Parameter membership: an identifier of unreserved characters, at most 64.
    public init(membership: some WireValue) { rawValue = Self.companyPrefix + membership.rawValue }

    /// The identifier of the membership; nil for the person as such.
    public var membership: String? {
        rawValue.hasPrefix(Self.companyPrefix) ? String(rawValue.dropFirst(Self.companyPrefix.count)) : nil
    }

    private init(known: String) { rawValue = known }

    /// The person as such.
    public static let citizen = ContextName(known: "citizen")

    private static let companyPrefix = "company:"
}
