internal import AccountDirectory
internal import OpenIDMessages

/// Which redirect URIs of a request are a client's own: those that are registered, byte for byte (RFC 9700 §2.1).
enum RedirectURIRules {
    /// The redirect URI that `text` is; nil when it is not the client's.
    static func match(_ text: String, of client: Client) -> RedirectURI? {
        if let registered = client.redirectURIs.first(where: { $0.isExactly(text) }) { return registered }
        guard client.authenticationMethod == .none, let presented = RedirectURI(rawValue: text),
            let rest = withoutLoopbackPort(text)
        else { return nil }
        let isRegistered = client.redirectURIs.contains { registered in
            withoutLoopbackPort(registered.rawValue).map { $0.utf8.elementsEqual(rest.utf8) } ?? false
        }
        return isRegistered ? presented : nil
    }

    /// RFC 8252 §7.3: an application on this machine gets its port from the system, so for the two loopback addresses any
    /// port fits. The name `localhost` is not among them (§8.3).
    private static func withoutLoopbackPort(_ uri: String) -> String? {
        for origin in ["http://127.0.0.1", "http://[::1]"] where uri.utf8.starts(with: origin.utf8) {
            let rest = uri.utf8.dropFirst(origin.utf8.count)
            guard rest.first == UInt8(ascii: ":") else { return uri }
            let port = rest.dropFirst().prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            return String(decoding: Array(origin.utf8) + rest.dropFirst(1 + port.count), as: UTF8.self)
        }
        return nil
    }
}

extension RedirectURI {
    /// Byte for byte (RFC 9700 §2.1). Swift compares strings by their characters' meaning, hence the bytes.
    func isExactly(_ text: String) -> Bool { rawValue.utf8.elementsEqual(text.utf8) }
}
