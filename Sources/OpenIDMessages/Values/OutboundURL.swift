/// A URL that the provider itself asks: `jwks_uri`, `sector_identifier_uri`, `backchannel_logout_uri`.
///
/// `https` only, without user and fragment. The host is a name in lower case or an address in its canonical spelling,
/// so that whoever checks it and whoever connects read the same host.
public struct OutboundURL: WireValue {
    public enum Host: Sendable, Hashable, CustomStringConvertible {
        case name(String)
        case address(InternetAddress)

        /// As it stands in a URL: IPv6 in brackets.
        public var description: String {
            switch self {
            case .name(let name): name
            case .address(let address): address.isIPv6 ? "[\(address)]" : address.rawValue
            }
        }
    }

    public let rawValue: String
    public let host: Host
    /// 443 unless the URL names another.
    public let port: UInt16
    /// Path and query as they go on the wire (RFC 9112 §3.2.1).
    public let requestTarget: String

    private static let scheme = "https://"

    public init?(rawValue: String) {
        guard rawValue.isASCII(9...2048, Self.isAllowed), rawValue.hasPrefix(Self.scheme) else { return nil }
        let rest = rawValue.dropFirst(Self.scheme.count)
        let authority = rest.prefix { $0 != "/" }
        let target = rest.dropFirst(authority.count)
        guard !target.contains(where: { $0 == "[" || $0 == "]" }),
            // Well-formed escapes, and none of a control character.
            FormParameters.percentDecode(String(target)) != nil, let (host, port) = Self.hostAndPort(authority)
        else { return nil }
        self.rawValue = rawValue
        self.host = host
        self.port = port
        requestTarget = target.isEmpty ? "/" : String(target)
    }

    /// Host and port, as a `Host` header names them (RFC 9110 §7.2).
    public var authority: String { port == 443 ? "\(host)" : "\(host):\(port)" }

    /// Characters of a URI (RFC 3986 §2) without `#`.
    private static func isAllowed(_ byte: UInt8) -> Bool {
        CharacterClass.isUnreserved(byte) || ":/?@!$&'()*+,;=%[]".utf8.contains(byte)
    }

    private static func hostAndPort(_ authority: Substring) -> (Host, UInt16)? {
        var name = authority
        if authority.hasPrefix("[") {
            guard let end = authority.firstIndex(of: "]") else { return nil }
            name = authority[...end]
        } else {
            name = authority.prefix { $0 != ":" }
        }
        guard let host = host(String(name)), let port = port(authority.dropFirst(name.count)) else { return nil }
        return (host, port)
    }

    private static func host(_ text: String) -> Host? {
        if text.hasPrefix("[") {
            let address = InternetAddress(rawValue: String(text.dropFirst().dropLast()))
            return address.flatMap { $0.isIPv6 ? .address($0) : nil }
        }
        guard RedirectURI.isHostName(text) else { return nil }
        return InternetAddress(rawValue: text).map { .address($0) } ?? .name(text)
    }

    private static func port(_ text: Substring) -> UInt16? {
        guard !text.isEmpty else { return 443 }
        guard text.first == ":", let port = UInt16(text.dropFirst()), port > 0, String(port) == text.dropFirst() else {
            return nil
        }
        return port
    }
}
