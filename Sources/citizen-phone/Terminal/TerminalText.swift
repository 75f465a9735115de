import OpenIDMessages

/// Text of others on its way to a terminal or into JSON for one (checklist F9).
enum TerminalText {
    /// `text` with every character that could act on the terminal or reorder what is seen made visible, e.g. ‹U+202E›.
    static func visible(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            if isHarmful(scalar) {
                result.append(contentsOf: "‹\(codePoint(scalar))›".unicodeScalars)
            } else {
                result.append(scalar)
            }
        }
        return String(result)
    }

    /// `line` in lines that a terminal of so many columns has room for, broken between words. What follows the name in a table
    /// (`Language.row`) goes on below its value.
    static func fitted(_ line: String, columns: Int, _ language: Language) -> [String] {
        guard line.count > columns else { return [line] }
        let head = language.nameOfRow(line) ?? line.prefix { $0 == " " }
        return wrapped(String(line.dropFirst(head.count)), after: String(head), columns: columns)
    }

    /// `text` behind `first`, in lines of at most so many characters where its words allow that; those after the first begin
    /// below it.
    static func wrapped(_ text: String, after first: String, columns: Int = 80) -> [String] {
        let indent = String(repeating: " ", count: first.count)
        var lines = [first]
        var isEmpty = true
        for word in text.split(separator: " ", omittingEmptySubsequences: false) {
            let last = lines[lines.count - 1]
            if isEmpty {
                lines[lines.count - 1] = last + word
            } else if last.count + 1 + word.count <= columns {
                lines[lines.count - 1] = last + " " + word
            } else {
                lines.append(indent + word)
            }
            isEmpty = false
        }
        return lines
    }

    /// JSON text in which the same characters are written as escapes: the same value, and harmless to look at.
    static func harmlessJSON(_ json: String) -> String {
        var result = String.UnicodeScalarView()
        for scalar in json.unicodeScalars {
            guard isHarmful(scalar), scalar != "\n" else {
                result.append(scalar)
                continue
            }
            for unit in String(scalar).utf16 {
                result.append(contentsOf: "\\u\(hexadecimal(UInt32(unit)))".unicodeScalars)
            }
        }
        return String(result)
    }

    /// Control, format (bidirectional marks, zero width, tags), private-use and unassigned characters, and the two
    /// separators that break lines.
    private static func isHarmful(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: true
        default: false
        }
    }

    /// How Unicode writes a character's number: U+001B.
    static func codePoint(_ scalar: Unicode.Scalar) -> String { "U+" + hexadecimal(scalar.value) }

    private static func hexadecimal(_ value: UInt32) -> String {
        let digits = String(value, radix: 16, uppercase: true)
        return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }
}
