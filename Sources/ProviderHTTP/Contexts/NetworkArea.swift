internal import NIOCore
internal import OpenIDMessages

/// The network part of an address: enough to see that two devices are near each other, too little to find a person.
enum NetworkArea {
    /// `192.0.2.x` for IPv4, the first 48 bits for IPv6, `local` for loopback.
    static func text(_ address: SocketAddress?) -> String {
        guard let address = address?.internetAddress else { return "local" }
        if address.rawValue == "::1" || address.bytes.starts(with: [127]) && !address.isIPv6 { return "local" }
        guard address.isIPv6 else { return address.bytes.prefix(3).map { "\($0)." }.joined() + "x" }
        let groups = stride(from: 0, to: 6, by: 2).map { index in
            String(Int(address.bytes[index]) << 8 | Int(address.bytes[index + 1]), radix: 16)
        }
        return groups.joined(separator: ":") + "::x"
    }
}

/// Browser and system in plain words, from the `User-Agent`; only for a person's eyes, nothing depends on it.
enum BrowserName {
    private static let browsers = [
        ("Firefox/", "Firefox"), ("Edg/", "Edge"), ("OPR/", "Opera"), ("Chrome/", "Chrome"), ("Safari/", "Safari"),
        ("citizen-phone/", "citizen-phone"), ("curl/", "curl"),
    ]
    private static let systems = [
        ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"),
        ("Mac OS X", "macOS"), ("Linux", "Linux"),
    ]

    static func text(_ userAgent: String?) -> String {
        guard let userAgent else { return "?" }
        let browser = browsers.first { userAgent.contains($0.0) }?.1
        let system = systems.first { userAgent.contains($0.0) }?.1
        let parts = [browser, system].compactMap(\.self)
        return parts.isEmpty ? "?" : parts.joined(separator: ", ")
    }
}
