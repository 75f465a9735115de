import OpenIDMessages

extension CookieJar {
    /// The cookies that still live, as a file in Netscape's format, which curl and most other programs read.
    ///
    /// The format knows no ports: a reader sends a cookie to every port of its host.
    func file(now: Timestamp) -> String {
        let lines = cookies.filter { $0.expires.map { $0 > now } ?? true }.map { cookie in
            let expires = cookie.expires?.seconds ?? 0
            return [
                cookie.host, "FALSE", cookie.path, cookie.isSecure ? "TRUE" : "FALSE", "\(expires)", cookie.name,
                cookie.value,
            ].joined(separator: "\t")
        }
        return (["# Netscape HTTP Cookie File"] + lines).joined(separator: "\n") + "\n"
    }
}
