/// A redirect URI (RFC 6749 §3.1.2), compared byte for byte (RFC 9700 §2.1).
///
/// No URL parser decides here: a URI is accepted by its bytes, and two URIs are equal when their bytes are. Allowed are
/// `https` URIs with a plain host; `http` only for a loopback address (RFC 8252 §7.3).
public struct RedirectURI: WireValue {
    public let rawValue: String

    /// The host, in lower case and without port.
    public let host: String

    /// True for `127.0.0.1`, `[::1]` and `localhost`.
    public var isLoopback: Bool { Self.loopbackHosts.contains(host) }

    private static let loopbackHosts: Set<String> = ["127.0.0.1", "[::1]", "localhost"]

    public init?(rawValue: String) {
        guard rawValue.isASCII(9...2048, Self.isAllowed), let host = Self.host(of: rawValue) else { return nil }
        self.rawValue = rawValue
        self.host = host
    }

    /// Scheme, host and port as they are written.
    public var origin: String {
        let scheme = rawValue.hasPrefix("https://") ? "https://" : "http://"
        return scheme + rawValue.dropFirst(scheme.count).prefix { $0 != "/" && $0 != "?" }
    }

    /// The URI with more query parameters, which stand behind those it has.
    public func appending(_ parameters: FormParameters) -> String {
        rawValue + (rawValue.utf8.contains(UInt8(ascii: "?")) ? "&" : "?") + parameters.encoded
    }

    /// Characters of a URI (RFC 3986 §2) without `#`, which RFC 6749 §3.1.2 forbids, and without brackets elsewhere
    /// than in an IPv6 host, which `host(of:)` reads on its own.
    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: ":"), UInt8(ascii: "/"), UInt8(ascii: "?"), UInt8(ascii: "@"), UInt8(ascii: "!"),
            UInt8(ascii: "$"), UInt8(ascii: "&")...UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "="),
            UInt8(ascii: "%"), UInt8(ascii: "["), UInt8(ascii: "]"):
            true
        default: CharacterClass.isUnreserved(byte)
        }
    }

    private static func host(of uri: String) -> String? {
        let secure = uri.hasPrefix("https://")
        guard secure || uri.hasPrefix("http://") else { return nil }
        let rest = uri.utf8.dropFirst(secure ? 8 : 7)
        let authority = rest.prefix { $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "?") }
        let path = rest.dropFirst(authority.count)
        guard path.isEmpty || path.first == UInt8(ascii: "/"),
            !path.contains(where: { $0 == UInt8(ascii: "[") || $0 == UInt8(ascii: "]") || $0 == UInt8(ascii: "*") }),
            let path = String(path), hasCanonicalPath(path),
            let authority = String(authority), let host = host(ofAuthority: authority)
        else { return nil }
        return secure || loopbackHosts.contains(host) ? host : nil
    }

    /// No dot segments, no percent escapes in the path and no malformed ones in the query: nothing that two readers could
    /// resolve differently.
    private static func hasCanonicalPath(_ pathAndQuery: String) -> Bool {
        guard !pathAndQuery.isEmpty else { return true }
        let path = pathAndQuery.prefix { $0 != "?" }
        guard !path.split(separator: "/").contains(where: { $0 == "." || $0 == ".." }) else { return false }
        guard !path.contains("%") else { return false }
        var rest = pathAndQuery.utf8[...]
        while let percent = rest.firstIndex(of: UInt8(ascii: "%")) {
            let digits = rest[rest.index(after: percent)...].prefix(2)
            guard digits.count == 2, digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }) else {
                return false
            }
            rest = rest[digits.endIndex...]
        }
        return true
    }

    private static func host(ofAuthority authority: String) -> String? {
        var name = authority[...]
        if name.hasPrefix("[::1]") {
            name = name.dropFirst(5)
            guard isPort(name) else { return nil }
            return "[::1]"
        }
        let host = name.utf8.prefix { $0 != UInt8(ascii: ":") }
        name = name[host.endIndex...]
        guard isPort(name), let host = String(host), isHostName(host) else { return nil }
        return host
    }

    private static func isPort(_ text: Substring) -> Bool {
        guard !text.isEmpty else { return true }
        guard text.first == ":", let port = UInt16(text.dropFirst()), port > 0 else { return false }
        return String(port) == text.dropFirst()
    }

    /// Lower-case letters, digits and inner hyphens in labels of 1 to 63 characters (RFC 1123 §2.1); an address only in
    /// its dotted form. Browsers read any host as an address whose last label is a number, in hexadecimal too (WHATWG
    /// URL §3.5, "ends in a number"): `127.0.0.0x1` is 127.0.0.1 for them.
    static func isHostName(_ host: String) -> Bool {
        let hyphen = UInt8(ascii: "-")
        let labels = host.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard host.utf8.count <= 253, labels.count >= 2 || host == "localhost",
            labels.allSatisfy({ label in
                (1...63).contains(label.count) && label.first != hyphen && label.last != hyphen
                    && label.allSatisfy { CharacterClass.isDigit($0) || CharacterClass.isLowerCase($0) || $0 == hyphen }
            })
        else { return false }
        guard let last = labels.last, isNumber(Substring(last)) else { return true }
        return labels.count == 4
            && labels.allSatisfy { label in UInt8(Substring(label)).map { String($0) == Substring(label) } ?? false }
    }

    private static func isNumber(_ label: Substring) -> Bool {
        label.utf8.allSatisfy(CharacterClass.isDigit)
            || (label.hasPrefix("0x") && label.dropFirst(2).allSatisfy(\.isHexDigit))
    }
}
