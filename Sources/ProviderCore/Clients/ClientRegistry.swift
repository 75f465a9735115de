public import AccountDirectory
internal import IdentityCrypto
public import OpenIDMessages
internal import Synchronization

/// The region as the running provider uses it, with the clients that registered themselves.
public final class ClientRegistry: Sendable {
    private struct Contents {
        var region: Region
        /// What the store holds, also of clients that cannot act now.
        var registrations: [ClientIdentifier: ClientRegistration]
        /// Templates and adoptions beside those of the region.
        var library: TemplateLibrary
        var registry: Registry
        var clients: [ClientIdentifier: RegisteredClient]
        var evidence: EvidenceVerifiers
        /// The issuer at which administrators log in; nil when administration is off.
        var administration: IssuerURL?
        var registrationReadings = Readings()
        var libraryReadings = Readings()
    }

    /// How many readings of the store and changes were begun, and the latest that counted.
    private struct Readings {
        private var begun = 0
        private var latest = 0

        mutating func begin() -> Int {
            begun += 1
            return begun
        }

        /// False when a reading that began later was here before.
        mutating func counts(_ reading: Int) -> Bool {
            guard reading > latest else { return false }
            latest = reading
            return true
        }
    }

    private let contents: Mutex<Contents>

    /// Throws when a root of evidence cannot be read.
    public init(region: Region) throws { contents = Mutex(try Self.contents(region, [:], TemplateLibrary(), nil)) }

    /// Lets administrators log in: the client `citizen-id-admin` exists from now on.
    func enableAdministration(issuer: IssuerURL) throws {
        try contents.withLock { try Self.rebuild(&$0, administration: issuer) }
    }

    /// Replaces the region as a whole. A registered client that the new region does not allow is unknown from now on; what an
    /// archived tenant had is forgotten.
    public func replace(with region: Region) throws {
        try contents.withLock { try Self.rebuild(&$0, region: region) }
    }

    /// Reads the clients that registered themselves. What another reading or a change overtakes may be older than what is
    /// known: it is read again.
    func load(from store: any RegistrationStore) async throws {
        while true {
            let reading = contents.withLock { $0.registrationReadings.begin() }
            let read = try await store.clientRegistrations()
            let isLatest = try contents.withLock { contents in
                guard contents.registrationReadings.counts(reading) else { return false }
                try Self.rebuild(
                    &contents,
                    registrations: Dictionary(read.map { ($0.identifier, $0) }) { first, _ in first })
                return true
            }
            if isLatest { return }
        }
    }

    /// Takes over what the store has just written: a client that is new, or nil for one that is gone. Without another
    /// look at the store, which could fail after its work was done.
    func note(_ registration: ClientRegistration?, as client: ClientIdentifier) throws {
        try contents.withLock { contents in
            _ = contents.registrationReadings.counts(contents.registrationReadings.begin())
            var registrations = contents.registrations
            registrations[client] = registration
            try Self.rebuild(&contents, registrations: registrations)
        }
    }

    /// Takes over what tenants published and adopted, for the clients as well: a login is decided by what its client has.
    /// What a reading that began later has overtaken is older, and dropped.
    func use(_ read: () async throws -> TemplateLibrary) async throws {
        let reading = contents.withLock { $0.libraryReadings.begin() }
        let library = try await read()
        try contents.withLock { contents in
            guard contents.libraryReadings.counts(reading) else { return }
            try Self.rebuild(&contents, library: library)
        }
    }

    /// Every template and adoption, those of the region among them.
    var library: TemplateLibrary { contents.withLock { $0.region.library.joined(with: $0.library) } }

    /// Makes everything anew with what is given; the rest stays. What an archived tenant had is gone from the store: it is
    /// gone from here as well, or it would come back with the tenant (invariant I33).
    private static func rebuild(
        _ contents: inout Contents, region: Region? = nil,
        registrations: [ClientIdentifier: ClientRegistration]? = nil, library: TemplateLibrary? = nil,
        administration: IssuerURL? = nil
    ) throws {
        let region = region ?? contents.region
        let archived = Set(region.tenants.filter { $0.state == .archived }.map(\.identifier))
        let registrations = (registrations ?? contents.registrations).filter { !archived.contains($0.value.tenant) }
        let library = (library ?? contents.library).without(adoptionsOf: archived)
        var fresh = try self.contents(
            region, registrations, library, administration ?? contents.administration)
        fresh.registrationReadings = contents.registrationReadings
        fresh.libraryReadings = contents.libraryReadings
        contents = fresh
    }

    public var region: Region { contents.withLock { $0.region } }

    var isDevelopment: Bool { contents.withLock { $0.region.isDevelopment } }

    func resolve(_ identifier: ClientIdentifier) -> RegisteredClient? {
        contents.withLock { $0.clients[identifier] }
    }

    /// What a client registered; it need not be able to act.
    func registration(_ identifier: ClientIdentifier) -> ClientRegistration? {
        contents.withLock { $0.registrations[identifier] }
    }

    public func tenant(_ identifier: TenantIdentifier) -> Tenant? {
        contents.withLock { $0.registry.tenant(identifier) }
    }

    /// The tenant of this identifier or Amtlicher Gemeindeschlüssel.
    public func tenant(called text: String) -> Tenant? {
        if let identifier = TenantIdentifier(rawValue: text), let named = tenant(identifier) { return named }
        return contents.withLock { $0.registry.tenant(municipalityKey: text) }
    }

