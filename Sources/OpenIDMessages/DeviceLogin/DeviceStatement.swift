/// A statement of the device protocol: the payload of a compact JWS with a `typ` of its own (docs/protocol.md §2).
public protocol DeviceStatement: Sendable, Equatable {
    /// The `typ` header that such a statement must carry (RFC 8725 §3.11).
    static var type: String { get }

    /// Reads the payload; members that the statement does not know are refused.
    init(json: JSONObject) throws(MessageError)

    /// The payload.
    var json: JSONObject { get }
}

/// The portal and the town as the person sees them.
public struct PortalDescription: Sendable, Equatable {
    public var client: ClientIdentifier
    /// The portal's name from the region's registry.
    public var name: String
    /// The host to which the browser returns.
    public var host: String
    public var tenant: TenantIdentifier
    /// The official name of the town.
    public var tenantName: String

    public init(client: ClientIdentifier, name: String, host: String, tenant: TenantIdentifier, tenantName: String) {
        self.client = client
        self.name = name
        self.host = host
        self.tenant = tenant
        self.tenantName = tenantName
    }

    init(json: JSONObject) throws(MessageError) {
        var reader = MemberReader(json)
        client = try reader.wire("client_id")
        name = try reader.string("name", maximumLength: ShownText.configured)
        host = try reader.string("host", maximumLength: 253)
        tenant = try reader.wire("tenant")
        tenantName = try reader.string("tenant_name", maximumLength: ShownText.configured)
        try reader.finish()
    }

    public var json: JSONObject {
        [
            "client_id": .string(client.rawValue), "name": .string(name), "host": .string(host),
            "tenant": .string(tenant.rawValue), "tenant_name": .string(tenantName),
        ]
    }
}

/// What is known of the browser that began the login; shown to the person so that a relayed login looks wrong.
public struct LoginInitiator: Sendable, Equatable {
    /// Browser and system in plain words, e.g. `Firefox, Linux`.
    public var browser: String
    /// The network address, shortened to its network part.
    public var area: String
    /// True when the phone's call comes from the same network as the browser's.
    public var sameNetwork: Bool
    /// When the browser began.
    public var startedAt: Timestamp
    /// Since when the person's account has known the browser, which proved its key in this login; nil where none did.
    public var knownSince: Timestamp?

    public init(
        browser: String, area: String, sameNetwork: Bool, startedAt: Timestamp, knownSince: Timestamp? = nil
    ) {
        self.browser = browser
        self.area = area
        self.sameNetwork = sameNetwork
        self.startedAt = startedAt
        self.knownSince = knownSince
    }

    init(json: JSONObject) throws(MessageError) {
        var reader = MemberReader(json)
        browser = try reader.string("browser", maximumLength: ShownText.initiator)
        area = try reader.string("area", maximumLength: 128)
        sameNetwork = try reader.bool("same_network")
        startedAt = try reader.time("started_at")
        knownSince = try reader.optionalTime("known_since")
        try reader.finish()
    }

    public var json: JSONObject {
        var object: JSONObject = [
            "browser": .string(browser), "area": .string(area), "same_network": .bool(sameNetwork),
            "started_at": startedAt.json,
        ]
        object["known_since"] = knownSince?.json
        return object
    }
}
