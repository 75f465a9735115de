public import OpenIDMessages

/// The proof that something happens on behalf of one tenant. It has no public initializer: `Registry.resolve` makes it of
/// a client that may act, `Registry.scope(for:)` of an administrator's capability, and `Registry.scope(for:at:)` for the
/// machine's operator. What reads or changes a tenant's rows takes one, so that a call without it does not compile
/// (invariant I22).
public struct TenantScope: Sendable, Equatable {
    public let tenant: Tenant

    fileprivate init(tenant: Tenant) { self.tenant = tenant }
}

/// The proof that a call came in through the local administration socket: whoever can open it may administer the region
/// and stand at every tenant's desk. Only the routes of that socket make it.
public struct LocalOperator: Sendable {
    package init() {}
}

/// A client that the region knows and that may act now, with the scope of the tenant on whose behalf it does.
public struct ResolvedClient: Sendable {
    public let client: Client
    public let scope: TenantScope
    /// What its logins may be for: services that it is registered for, that the tenant offers and for which it is strong
    /// enough (I34, I35), in the order of its registration. A client of one-for-all services has none before a served town
    /// is named.
    public let services: [Service]

    fileprivate init(client: Client, scope: TenantScope, services: [Service]) {
        self.client = client
        self.scope = scope
        self.services = services
    }
}

/// The region, indexed for look-ups. A value: a changed region is a new registry.
public struct Registry: Sendable {
    public let region: Region
    private let tenants: [TenantIdentifier: Tenant]
    private let clients: [ClientIdentifier: Client]
    private let offers: [TenantIdentifier: [ServiceIdentifier: EffectiveServices.Offer]]
    /// Made once, for anybody may ask.
    private let places: [ServiceIdentifier: [EffectiveServices.Place]]
    private let titles: [ServiceIdentifier: LocalizedText]
    private let tenantsByKey: [String: Tenant]
    /// Services of the region itself, not of its templates.
    private let own: Set<ServiceIdentifier>

    /// - Parameter library: templates and adoptions beside those of the region.
    public init(region: Region, library: TemplateLibrary = TemplateLibrary()) {
        self.region = region
        own = Set(region.services.map(\.identifier))
        tenants = Dictionary(region.tenants.map { ($0.identifier, $0) }) { first, _ in first }
        clients = Dictionary(region.clients.map { ($0.identifier, $0) }) { first, _ in first }
        let library = region.library.joined(with: library)
        offers = EffectiveServices.offers(in: region, library)
        places = EffectiveServices.places(in: region, offers)
        let services = region.services.map { ($0.identifier, $0.title) }
        let templates = library.templates.keys.compactMap { key in
            library.latest(key).map { (key, $0.definition.title) }
        }
        titles = Dictionary(services + templates) { first, _ in first }
        let keyed = region.tenants.compactMap { tenant in tenant.municipalityKey.map { ($0, tenant) } }
        tenantsByKey = Dictionary(keyed) { first, _ in first }
    }

    public func tenant(_ identifier: TenantIdentifier) -> Tenant? { tenants[identifier] }

    /// The tenant of this Amtlicher Gemeindeschlüssel.
    public func tenant(municipalityKey: String) -> Tenant? { tenantsByKey[municipalityKey] }

    /// What a service of the region, or the latest version of a template, is called; nil when there is none of that name.
    public func title(of service: ServiceIdentifier) -> LocalizedText? { titles[service] }

    /// A service as `tenant` offers it now; nil when it does not.
    public func service(_ identifier: ServiceIdentifier, at tenant: TenantIdentifier) -> Service? {
        offers[tenant]?[identifier]?.service
    }

    /// The live tenants that offer a service, in the order of the region; public knowledge.
    public func places(of service: ServiceIdentifier) -> [EffectiveServices.Place] { places[service] ?? [] }

    /// Every service that `tenant` offers now, by identifier.
    public func services(at tenant: TenantIdentifier) -> [Service] {
        (offers[tenant] ?? [:]).values.map(\.service).sorted { $0.identifier < $1.identifier }
    }

    /// The tenant of a request follows from the client alone (invariant I28). Clients that are not live, or whose tenant is
    /// not, are unknown. A client of one-for-all services stands here for itself: for people it acts by `resolve(_:for:)`.
    public func resolve(_ identifier: ClientIdentifier) -> ResolvedClient? {
        guard let client = clients[identifier], client.state == .live, let tenant = tenants[client.tenant],
            tenant.isLive
        else { return nil }
        let services = offered(to: client).filter { own.contains($0.identifier) || isAllowed($0, client, of: tenant) }
        return ResolvedClient(client: client, scope: TenantScope(tenant: tenant), services: services)
    }

    /// The services that a client of one tenant names and its tenant offers, also those for which it may not ask. Empty for
    /// one of one-for-all services.
    public func offered(to client: Client) -> [Service] {
        client.isOneForAll ? [] : client.services.compactMap { service($0, at: client.tenant) }
    }

    /// I34 and I35. The region file is held to them by its own services and adoptions; it has not seen those of the
    /// interface, which may come, or become stricter, at any time.
    private func isAllowed(_ service: Service, _ client: Client, of tenant: Tenant) -> Bool {
        ClientRules(tenant: tenant, isDevelopment: region.isDevelopment, isNotified: region.isNotified)
            .objections(to: client, askingFor: [service]).isEmpty
    }

    /// A client of one-for-all services on behalf of one town that it serves (invariant I28): the town is among those
    /// declared, live, and has adopted a template of the client's tenant for which the client may ask. Nil otherwise.
    ///
    /// Not for each request: `ClientRegistry` keeps the answers of every registry that it makes.
    public func resolve(_ client: Client, for town: TenantIdentifier) -> ResolvedClient? {
        guard let owner = resolve(client.identifier), owner.client == client, client.servedTenants.contains(town),
            let tenant = tenants[town], tenant.isLive
        else { return nil }
        let services = adopted(by: town, from: client).filter { isAllowed($0, client, of: owner.scope.tenant) }
        guard !services.isEmpty else { return nil }
        return ResolvedClient(client: client, scope: TenantScope(tenant: tenant), services: services)
    }

    /// The services of a client of one-for-all services that `town` has adopted from the client's tenant, also those for
    /// which the client may not ask.
    public func adopted(by town: TenantIdentifier, from client: Client) -> [Service] {
        // A service that the region file has by itself was adopted by nobody.
        let own = Set(region.services.map(\.identifier))
        return client.services.filter { !own.contains($0) }.compactMap { service($0, at: town) }
            .filter { $0.publisher == client.tenant }
    }

    /// The tenant for which an administrator may act; also one that is suspended, so that it can be put in order. Nil when
    /// the region has no such tenant.
    public func scope(for capability: TenantCapability) -> TenantScope? {
        tenants[capability.tenant].map(TenantScope.init)
    }

    /// The tenant for which the machine's operator acts, also one that is suspended; nil when the region has none of that
    /// name.
    public func scope(for caller: LocalOperator, at tenant: TenantIdentifier) -> TenantScope? {
        tenants[tenant].map(TenantScope.init)
    }
}
