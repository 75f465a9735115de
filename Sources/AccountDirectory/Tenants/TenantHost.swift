/// A host that a tenant has proved to be its own: redirect URIs and all other addresses of its portals lie on its hosts
/// (invariant I29).
///
/// How the proof was made is between the tenant and whoever runs the region; here is who has the host, and when that was
/// looked at. Every host is a portal's: the region has one issuer, and people log in at no host of a town's own.
public struct TenantHost: Sendable, Equatable {
    /// In lower case, without scheme and port.
    public var name: String
    /// The day on which the proof was looked at last; nil when nobody has written it down.
    public var verifiedOn: CalendarDate?

    public init(_ name: String, verifiedOn: CalendarDate? = nil) {
        self.name = name
        self.verifiedOn = verifiedOn
    }
}
