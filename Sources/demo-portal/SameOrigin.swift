internal import HTTPTypes
internal import Hummingbird

/// Tells the portal's own forms from those of other sites.
struct SameOrigin: Sendable {
    /// The portal's origin, e.g. `https://portal.example.org`.
    let origin: String

    /// True when the browser says that one of the portal's own pages sent the request.
    ///
    /// `Sec-Fetch-Site` decides where it is sent; a page with `no-referrer` sends `Origin: null` beside it. Without it
    /// the `Origin` must be the portal's. A request with neither is refused.
    func sent(_ request: Request) -> Bool {
        let origins = request.headers[values: .origin]
        let sites = request.headers[values: Self.fetchSite]
        guard origins.count <= 1, sites.count <= 1 else { return false }
        if let site = sites.first { return site == "same-origin" && [nil, "null", origin].contains(origins.first) }
        return origins.first == origin
    }

    // A constant field name that is a token, as RFC 9110 §5.1 asks.
    private static let fetchSite = HTTPField.Name("Sec-Fetch-Site")!
}
