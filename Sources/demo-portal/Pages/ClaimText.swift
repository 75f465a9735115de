internal import OpenIDMessages

/// A released claim in words for people.
struct ClaimText: Sendable {
    let label: String
    let value: String

    init(_ member: JSONObject.Member, language: Language) {
        label = ClaimTitle.of(member.name).map(language.choose) ?? member.name
        value = Self.text(member.value, language: language)
    }

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

extension Language {
    func choose(_ text: BilingualText) -> String { choose((text.german, text.english)) }
}

extension AuthenticationContext {
    /// The level in words.
    func words(_ language: Language) -> String { language.choose(level.title) }
}
