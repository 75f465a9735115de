internal import OpenIDMessages

/// What new evidence does to the verified attributes that were known before (I5, I6).
public struct AttributeChange: Sendable, Equatable {
    /// Claims whose value the new evidence replaces.
    public var superseded: [String]
    /// Claims that the new evidence proves, whether their value changed or not.
    public var proved: [String]
    /// Claims that rested on the old identity and were not proved anew: they are not passed on as verified.
    public var stale: [String]

    /// The minimal constant data set (Regulation 2015/1501): who somebody is.
    public static let identity = ["given_name", "family_name", "birth_family_name", "birthdate", "place_of_birth"]

    /// Attributes that evidence proves, in catalogue order; contact data are none of them.
    public static let verified = ClaimCatalogue.all.filter(ClaimCatalogue.verifiable.contains)

    /// Compares what is known with what was proved now. A claim that the new evidence does not mention keeps its value,
    /// and is stale when the identity changed.
    public init(from old: PersonRecord, to new: PersonRecord) {
        let (before, after) = (old.json, new.json)
        superseded = Self.verified.filter { after[$0] != nil && before[$0] != nil && before[$0] != after[$0] }
        proved = Self.verified.filter { after[$0] != nil }
        let isOtherIdentity = superseded.contains { Self.identity.contains($0) }
        stale = isOtherIdentity ? Self.verified.filter { before[$0] != nil && after[$0] == nil } : []
    }

    public var isEmpty: Bool { superseded.isEmpty && stale.isEmpty }
}

extension PersonRecord {
    /// This record with what was proved anew; contact data and attributes that nobody proved stay.
    public func superseded(by new: PersonRecord) -> PersonRecord {
        var record = self
        record.givenName = new.givenName
        record.familyName = new.familyName
        record.title = new.title ?? title
        record.birthFamilyName = new.birthFamilyName ?? birthFamilyName
        record.birthdate = new.birthdate ?? birthdate
        record.placeOfBirth = new.placeOfBirth ?? placeOfBirth
        record.nationalities = new.nationalities ?? nationalities
        record.address = new.address ?? address
        return record
    }
}

extension PersonRecord {
    /// Whether the same person may bear these data after a change of name: the birth date and one of the names stay.
    public func mayBecome(_ new: PersonRecord) -> Bool {
        birthdate != nil && birthdate == new.birthdate
            && (givenName == new.givenName || familyName == new.familyName)
    }
}
