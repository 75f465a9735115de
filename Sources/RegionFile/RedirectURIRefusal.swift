import OpenIDMessages

/// Says in plain words why a text is not a redirect URI. What is one, `RedirectURI` alone decides.
enum RedirectURIRefusal {
    static func reason(_ text: String) -> String {
        if text.contains("*") { return "it has a wildcard, but redirect URIs are compared byte for byte" }
        if text.contains("#") { return "it has a fragment (`#`), which RFC 6749 §3.1.2 forbids" }
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            return "it has a blank or a character that is not ASCII"
        }
        if text.utf8.count > 2048 { return "it is longer than 2048 characters" }
        guard let rest = rest(text) else { return "it must begin with `https://`, in lower case" }
        let authority = rest.prefix { $0 != "/" && $0 != "?" }
        return reason(authority: String(authority), isSecure: text.hasPrefix("https://"))
            ?? reason(path: String(rest.dropFirst(authority.count)))
    }

    private static func rest(_ text: String) -> Substring? {
        for scheme in ["https://", "http://"] where text.hasPrefix(scheme) { return text.dropFirst(scheme.count) }
        return nil
    }

    private static func reason(authority: String, isSecure: Bool) -> String? {
        if authority.isEmpty { return "it has no host" }
        if authority.contains("@") { return "it has a user name or password before the host (`@`)" }
        if authority.contains(where: \.isUppercase) { return "its host must be in lower case" }
        if RedirectURI(rawValue: "https://\(authority)/") == nil { return "its host or port is malformed" }
        let isUsable = isSecure || RedirectURI(rawValue: "http://\(authority)/") != nil
        return isUsable ? nil : "it uses `http://`, which is only for a loopback address (RFC 8252 §7.3)"
    }

    private static func reason(path: String) -> String {
        if path.hasPrefix("?") { return "a path must stand before the query" }
        let segments = path.prefix { $0 != "?" }
        if segments.split(separator: "/").contains(where: { $0 == "." || $0 == ".." }) {
            return "its path has a dot segment (`.` or `..`)"
        }
        if segments.contains("%") { return "its path has a percent escape" }
        return "its path or query has a character that a URI cannot hold there"
    }
}
