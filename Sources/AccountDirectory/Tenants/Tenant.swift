public import OpenIDMessages

/// A public body that offers services.
public struct Tenant: Sendable, Equatable {
    public enum Kind: String, Sendable, CaseIterable {
        case kreisfreieStadt = "kreisfreie_stadt"
        case kreis
        case kreisangehoerigeStadt = "kreisangehoerige_stadt"
        case regionalPortal = "regional_portal"
    }

    public var identifier: TenantIdentifier
    public var officialName: String
    public var kind: Kind
    /// Amtlicher Gemeindeschlüssel: eight digits, five for a Kreis, none for a regional portal.
    public var municipalityKey: String?
    /// Which operator works for the tenant, and on which days.
    public var operatorAssignment: OperatorAssignment
    public var sector: SectorIdentifier
    /// Hosts that the tenant has proved to be its own; redirect URIs lie on them.
    public var hosts: [TenantHost]
    /// The lowest level of any login at this tenant.
    public var floor: AssuranceLevel
    /// Scopes that the tenant's clients may ask for; nil when all are allowed.
    public var allowedScopes: [String]?
    public var state: TenantState
    /// Public keys as JWKs with which the tenant signs templates; empty for one that publishes none.
    public var templateKeys: [JSONObject]
    public var branding: Branding

    public init(
        identifier: TenantIdentifier, officialName: String, kind: Kind, municipalityKey: String?,
        operatorAssignment: OperatorAssignment, sector: SectorIdentifier, hosts: [TenantHost], floor: AssuranceLevel,
        allowedScopes: [String]?, state: TenantState, templateKeys: [JSONObject] = [], branding: Branding = Branding()
    ) {
        self.identifier = identifier
        self.officialName = officialName
        self.kind = kind
        self.municipalityKey = municipalityKey
        self.operatorAssignment = operatorAssignment
        self.sector = sector
        self.hosts = hosts
        self.floor = floor
        self.allowedScopes = allowedScopes
        self.state = state
        self.templateKeys = templateKeys
        self.branding = branding
    }

    /// The `identifier` of the operator, whether or not its assignment is in force.
    public var operatorIdentifier: OperatorIdentifier { operatorAssignment.operatorIdentifier }

    public var hostNames: [String] { hosts.map(\.name) }

    /// True when people can log in at this tenant.
    public var isLive: Bool { state == .live }
}
