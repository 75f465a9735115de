/// A piece of HTML. What the source text says stands as it is; what is interpolated is escaped, unless it is HTML itself.
///
/// Escaping fits element content and attribute values in quotes. Nothing is ever interpolated into a script, and into a style
/// nothing but a colour (`BrandColour`): scripts read `data-` attributes.
struct HTML: Sendable, ExpressibleByStringInterpolation, CustomStringConvertible {
    let text: String

    var description: String { text }

    init(stringLiteral text: String) { self.text = text }
    init(stringInterpolation parts: Parts) { text = parts.text }

    /// HTML that someone else has made and escaped.
    init(trusted text: String) { self.text = text }

    struct Parts: StringInterpolationProtocol {
        var text = ""

        init(literalCapacity: Int, interpolationCount: Int) { text.reserveCapacity(literalCapacity) }

        mutating func appendLiteral(_ literal: String) { text += literal }
        mutating func appendInterpolation(_ value: String) { text += HTML.escaped(value) }
        mutating func appendInterpolation(_ value: Int64) { text += String(value) }
        mutating func appendInterpolation(_ value: HTML) { text += value.text }
        /// Nothing stands for nil.
        mutating func appendInterpolation(_ value: HTML?) { text += value?.text ?? "" }
    }

    static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            case "\t", "\n": result.unicodeScalars.append(scalar)
            // Control characters do not belong into HTML; bidirectional ones would let a name rearrange the page's words.
            case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{61C}", "\u{200E}", "\u{200F}", "\u{2028}"..."\u{202E}",
                "\u{2066}"..."\u{2069}", "\u{FEFF}", "\u{FFFE}", "\u{FFFF}":
                result += "\u{FFFD}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
