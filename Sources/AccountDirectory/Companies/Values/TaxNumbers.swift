public import OpenIDMessages

/// A Wirtschafts-Identifikationsnummer (§ 139c AO): `DE`, nine digits of which the last is a check digit
/// (ISO/IEC 7064 MOD 11,10, as in the Umsatzsteuer-Identifikationsnummer), and where it is known the number of one
/// activity, `-00001` to `-99999`.
public struct BusinessIdentificationNumber: WireValue {
    public let rawValue: String

    public init?(rawValue: String) {
        let parts = rawValue.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count <= 2, GermanTaxNumber.isWellFormed(parts[0]) else { return nil }
        if parts.count == 2 {
            guard parts[1].utf8.count == 5, parts[1].utf8.allSatisfy(\.isDigit), parts[1] != "00000" else { return nil }
        }
        self.rawValue = rawValue
    }

    /// What identifies the business: the number without that of an activity.
    public var business: BusinessIdentificationNumber {
        // A prefix of eleven characters is well-formed by itself.
        BusinessIdentificationNumber(rawValue: String(rawValue.prefix(11))) ?? self
    }

    /// The five digits of one activity, e.g. `00001`.
    public var activity: String? { rawValue.utf8.count > 11 ? String(rawValue.suffix(5)) : nil }
}

/// An Umsatzsteuer-Identifikationsnummer of Germany (§ 27a UStG): `DE` and nine digits with a check digit
/// (ISO/IEC 7064 MOD 11,10).
public struct VATIdentificationNumber: WireValue {
    public let rawValue: String

    public init?(rawValue: String) {
        guard GermanTaxNumber.isWellFormed(rawValue[...]) else { return nil }
        self.rawValue = rawValue
    }
}

private enum GermanTaxNumber {
    /// The first digit is never 0: numbers below 100,000,000 were not given out.
    static func isWellFormed(_ text: Substring) -> Bool {
        let digits = text.utf8.dropFirst(2)
        return text.utf8.count == 11 && text.utf8.starts(with: "DE".utf8) && digits.allSatisfy(\.isDigit)
            && digits.first != UInt8(ascii: "0") && CheckDigits.isMod11And10(digits)
    }
}

/// A Legal Entity Identifier (ISO 17442): 18 digits and capital letters and two check digits.
public struct LegalEntityIdentifier: WireValue {
    public let rawValue: String

    public init?(rawValue: String) {
        let bytes = rawValue.utf8
        guard bytes.count == 20, bytes.prefix(18).allSatisfy({ $0.isDigit || $0.isCapital }),
            bytes.suffix(2).allSatisfy(\.isDigit), CheckDigits.isMod97And10(bytes)
        else { return nil }
        self.rawValue = rawValue
    }
}
