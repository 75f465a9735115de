import Foundation

/// An absolute address that this browser opens: `https`, or `http` on this very machine.
struct WebAddress: Equatable {
    let text: String
    let isSecure: Bool
    let host: String
    /// Host and port, as cookies are kept and as `Origin` names them.
    let authority: String
    let path: String
    let query: String?

    /// Nil for what this browser does not open. `text` may be relative to `base` (RFC 3986 §5).
    init?(_ text: String, relativeTo base: WebAddress? = nil) {
        guard text.utf8.count <= 8192, let url = URL(string: text, relativeTo: base.flatMap { URL(string: $0.text) }),
            let parts = URLComponents(url: url, resolvingAgainstBaseURL: true), let scheme = parts.scheme?.lowercased(),
            let host = parts.host?.lowercased(), !host.isEmpty, parts.user == nil, parts.password == nil
        else { return nil }
        isSecure = scheme == "https"
        guard isSecure || (scheme == "http" && ["127.0.0.1", "[::1]", "::1", "localhost"].contains(host)) else {
            return nil
        }
        self.host = host
        let port = parts.port.flatMap { $0 == (scheme == "https" ? 443 : 80) ? nil : $0 }
        authority = host + (port.map { ":\($0)" } ?? "")
        path = parts.percentEncodedPath.isEmpty ? "/" : parts.percentEncodedPath
        query = parts.percentEncodedQuery
        // The fragment stays in the browser.
        self.text = "\(scheme)://\(authority)\(path)" + (query.map { "?\($0)" } ?? "")
    }

    var origin: String { (isSecure ? "https://" : "http://") + authority }
}
