public import OpenIDMessages

/// What a new record of a person must keep besides its form. Records that were stored earlier are read without it.
public enum PersonRules {
    /// Years that nobody has reached.
    public static let longestLife = 125

    /// Throws the member that does not fit: names have the characters of DIN 91379, and the day of birth is not in the
    /// future and not so long ago that nobody lives.
    public static func check(_ person: PersonRecord, today: CalendarDate) throws(MessageError) {
        guard PersonName(person.givenName) != nil else { throw .malformed("given_name") }
        guard PersonName(person.familyName) != nil else { throw .malformed("family_name") }
        if let name = person.birthFamilyName, PersonName(name) == nil { throw .malformed("birth_family_name") }
        if let birthdate = person.birthdate {
            guard let day = CalendarDate(rawValue: birthdate), day <= today, day.years(until: today) <= longestLife
            else {
                throw .malformed("birthdate")
            }
        }
    }
}
