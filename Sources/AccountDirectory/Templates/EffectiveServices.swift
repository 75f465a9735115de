public import OpenIDMessages

/// What each tenant offers: the region's own services, and the templates that it adopted, after policy.
public enum EffectiveServices {
    /// The services that take part in logins, by tenant and identifier. A service of the region wins over a template of its
    /// name: the region file allows no such pair, but somebody may have published one since.
    public static func all(
        in region: Region, _ library: TemplateLibrary
    ) -> [TenantIdentifier: [ServiceIdentifier: Service]] {
        var offers: [TenantIdentifier: [ServiceIdentifier: Service]] = [:]
        for tenant in region.tenants {
            let own = region.services.filter { $0.isOffered(at: tenant.identifier) }
            offers[tenant.identifier] = Dictionary(own.map { ($0.identifier, $0) }) { first, _ in first }
        }
        let tenants = Dictionary(region.tenants.map { ($0.identifier, $0) }) { first, _ in first }
        let named = Set(region.services.map(\.identifier))
        for adoption in library.adoptions where !named.contains(adoption.template) {
            guard let tenant = tenants[adoption.tenant], let adopted = library.service(adoption, at: tenant) else {
                continue
            }
            offers[adoption.tenant]?[adoption.template] = adopted.service
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
        let offers = all(in: region, library)
        let places = region.tenants.filter { $0.isLive && offers[$0.identifier]?[service] != nil }.map {
            place(of: service, at: $0, in: region, library)
        }
        if let here = places.first(where: { $0.tenant == tenant }) { return .here(here) }
        return .elsewhere(places)
    }

    /// The address that the adoption names, else that of a live client which asks for the service at the tenant. One of
    /// one-for-all services does not: its tenant is the publisher.
    private static func place(
        of service: ServiceIdentifier, at tenant: Tenant, in region: Region, _ library: TemplateLibrary
    ) -> Place {
        let adopted = library.adoption(of: service, at: tenant.identifier)
        let client = region.clients.first {
            $0.tenant == tenant.identifier && !$0.isOneForAll && $0.state == .live && $0.services.contains(service)
                && $0.initiateLoginURI != nil
        }
        return Place(
            tenant: tenant.identifier, name: tenant.officialName,
            initiateLoginURI: adopted?.terms?.fields.initiateLoginURI ?? client?.initiateLoginURI)
    }
}
