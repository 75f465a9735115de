public import OpenIDMessages

/// The proof that something happens on behalf of one tenant. Only `Registry.resolve` makes it.
public struct TenantScope: Sendable, Equatable {
    public let tenant: Tenant

    fileprivate init(tenant: Tenant) { self.tenant = tenant }
}

/// A client that the region knows and that may act now, with the scope of its tenant.
public struct ResolvedClient: Sendable {
    public let client: Client
    public let scope: TenantScope

    fileprivate init(client: Client, scope: TenantScope) {
        self.client = client
        self.scope = scope
    }
}

/// The region, indexed for look-ups. A value: a changed region is a new registry.
public struct Registry: Sendable {
    public let region: Region
    private let tenants: [TenantIdentifier: Tenant]
    private let clients: [ClientIdentifier: Client]
    private let services: [ServiceIdentifier: Service]

    public init(region: Region) {
        self.region = region
        tenants = Dictionary(region.tenants.map { ($0.identifier, $0) }) { first, _ in first }
        clients = Dictionary(region.clients.map { ($0.identifier, $0) }) { first, _ in first }
        services = Dictionary(region.services.map { ($0.identifier, $0) }) { first, _ in first }
    }

    public func tenant(_ identifier: TenantIdentifier) -> Tenant? { tenants[identifier] }

    /// The tenant of a request follows from the client alone (invariant I28). Clients of suspended tenants are unknown.
    public func resolve(_ identifier: ClientIdentifier) -> ResolvedClient? {
        guard let client = clients[identifier], let tenant = tenants[client.tenant], tenant.state == .active else {
            return nil
        }
        return ResolvedClient(client: client, scope: TenantScope(tenant: tenant))
    }

    /// The services that a client is registered for and that its tenant offers.
    public func services(of client: ResolvedClient) -> [Service] {
        client.client.services.compactMap { services[$0] }.filter { $0.isOffered(at: client.scope.tenant.identifier) }
    }
}
