internal import OpenIDMessages

/// The texts of audit events.
enum AuditText {
    /// The longest name of an object, in characters.
    static let longestObject = 128

    /// `length:bytes,`: no sequence of such texts can be read as another one.
    static func netstring(_ text: String) -> [UInt8] {
        let bytes = Array(text.utf8)
        return Array(String(bytes.count).utf8) + [UInt8(ascii: ":")] + bytes + [UInt8(ascii: ",")]
    }

    /// The text without what could break or colour a line: such characters become U+FFFD. Nil for an empty text.
    static func harmless(_ text: String) -> String? {
        guard !text.isEmpty else { return nil }
        guard text.utf8.count > longestObject || DisplayText.hasHiddenCharacters(text) else { return text }
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars.prefix(longestObject) {
            result.append(DisplayText.isHidden(scalar) ? "\u{FFFD}" : scalar)
        }
        return String(result)
    }
}
