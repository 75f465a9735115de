public import OpenIDMessages

/// What each tenant offers: the region's own services, and the templates that it adopted, after policy.
public enum EffectiveServices {
    /// The services that take part in logins, by tenant and identifier. A service of the region wins over a template of its
    /// name: the region file allows no such pair, but somebody may have published one since.
    public static func all(
        in region: Region, _ library: TemplateLibrary
    ) -> [TenantIdentifier: [ServiceIdentifier: Service]] {
        offers(in: region, library).mapValues { $0.mapValues(\.service) }
    }

    /// A service as one tenant offers it, and where the adopted terms begin a login for it.
    struct Offer: Sendable {
        var service: Service
        var initiateLoginURI: RedirectURI?
    }

    static func offers(
        in region: Region, _ library: TemplateLibrary
    ) -> [TenantIdentifier: [ServiceIdentifier: Offer]] {
        var offers: [TenantIdentifier: [ServiceIdentifier: Offer]] = [:]
        for tenant in region.tenants {
            let own = region.services.filter { $0.isOffered(at: tenant.identifier) }
            offers[tenant.identifier] = Dictionary(own.map { ($0.identifier, Offer(service: $0)) }) { first, _ in first
            }
        }
        let tenants = Dictionary(region.tenants.map { ($0.identifier, $0) }) { first, _ in first }
        let named = Set(region.services.map(\.identifier))
        for adoption in library.adoptions where !named.contains(adoption.template) {
            guard let tenant = tenants[adoption.tenant], let adopted = library.service(adoption, at: tenant) else {
                continue
            }
            offers[adoption.tenant]?[adoption.template] = Offer(
                service: adopted.service, initiateLoginURI: adopted.initiateLoginURI)
        }
        return offers
    }

    /// Where a service can be used, for a tenant that is asked for it.
    public enum Availability: Sendable, Equatable {
        case here(Place)
        /// Not offered here: by these tenants. Empty when nobody offers it.
        case elsewhere([Place])
    }

    /// A tenant that offers a service, and where a login for it begins (OpenID Connect Core §4).
    public struct Place: Sendable, Equatable {
        public var tenant: TenantIdentifier
        public var name: String
        public var initiateLoginURI: RedirectURI?

        public init(tenant: TenantIdentifier, name: String, initiateLoginURI: RedirectURI?) {
            self.tenant = tenant
            self.name = name
            self.initiateLoginURI = initiateLoginURI
        }
    }

    /// Whether `tenant` offers a service, and if not, who does, in the order of the region.
    public static func availability(
        of service: ServiceIdentifier, at tenant: TenantIdentifier, in region: Region, _ library: TemplateLibrary
    ) -> Availability {
        availability(of: service, at: tenant, in: region, offers(in: region, library))
    }

    static func availability(
        of service: ServiceIdentifier, at tenant: TenantIdentifier, in region: Region,
        _ offers: [TenantIdentifier: [ServiceIdentifier: Offer]]
    ) -> Availability {
        let places = places(in: region, offers)[service] ?? []
        if let here = places.first(where: { $0.tenant == tenant }) { return .here(here) }
        return .elsewhere(places)
    }

    /// The live tenants that offer each service, in the order of the region. A login begins at the address that the adoption
    /// names, else at that of a live client which asks for the service at the tenant.
    static func places(
        in region: Region, _ offers: [TenantIdentifier: [ServiceIdentifier: Offer]]
    ) -> [ServiceIdentifier: [Place]] {
        let addresses = loginAddresses(in: region)
        var places: [ServiceIdentifier: [Place]] = [:]
        for tenant in region.tenants where tenant.isLive {
            for (service, offer) in offers[tenant.identifier] ?? [:] {
                places[service, default: []].append(
                    Place(
                        tenant: tenant.identifier, name: tenant.officialName,
                        initiateLoginURI: offer.initiateLoginURI ?? addresses[tenant.identifier]?[service]))
            }
        }
        return places
    }

    /// Of the first live client with such an address. One of one-for-all services has none: its tenant is the publisher.
    private static func loginAddresses(in region: Region) -> [TenantIdentifier: [ServiceIdentifier: RedirectURI]] {
        var addresses: [TenantIdentifier: [ServiceIdentifier: RedirectURI]] = [:]
        for client in region.clients where !client.isOneForAll && client.state == .live {
            guard let address = client.initiateLoginURI else { continue }
            for service in client.services where addresses[client.tenant]?[service] == nil {
                addresses[client.tenant, default: [:]][service] = address
            }
        }
        return addresses
    }
}