    /// What a service of the region, or the latest version of a template, is called; nil when there is none of that name.
    public func title(of service: ServiceIdentifier) -> LocalizedText? {
        contents.withLock { $0.registry.title(of: service) }
    }

    /// A service as `tenant` offers it now; nil when it does not.
    public func service(_ identifier: ServiceIdentifier, at tenant: TenantIdentifier) -> Service? {
        contents.withLock { $0.registry.service(identifier, at: tenant) }
    }

    /// The live tenants that offer a service, in the order of the region.
    public func places(of service: ServiceIdentifier) -> [EffectiveServices.Place] {
        contents.withLock { $0.registry }.places(of: service)
    }

    /// The services that a client of one town names and the town offers, also those for which it may not ask.
    func offered(to client: Client) -> [Service] { contents.withLock { $0.registry.offered(to: client) } }

    /// The services of a client of one-for-all services that `town` has adopted, also those for which it may not ask.
    func adopted(by town: TenantIdentifier, from client: Client) -> [Service] {
        contents.withLock { $0.registry.adopted(by: town, from: client) }
    }

    /// Every service that `tenant` offers now, by identifier.
    public func services(at tenant: TenantIdentifier) -> [Service] {
        contents.withLock { $0.registry.services(at: tenant) }
    }

    /// Every service of the region and of its towns that asks for a mandate.
    var servicesWithMandates: [Service] {
        (region.services + region.tenants.flatMap { services(at: $0.identifier) }).filter { $0.mandateScope != nil }
    }

    /// A client for the operator's eyes.
    public struct Listing: Sendable {
        public let client: Client
        /// True for one that registered itself.
        public let isRegistered: Bool
    }

    /// The clients of the region, and those that registered themselves and are allowed now.
    public var listing: [Listing] {
        contents.withLock { contents in
            let own = Set(contents.region.clients.map(\.identifier))
            return contents.registry.region.clients.filter {
                $0.identifier.rawValue != AdministrationPortal.clientName
            }.map { Listing(client: $0, isRegistered: !own.contains($0.identifier)) }
        }
    }

    /// The clients of one tenant.
    public func listing(in scope: TenantScope) -> [Listing] {
        listing.filter { $0.client.tenant == scope.tenant.identifier }
    }

    /// The services that one tenant offers.
    public func services(in scope: TenantScope) -> [Service] {
        contents.withLock { $0.registry.services(at: scope.tenant.identifier) }
    }

    /// Clients of one-for-all services that act for one tenant now, with a service that it adopted (invariant I28).
    public func clients(serving service: ServiceIdentifier, in scope: TenantScope) -> [ClientIdentifier] {
        contents.withLock { contents in
            contents.clients.values.filter { client in
                client.client.isOneForAll
                    && client.acting(for: scope.tenant.identifier)?.service(service) != nil
            }.map(\.client.identifier).sorted()
        }
    }

    /// What the region asks of evidence.
    var evidence: EvidenceVerifiers { contents.withLock { $0.evidence } }

    /// The scope of a tenant for an administrator who may act there.
    func scope(for capability: TenantCapability) -> TenantScope? {
        contents.withLock { $0.registry.scope(for: capability) }
    }

    /// The scope of a tenant for the machine's operator.
    public func scope(for caller: LocalOperator, at tenant: TenantIdentifier) -> TenantScope? {
        contents.withLock { $0.registry.scope(for: caller, at: tenant) }
    }

    private static func contents(
        _ region: Region, _ registrations: [ClientIdentifier: ClientRegistration], _ library: TemplateLibrary,
        _ administration: IssuerURL?
    ) throws -> Contents {
        // A client of the region wins over a registered one of its name: the registry takes the first.
        var whole = region
        whole.clients += registrations.values.compactMap { client($0, in: region) }.sorted {
            $0.identifier < $1.identifier
        }
        // The provider's own client comes first: nothing of the region can take its name.
        if let administration, let own = AdministrationPortal.parts(region: region, issuer: administration) {
            whole.tenants.insert(own.tenant, at: 0)
            whole.clients.insert(own.client, at: 0)
        }
        let registry = Registry(region: whole, library: library)
        var clients: [ClientIdentifier: RegisteredClient] = [:]
        for client in whole.clients {
            guard clients[client.identifier] == nil, let resolved = registry.resolve(client.identifier) else {
                continue
            }
            clients[client.identifier] = RegisteredClient(
                resolved, serving: client.servedTenants.compactMap { registry.resolve(client, for: $0) })
        }
        return Contents(
            region: region, registrations: registrations, library: library, registry: registry, clients: clients,
            evidence: try EvidenceVerifiers(region.evidence),
            administration: administration)
    }

    /// The client that a registration stands for; nil when the region as it is does not allow it.
    private static func client(_ registration: ClientRegistration, in region: Region) -> Client? {
        guard let tenant = region.tenants.first(where: { $0.identifier == registration.tenant }),
            !region.clients.contains(where: { $0.identifier == registration.identifier })
        else { return nil }
        return try? Client(
            ClientMetadata(registration.metadata), identifier: registration.identifier, tenant: tenant,
            in: region, secretDigest: registration.secretDigest)
    }
}
