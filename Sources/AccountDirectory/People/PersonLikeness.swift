extension PersonRecord {
    /// What two records must have in common to be taken for the same person by mistake: given names, family name and
    /// birth date, without what spellings differ in: capitals, umlauts written out, hyphens and spaces. Other marks tell
    /// people apart, as Ć does from C. Nil without a birth date.
    ///
    /// People with equal likeness are never merged by a program: a clerk decides (I1).
    public var likeness: String? {
        guard let birthdate else { return nil }
        return [givenName, familyName].map(Self.plain).joined(separator: "\n") + "\n" + birthdate
    }

    /// Lower-case letters only, umlauts written out.
    private static func plain(_ name: String) -> String {
        var result = ""
        for character in name.lowercased() where character.isLetter {
            switch character {
            case "ä": result += "ae"
            case "ö": result += "oe"
            case "ü": result += "ue"
            case "ß": result += "ss"
            default: result.append(character)
            }
        }
        return result
    }
}
