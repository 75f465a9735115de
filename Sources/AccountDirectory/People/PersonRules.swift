public import OpenIDMessages

/// What a new record of a person must keep besides its form. Records that were stored earlier are read without it.
public enum PersonRules {
    /// Years that nobody has reached.
    public static let longestLife = 125

    /// Throws the member that does not fit: names and places have the characters of DIN 91379, the day of birth is there, not in
    /// the future and not so long ago that nobody lives, and the address is one that there can be.
    public static func check(_ person: PersonRecord, today: CalendarDate) throws(MessageError) {
        guard PersonName(person.givenName) != nil else { throw .malformed("given_name") }
        guard PersonName(person.familyName) != nil else { throw .malformed("family_name") }
        if let name = person.birthFamilyName, PersonName(name) == nil { throw .malformed("birth_family_name") }
        for (name, text) in [("title", person.title), ("place_of_birth", person.placeOfBirth)] {
            if let text, OrganizationName(text) == nil { throw .malformed(name) }
        }
        try person.address?.check()
        // Without it nobody finds the account again, and the same person gets another one (invariant I1). Where nobody knows
        // the day, there is one that an authority has fixed.
        guard let birthdate = person.birthdate else { throw .missing("birthdate") }
        guard let day = CalendarDate(rawValue: birthdate), day <= today, day.years(until: today) <= longestLife else {
            throw .malformed("birthdate")
        }
    }
}
