/// The issuer (RFC 8414 §2): `https`, a host, an optional port and nothing after it.
public struct IssuerURL: WireValue {
    public let rawValue: String

    /// Host and port, as a `Host` header names them.
    public let authority: String

    public init?(rawValue: String) {
        guard rawValue.hasPrefix("https://"), let uri = RedirectURI(rawValue: rawValue) else { return nil }
        authority = String(rawValue.dropFirst("https://".count))
        guard !authority.utf8.contains(where: { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") }),
            !authority.hasSuffix(":443")
        else { return nil }
        self.rawValue = uri.rawValue
    }

    /// What the names of the region's own claims begin with.
    public var claimNamespace: String { rawValue + "/claims/" }

    /// The claim that names the tenant: whole in ID tokens, with `id` alone in access tokens and introspection.
    public var tenantClaim: String { claimNamespace + "tenant" }

    /// The URL of a path of the provider, which begins with `/`.
    public func appending(_ path: String) -> String { rawValue + path }
}
