/// An address that the provider itself may call: `jwks_uri`, `sector_identifier_uri`, `backchannel_logout_uri`.
///
/// `https` alone, with a plain host name or an address in its canonical spelling; no user information, no fragment.
/// Whether the host may be called is decided when its addresses are known, at each call.
public struct OutboundURL: WireValue {
    public let rawValue: String
    /// The host in lower case: a name, a dotted IPv4 address or an IPv6 address without its brackets.
    public let host: String
    /// 443 unless the address names another.
    public let port: Int
    /// Path and query as they are sent, at least `/`.
    public let target: String

    public init?(rawValue: String) {
        guard rawValue.hasPrefix("https://"), let uri = RedirectURI(rawValue: rawValue) else { return nil }
        let authority = rawValue.dropFirst(8).prefix { $0 != "/" && $0 != "?" }
        let rest = rawValue.dropFirst(8 + authority.count)
        let port = authority.split(separator: "]").last?.split(separator: ":", omittingEmptySubsequences: false)
            .dropFirst().last
        self.rawValue = rawValue
        host = uri.host.hasPrefix("[") ? String(uri.host.dropFirst().dropLast()) : uri.host
        self.port = port.flatMap { Int($0) } ?? 443
        target = rest.isEmpty ? "/" : (rest.hasPrefix("?") ? "/" : "") + rest
    }
}
