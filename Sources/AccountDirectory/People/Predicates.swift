extension PersonRecord {
    /// The claim from which a predicate is derived; nil for what is no predicate.
    public static func source(ofPredicate claim: String) -> String? {
        if claim == ClaimCatalogue.resident { return "address" }
        return years(claim) == nil ? nil : "birthdate"
    }

    private static func years(_ claim: String) -> Int? {
        guard claim.hasPrefix("age_over_"), let years = Int(claim.dropFirst("age_over_".count)),
            ClaimCatalogue.ages.contains(years)
        else { return nil }
        return years
    }

    /// True when the record has what the predicate is derived from.
    public func canAnswer(_ predicate: String) -> Bool {
        if predicate == ClaimCatalogue.resident { return address?.municipalityKey != nil }
        return Self.years(predicate) != nil && birthdate != nil
    }

    /// Yes or no instead of an address or a birth date; nil when the record cannot tell.
    ///
    /// - Parameters:
    ///   - municipality: the key of the town that asks (eight digits; five for a Kreis, which has its towns).
    ///   - today: the day as it is in Germany.
    public func predicate(_ claim: String, municipality: String?, today: CalendarDate) -> Bool? {
        if claim == ClaimCatalogue.resident {
            guard let key = address?.municipalityKey, let municipality else { return nil }
            return key.hasPrefix(municipality)
        }
        guard let years = Self.years(claim), let born = birthdate.flatMap(CalendarDate.init(rawValue:)) else {
            return nil
        }
        return born.years(until: today) >= years
    }
}
