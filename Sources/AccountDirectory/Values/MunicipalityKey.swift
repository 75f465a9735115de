public import OpenIDMessages

/// An amtlicher Gemeindeschlüssel: eight digits for a municipality (Land, Regierungsbezirk, Kreis, Gemeinde), or the
/// first five for a Kreis. The municipality `000` is a town without Kreis (kreisfreie Stadt).
public struct MunicipalityKey: WireValue {
    public let rawValue: String

    public init?(rawValue: String) {
        guard [5, 8].contains(rawValue.utf8.count), rawValue.utf8.allSatisfy(\.isDigit),
            let land = Int(rawValue.prefix(2)), (1...16).contains(land)
        else { return nil }
        // Only the city states Hamburg and Berlin have no number of a Kreis; they are towns.
        let hasNoDistrict = rawValue.dropFirst(3).prefix(2) == "00"
        if hasNoDistrict, rawValue != "02000000", rawValue != "11000000" { return nil }
        self.rawValue = rawValue
    }

    /// True for a Kreis.
    public var isDistrict: Bool { rawValue.utf8.count == 5 }
    /// True for a town that belongs to no Kreis.
    public var isDistrictFree: Bool { !isDistrict && rawValue.hasSuffix("000") }
    /// The five digits of the Kreis or of the town itself.
    public var district: String { String(rawValue.prefix(5)) }
}
