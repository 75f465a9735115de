public import OpenIDMessages

/// The region file as it was applied last, and what is known of regions before it.
public protocol RegionStore: Sendable {
    func regionDocument() async throws -> String?

    /// Which tenant every sector belongs to that ever was in a region.
    func sectorHolders() async throws -> [SectorIdentifier: TenantIdentifier]

    /// Writes a region document, remembers its sectors, removes what archived tenants had and ends the rights at them, in one
    /// transaction. False, and nothing is written, when one of the sectors belongs to another tenant (invariant I29).
    func apply(_ change: RegionChange) async throws -> Bool
}

/// A region that takes the place of another one.
public struct RegionChange: Sendable {
    public var document: String
    /// The sectors of its tenants, and of those before.
    public var sectors: [SectorIdentifier: TenantIdentifier]
    /// Tenants that are archived with this change.
    public var archived: [ArchivedTenant]
    public var events: [SecurityEvent]

    public init(
        document: String, sectors: [SectorIdentifier: TenantIdentifier], archived: [ArchivedTenant] = [],
        events: [SecurityEvent]
    ) {
        self.document = document
        self.sectors = sectors
        self.archived = archived
        self.events = events
    }
}

/// A tenant whose rows go, with the pseudonyms that people had in its sectors (invariant I33).
public struct ArchivedTenant: Sendable, Equatable {
    public var tenant: TenantIdentifier
    /// The tenant's sector, and those that its clients in the region had of their own. The store knows those of clients that
    /// registered themselves.
    public var sectors: [SectorIdentifier]
    public var clients: [ClientIdentifier]

    public init(tenant: TenantIdentifier, sectors: [SectorIdentifier], clients: [ClientIdentifier]) {
        self.tenant = tenant
        self.sectors = sectors
        self.clients = clients
    }
}
