internal import Foundation
public import OpenIDMessages

/// A name of a person in the characters of DIN 91379 (see `NameCharacters`): 1 to 120 characters, at most 256 bytes of
/// UTF-8, in Unicode's normal form C. It has no digits.
public struct PersonName: Sendable, Hashable {
    public let text: String

    public init?(_ text: String) {
        let text = text.precomposedStringWithCanonicalMapping
        guard text.utf8.count <= 256, (1...120).contains(text.count),
            NameCharacters.isName(text, NameCharacters.isPunctuationOfPeople)
        else { return nil }
        self.text = text
    }
}

/// A name of a company, court or other organisation in the characters of DIN 91379 (see `NameCharacters`): 1 to 200
/// characters, at most 400 bytes of UTF-8, in Unicode's normal form C.
public struct OrganizationName: Sendable, Hashable {
    public let text: String

    public init?(_ text: String) {
        let text = text.precomposedStringWithCanonicalMapping
        guard text.utf8.count <= 400, (1...200).contains(text.count),
            NameCharacters.isName(
                text,
                { NameCharacters.isPunctuationOfPeople($0) || NameCharacters.isSignOfOrganizations($0) })
        else { return nil }
        self.text = text
    }

    /// What two spellings of one name have in common: capitals do not count.
    var folded: String { text.lowercased() }
}

extension MemberReader {
    /// A text of a person's record or an address, in Unicode's normal form C: so one name is one text, is hashed as one and is
    /// given out as one, however the letters were composed where it was typed (DIN 91379).
    mutating func normalString(_ name: String, maximumLength: Int) throws(MessageError) -> String {
        try string(name, maximumLength: maximumLength).precomposedStringWithCanonicalMapping
    }

    mutating func optionalNormalString(_ name: String, maximumLength: Int) throws(MessageError) -> String? {
        try optionalString(name, maximumLength: maximumLength)?.precomposedStringWithCanonicalMapping
    }

    /// A name of a person.
    public mutating func personName(_ name: String) throws(MessageError) -> PersonName {
        guard let value = PersonName(try string(name, maximumLength: 512)) else { throw .malformed(name) }
        return value
    }

    /// A name of an organisation.
    public mutating func organizationName(_ name: String) throws(MessageError) -> OrganizationName {
        guard let value = OrganizationName(try string(name, maximumLength: 800)) else { throw .malformed(name) }
        return value
    }
}
