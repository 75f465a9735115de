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
        guard rawValue.isASCII(9...2048, Self.isAllowed), let host = Self.host(of: Array(rawValue.utf8)) else {
            return nil
        }
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

    private static func host(of uri: [UInt8]) -> String? {
        let isSecure = uri.starts(with: "https://".utf8)
        guard isSecure || uri.starts(with: "http://".utf8) else { return nil }
        let rest = uri[(isSecure ? 8 : 7)...]
        let authority = rest.prefix { $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "?") }
        let path = uri[authority.endIndex...]
        guard path.isEmpty || path.first == UInt8(ascii: "/"),
            !path.contains(where: { $0 == UInt8(ascii: "[") || $0 == UInt8(ascii: "]") || $0 == UInt8(ascii: "*") }),
            hasCanonicalPath(path), let host = host(ofAuthority: authority)
        else { return nil }
        return isSecure || loopbackHosts.contains(host) ? host : nil
    }

    /// No dot segments, no percent escapes in the path and no malformed ones in the query: nothing that two readers could
    /// resolve differently.
    private static func hasCanonicalPath(_ pathAndQuery: ArraySlice<UInt8>) -> Bool {
        let path = pathAndQuery.prefix { $0 != UInt8(ascii: "?") }
        guard !path.contains(UInt8(ascii: "%")),
            !path.split(separator: UInt8(ascii: "/")).contains(where: { segment in
                segment.count <= 2 && segment.allSatisfy { $0 == UInt8(ascii: ".") }
            })
        else { return false }
        var rest = pathAndQuery[path.endIndex...]
        while let percent = rest.firstIndex(of: UInt8(ascii: "%")) {
            let digits = rest[(percent + 1)...].prefix(2)
            guard digits.count == 2, digits.allSatisfy(isHexadecimal) else { return false }
            rest = rest[digits.endIndex...]
        }
        return true
    }

    private static func host(ofAuthority authority: ArraySlice<UInt8>) -> String? {
        let address = "[::1]"
        if authority.starts(with: address.utf8) {
            return isPort(authority.dropFirst(address.utf8.count)) ? address : nil
        }
        let host = authority.prefix { $0 != UInt8(ascii: ":") }
        guard isPort(authority[host.endIndex...]), isHostName(host) else { return nil }
        return String(decoding: host, as: UTF8.self)
    }

    /// Nothing, or a colon and a number from 1 to 65535 in its one spelling.
    private static func isPort(_ text: ArraySlice<UInt8>) -> Bool {
        guard text.first == UInt8(ascii: ":") else { return text.isEmpty }
        return number(text.dropFirst()).map { (1...65_535).contains($0) } ?? false
    }

    /// The number that at most five digits without a leading zero are; nil for any other text.
    private static func number(_ digits: ArraySlice<UInt8>) -> Int? {
        guard (1...5).contains(digits.count), digits.allSatisfy(CharacterClass.isDigit),
            digits.count == 1 || digits.first != UInt8(ascii: "0")
        else { return nil }
        return digits.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
    }

    static func isHostName(_ host: String) -> Bool { isHostName(Array(host.utf8)[...]) }

    /// Lower-case letters, digits and inner hyphens in labels of 1 to 63 characters (RFC 1123 §2.1); an address only in
    /// its dotted form. Browsers read any host as an address whose last label is a number, in hexadecimal too (WHATWG
    /// URL §3.5, "ends in a number"): `127.0.0.0x1` is 127.0.0.1 for them.
    private static func isHostName(_ host: ArraySlice<UInt8>) -> Bool {
        let hyphen = UInt8(ascii: "-")
        let labels = host.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard host.count <= 253, labels.count >= 2 || host.elementsEqual("localhost".utf8),
            labels.allSatisfy({ label in
                (1...63).contains(label.count) && label.first != hyphen && label.last != hyphen
                    && label.allSatisfy { CharacterClass.isDigit($0) || CharacterClass.isLowerCase($0) || $0 == hyphen }
            })
        else { return false }
        guard let last = labels.last, isNumber(last) else { return true }
        return labels.count == 4 && labels.allSatisfy { label in number(label).map { $0 <= 255 } ?? false }
    }

    private static func isNumber(_ label: ArraySlice<UInt8>) -> Bool {
        label.allSatisfy(CharacterClass.isDigit)
            || (label.starts(with: "0x".utf8) && label.dropFirst(2).allSatisfy(isHexadecimal))
    }

    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "f"), UInt8(ascii: "A")...UInt8(ascii: "F"): true
        default: CharacterClass.isDigit(byte)
        }
    }
}
