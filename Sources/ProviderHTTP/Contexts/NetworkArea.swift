internal import NIOCore

/// The network part of an address: enough to see that two devices are near each other, too little to find a person.
enum NetworkArea {
    /// `192.0.2.x` for IPv4, the first 48 bits for IPv6, `local` for loopback.
    static func text(_ address: SocketAddress?) -> String {
        guard let host = address?.ipAddress else { return "local" }
        if host == "::1" || host.hasPrefix("127.") { return "local" }
        if host.contains(":") {
            return host.split(separator: ":", omittingEmptySubsequences: false).prefix(3).joined(separator: ":") + "::x"
        }
        return host.split(separator: ".").prefix(3).joined(separator: ".") + ".x"
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
