internal import OpenIDMessages

/// A released claim in words for people.
struct ClaimText: Sendable {
    let label: String
    let value: String

    init(_ member: JSONObject.Member, language: Language) {
        label = Self.labels[member.name].map(language.choose) ?? member.name
        value = Self.text(member.value, language: language)
    }

    private static let labels: [String: Words.Pair] = [
        "name": ("Name", "Name"), "given_name": ("Vorname", "Given name"), "family_name": ("Nachname", "Family name"),
        "birth_family_name": ("Geburtsname", "Name at birth"), "title": ("Titel", "Title"),
        "birthdate": ("Geburtsdatum", "Date of birth"), "place_of_birth": ("Geburtsort", "Place of birth"),
        "nationalities": ("Staatsangehörigkeit", "Nationality"), "address": ("Anschrift", "Address"),
        "email": ("E-Mail", "Email"), "email_verified": ("E-Mail bestätigt", "Email verified"),
        "phone_number": ("Telefon", "Phone"), "locale": ("Sprache", "Language"), "gender": ("Geschlecht", "Gender"),
    ]

    private static func text(_ value: JSONValue, language: Language) -> String {
        switch value {
        case .null: "–"
        case .bool(let isTrue): language.choose(isTrue ? ("ja", "yes") : ("nein", "no"))
        case .integer(let number): String(number)
        case .number(let number): String(number)
        case .string(let text): date(text, language: language) ?? text
        case .array(let values): values.map { Self.text($0, language: language) }.joined(separator: ", ")
        case .object(let object):
            address(object) ?? object.members.map { Self.text($0.value, language: language) }.joined(separator: ", ")
        }
    }

    /// An address (OpenID Connect Core §5.1.1) in one line.
    private static func address(_ object: JSONObject) -> String? {
        guard let street = object["street_address"]?.string else { return object["formatted"]?.string }
        let town = ["postal_code", "locality"].compactMap { object[$0]?.string }.joined(separator: " ")
        return [street, town].filter { !$0.isEmpty }.joined(separator: ", ")
    }

    /// `1964-08-12` as Germans write it; nil for anything else.
    private static func date(_ text: String, language: Language) -> String? {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard language.tag == .de, parts.map(\.utf8.count) == [4, 2, 2], parts.allSatisfy({ Int($0) != nil }) else {
            return nil
        }
        return "\(parts[2]).\(parts[1]).\(parts[0])"
    }
}

extension AuthenticationContext {
    /// The level in words; the region's own names in both languages.
    func words(_ language: Language) -> String {
        switch level {
        case .undefined: language.choose(("nicht bestimmt", "undefined"))
        case .normal: language.choose(("normal", "normal"))
        case .substantiell: language.choose(("substantiell", "substantial (substantiell)"))
        case .hoch: language.choose(("hoch", "high (hoch)"))
        }
    }
}
