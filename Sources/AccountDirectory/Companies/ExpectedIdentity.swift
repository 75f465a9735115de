public import OpenIDMessages

/// Who is meant, as somebody who knows the person writes it: given name, family name and day of birth.
///
/// Equal names and days are not proof that two are one person. They serve as a second condition, beside a code or a
/// register's extract, never alone.
public struct ExpectedIdentity: Sendable, Hashable {
    public let givenName: PersonName
    public let familyName: PersonName
    public let birthdate: CalendarDate

    public init(givenName: PersonName, familyName: PersonName, birthdate: CalendarDate) {
        self.givenName = givenName
        self.familyName = familyName
        self.birthdate = birthdate
    }

    public init(json: JSONObject) throws(MessageError) {
        var reader = MemberReader(json)
        try self.init(&reader)
        try reader.finish()
    }

    /// Reads the three members of a larger object.
    init(_ reader: inout MemberReader) throws(MessageError) {
        givenName = try reader.personName("given_name")
        familyName = try reader.personName("family_name")
        birthdate = try reader.wire("birthdate")
    }

    /// The identity of a recorded person; nil when the record lacks a part of it.
    public init?(_ person: PersonRecord) {
        guard let givenName = PersonName(person.givenName), let familyName = PersonName(person.familyName),
            let birthdate = person.birthdate.flatMap(CalendarDate.init(rawValue:))
        else { return nil }
        self.init(givenName: givenName, familyName: familyName, birthdate: birthdate)
    }

    /// What is hashed: the first given name (others are often unknown), the family name and the day, without capitals.
    /// Names have no line feeds, so that the parts cannot run into each other.
    public var canonicalText: String {
        let first = givenName.text.split(separator: " ").first.map(String.init) ?? ""
        return [first.lowercased(), familyName.text.lowercased(), birthdate.rawValue].joined(separator: "\n")
    }
}

/// A keyed hash of an expected identity. Under another invitation or company the same person has
/// another one.
public struct IdentityHash: WireValue {
    public let rawValue: String

    public init?(rawValue: String) {
        guard rawValue.utf8.count == 43, Base64URL.decode(rawValue) != nil else { return nil }
        self.rawValue = rawValue
    }
}
