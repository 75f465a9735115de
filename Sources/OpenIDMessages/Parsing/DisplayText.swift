/// Texts of others that people see.
public enum DisplayText {
    /// True when `text` has characters that could change how a terminal or page shows the text around them: control
    /// characters, line and paragraph separators, and the marks that turn the direction of writing.
    public static func hasHiddenCharacters(_ text: String) -> Bool { text.unicodeScalars.contains(where: isHidden) }

    /// True for one such character.
    public static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse: true
        default: false
        }
    }
}
