extension QRCode {
    /// The code as an SVG element, to stand in a page or alone in a file.
    ///
    /// The white rectangle and the black path are part of the picture, as attributes that need no style sheet: common
    /// readers do not read a code that a dark theme has inverted, and a strict content security policy refuses inline
    /// styles.
    ///
    /// - Parameter label: What a screen reader says in place of the picture.
    public func svg(label: String) -> String {
        let side = size + 2 * Self.quietZone
        return """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(side) \(side)" shape-rendering="crispEdges" \
            role="img" aria-label="\(Self.escaped(label))">\
            <rect width="\(side)" height="\(side)" fill="#fff"/>\
            <path fill="#000" d="\(darkRuns)"/>\
            </svg>
            """
    }

    /// Each run of dark modules of a row as a closed rectangle.
    private var darkRuns: String {
        var path = ""
        for y in 0..<size {
            var x = 0
            while x < size {
                let start = x
                while isDark(x, y) { x += 1 }
                if x > start {
                    path += "M\(start + Self.quietZone) \(y + Self.quietZone)h\(x - start)v1h-\(x - start)z"
                } else {
                    x += 1
                }
            }
        }
        return path
    }

    /// Safe between double quotes in HTML and in XML, which has no place for most control characters.
    private static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "\u{0}"..."\u{1F}", "\u{7F}", "\u{FFFE}", "\u{FFFF}": result += " "
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
