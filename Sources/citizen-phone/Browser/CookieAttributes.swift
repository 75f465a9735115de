import OpenIDMessages

/// One `Set-Cookie` header, read (RFC 6265 §5.2).
struct CookieAttributes {
    let name: String
    let value: String
    private(set) var path: String?
    private(set) var domain: String?
    private(set) var isSecure = false
    private(set) var maxAge: Int64?
    private(set) var expires: Timestamp?

    /// Nil when the header holds no cookie.
    init?(_ header: String) {
        guard header.utf8.count <= 8192 else { return nil }
        var parts = header.split(separator: ";", omittingEmptySubsequences: false)[...]
        guard let pair = parts.popFirst(), let (name, value) = Self.pair(pair), let value, !name.isEmpty,
            name.utf8.count + value.utf8.count <= 4096,
            (name + value).utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F })
        else { return nil }
        self.name = name
        self.value = value
        for part in parts {
            guard let (name, value) = Self.pair(part) else { continue }
            switch name.lowercased() {
            case "secure": isSecure = true
            case "path": path = value.flatMap { $0.hasPrefix("/") ? $0 : nil }
            case "domain":
                let name = (value ?? "").lowercased()
                domain = name.isEmpty ? nil : (name.hasPrefix(".") ? String(name.dropFirst()) : name)
            case "max-age": maxAge = value.flatMap(Int64.init) ?? maxAge
            case "expires": expires = value.flatMap(HTTPDate.parse) ?? expires
            default: break
            }
        }
    }

    private static func pair(_ text: Substring) -> (name: String, value: String?)? {
        let sides = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(trimmed)
        guard let name = sides.first else { return nil }
        return (name, sides.count > 1 ? sides[1] : nil)
    }

    private static func trimmed(_ text: Substring) -> String {
        String(text.drop(while: isSpace).reversed().drop(while: isSpace).reversed())
    }

    private static func isSpace(_ character: Character) -> Bool { character == " " || character == "\t" }
}
