/// A start tag, an end tag or text of an HTML page.
enum HTMLPiece: Equatable {
    case start(String, [String: String])
    case end(String)
    case text(String)
}

/// Splits HTML into tags and text, tolerantly. It is no parser: it builds no tree and repairs nothing.
///
/// Comments are passed over; the content of `script` and `style` is not looked into.
struct HTMLScanner {
    private var rest: Substring
    private var pieces: [HTMLPiece] = []

    static func pieces(of html: String) -> [HTMLPiece] {
        var scanner = HTMLScanner(rest: html[...])
        scanner.run()
        return scanner.pieces
    }

    private init(rest: Substring) { self.rest = rest }

    private mutating func run() {
        while !rest.isEmpty {
            let text = rest.prefix { $0 != "<" }
            rest = rest.dropFirst(text.count)
            if !text.isEmpty { pieces.append(.text(Self.unescaped(text))) }
            guard !rest.isEmpty else { return }
            markup()
        }
    }

    private mutating func markup() {
        if rest.hasPrefix("<!--") {
            skip(past: "-->")
        } else if rest.hasPrefix("<!") || rest.hasPrefix("<?") {
            skip(past: ">")
        } else if rest.hasPrefix("</") {
            rest = rest.dropFirst(2)
            pieces.append(.end(takeName()))
            skip(past: ">")
        } else if rest.dropFirst().first?.isLetter == true {
            rest = rest.dropFirst()
            startTag()
        } else {
            pieces.append(.text("<"))
            rest = rest.dropFirst()
        }
    }

    private mutating func startTag() {
        let name = takeName()
        var attributes: [String: String] = [:]
        while true {
            rest = rest.drop { $0.isWhitespace || $0 == "/" }
            guard let next = rest.first else { break }
            if next == ">" {
                rest = rest.dropFirst()
                break
            }
            let attribute = rest.prefix { !$0.isWhitespace && !"=>/".contains($0) }
            rest = attribute.isEmpty ? rest.dropFirst() : rest.dropFirst(attribute.count)
            let value = takeValue()
            // The first of two attributes of one name counts (HTML §13.2.5.33).
            if attributes[attribute.lowercased()] == nil { attributes[attribute.lowercased()] = value }
        }
        pieces.append(.start(name, attributes))
        if name == "script" || name == "style" { skip(to: "</" + name) }
    }

    private mutating func takeValue() -> String {
        let after = rest.drop(while: \.isWhitespace)
        guard after.first == "=" else { return "" }
        rest = after.dropFirst().drop(while: \.isWhitespace)
        guard let quote = rest.first, quote == "\"" || quote == "'" else {
            let value = rest.prefix { !$0.isWhitespace && $0 != ">" }
            rest = rest.dropFirst(value.count)
            return Self.unescaped(value)
        }
        let value = rest.dropFirst().prefix { $0 != quote }
        rest = rest.dropFirst(value.count + 2)
        return Self.unescaped(value)
    }

    private mutating func takeName() -> String {
        let name = rest.prefix { $0.isLetter || $0.isNumber || $0 == "-" }
        rest = rest.dropFirst(name.count)
        return name.lowercased()
    }

    private mutating func skip(past end: String) {
        rest = rest.firstRange(of: end).map { rest[$0.upperBound...] } ?? rest[rest.endIndex...]
    }

    private mutating func skip(to end: String) {
        rest = rest.firstRange(of: end).map { rest[$0.lowerBound...] } ?? rest[rest.endIndex...]
    }

    /// The five escapes that pages of the provider use; `&amp;` last, so that nothing is unescaped twice.
    private static func unescaped(_ text: Substring) -> String {
        guard text.contains("&") else { return String(text) }
        return text.replacing("&lt;", with: "<").replacing("&gt;", with: ">").replacing("&quot;", with: "\"")
            .replacing("&#39;", with: "'").replacing("&amp;", with: "&").description
    }
}
