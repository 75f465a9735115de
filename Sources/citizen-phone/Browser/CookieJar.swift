import OpenIDMessages

/// The cookies of one browser: host-only cookies of RFC 6265 with the name prefixes of RFC 6265bis §4.1.3.
struct CookieJar {
    struct Cookie {
        var host: String
        var authority: String
        var name: String
        var value: String
        var path: String
        var isSecure: Bool
        var expires: Timestamp?
    }

    private(set) var cookies: [Cookie]

    init(_ cookies: [Cookie] = []) { self.cookies = cookies }

    /// Takes one `Set-Cookie` header of an answer from `address`; what breaks a rule is passed over.
    mutating func take(_ header: String, from address: WebAddress, now: Timestamp) {
        let attributes = CookieAttributes(header)
        guard let attributes, Self.isAllowed(attributes, from: address) else { return }
        let path = attributes.path ?? Self.defaultPath(address.path)
        let index = cookies.firstIndex {
            $0.authority == address.authority && $0.name == attributes.name && $0.path == path
        }
        if let index {
            // RFC 6265bis §5.7: what came in the clear does not replace what came over TLS.
            guard address.isSecure || !cookies[index].isSecure else { return }
            cookies.remove(at: index)
        }
        let expires = attributes.maxAge.map { now + $0 } ?? attributes.expires
        if let expires, expires <= now { return }
        cookies.append(
            Cookie(
                host: address.host, authority: address.authority, name: attributes.name, value: attributes.value,
                path: path, isSecure: attributes.isSecure, expires: expires))
    }

    /// The `Cookie` header for a call to `address`; nil when there is nothing to send.
    func header(for address: WebAddress, now: Timestamp) -> String? {
        let fitting = cookies.filter { cookie in
            cookie.authority == address.authority && (address.isSecure || !cookie.isSecure)
                && Self.matches(address.path, cookie.path) && cookie.expires.map { $0 > now } ?? true
        }
        // RFC 6265 §5.4: longer paths first, then the older.
        let sorted = fitting.enumerated().sorted {
            ($1.element.path.utf8.count, $0.offset) < ($0.element.path.utf8.count, $1.offset)
        }
        return sorted.isEmpty ? nil : sorted.map { "\($0.element.name)=\($0.element.value)" }.joined(separator: "; ")
    }

    /// Forgets what one site has set.
    mutating func forget(authority: String) { cookies.removeAll { $0.authority == authority } }

    private static func isAllowed(_ cookie: CookieAttributes, from address: WebAddress) -> Bool {
        if cookie.isSecure && !address.isSecure { return false }
        // This jar keeps host-only cookies: a cookie for a wider domain is kept for its host alone.
        if let domain = cookie.domain, domain != address.host, !address.host.hasSuffix("." + domain) { return false }
        let name = cookie.name.lowercased()
        if name.hasPrefix("__secure-") && !cookie.isSecure { return false }
        if name.hasPrefix("__host-") && !(cookie.isSecure && cookie.domain == nil && cookie.path == "/") {
            return false
        }
        return true
    }

    /// RFC 6265 §5.1.4, default-path.
    private static func defaultPath(_ path: String) -> String {
        guard path.hasPrefix("/"), let slash = path.lastIndex(of: "/"), slash != path.startIndex else { return "/" }
        return String(path[..<slash])
    }

    /// RFC 6265 §5.1.4, path-match.
    private static func matches(_ path: String, _ cookiePath: String) -> Bool {
        path == cookiePath
            || (path.hasPrefix(cookiePath)
                && (cookiePath.hasSuffix("/")
                    || path.dropFirst(cookiePath.count).hasPrefix("/")))
    }
}
