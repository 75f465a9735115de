/// A protected resource (RFC 8707 §2): an absolute URI without fragment, compared byte for byte; at most 512 characters.
public struct ResourceURI: WireValue {
    public let rawValue: String
    public init?(rawValue: String) {
        guard rawValue.isASCII(3...512, { CharacterClass.isUnreserved($0) || ":/?@!$&'()*+,;=%".utf8.contains($0) }),
            let colon = rawValue.firstIndex(of: ":"), colon != rawValue.startIndex,
            rawValue[..<colon].utf8.allSatisfy(CharacterClass.isAlphanumeric),
            rawValue.index(after: colon) != rawValue.endIndex
        else { return nil }
        self.rawValue = rawValue
    }
}
