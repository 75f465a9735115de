import OpenIDMessages

/// Members of the provider's answers as a person reads them.
extension JSONObject {
    /// The member as text that does nothing to a terminal; empty when it is not there.
    func shown(_ name: String) -> String {
        switch self[name] {
        case .string(let text)?: TerminalText.visible(text)
        case .integer(let number)?: String(number)
        case .bool(let value)?: value ? "yes" : "no"
        case .array(let elements)?:
            TerminalText.visible(elements.compactMap(\.string).joined(separator: ", "))
        default: ""
        }
    }

    /// A time as the person's own clock shows it; empty when it is not there.
    func shownTime(_ name: String, _ language: Language) -> String {
        self[name]?.integer.map { LocalTime.text(Timestamp(seconds: $0), language) } ?? ""
    }

    /// The objects of a list.
    func objects(_ name: String) -> [JSONObject] { self[name]?.array?.compactMap(\.object) ?? [] }
}

extension JSONObject {
    /// The parts that are there, with two spaces between them.
    static func line(_ parts: String...) -> String {
        parts.filter { !$0.isEmpty }.joined(separator: "  ")
    }
}
