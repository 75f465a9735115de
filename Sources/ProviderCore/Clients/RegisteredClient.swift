public import AccountDirectory
internal import IdentityCrypto
public import OpenIDMessages

/// A client with its keys parsed once, on behalf of the tenant of its scope. Every call takes it along: a class, so that
/// taking it along copies nothing.
///
/// A client of one-for-all services is here for itself, where it proves who it is, and once more for each town that it
/// serves now. For itself it has no service, so that nothing about a person can be done before a town is named.
public final class RegisteredClient: Sendable {
    public let client: Client
    public let scope: TenantScope
    /// The services that the client is registered for and its town offers, in the order of its registration.
    let services: [Service]
    /// The keys that the client handed in; those at its `jwks_uri` are in `ClientKeys`.
    let keys: ClientKeySet
    /// What its secret is compared with; nil for a client without one.
    let secret: SecretDigest?
    /// The same client on behalf of each town that it serves now; empty but for one-for-all services.
    private let served: [TenantIdentifier: RegisteredClient]

    convenience init(_ resolved: ResolvedClient, serving towns: [ResolvedClient] = []) {
        let keys = ClientKeySet(resolved.client.keys)
        let served = towns.map { ($0.scope.tenant.identifier, RegisteredClient($0, keys: keys, served: [:])) }
        self.init(resolved, keys: keys, served: Dictionary(served) { first, _ in first })
    }

    private init(_ resolved: ResolvedClient, keys: ClientKeySet, served: [TenantIdentifier: RegisteredClient]) {
        client = resolved.client
        scope = resolved.scope
        services = resolved.services
        self.keys = keys
        secret = client.secretDigest.flatMap { Base64URL.decode($0.rawValue) }.flatMap(SecretDigest.init(bytes:))
        self.served = served
    }

    /// The client on behalf of `town` (invariant I28): an ordinary one only of its own tenant, one of one-for-all services
    /// of each town that it serves now. Nil for every other.
    func acting(for town: TenantIdentifier) -> RegisteredClient? {
        guard client.isOneForAll else { return town == scope.tenant.identifier ? self : nil }
        return served[town]
    }

    /// The client on behalf of the town that `grant` is for. One of one-for-all services needs the service of the grant
    /// there still: with the adoption ends what came of it (invariant I28), whatever else the town has adopted.
    func acting(for grant: AuthorizationGrant) -> RegisteredClient? {
        guard let acting = acting(for: grant.tenant) else { return nil }
        guard client.isOneForAll else { return acting }
        return grant.service.flatMap(acting.service) == nil ? nil : acting
    }

    /// False when the grant is for a service that the client has not any more or that its town does not offer any more.
    func offers(_ grant: AuthorizationGrant) -> Bool { grant.service.map { service($0) != nil } ?? true }

    /// The town, where the client alone does not say it; nil for a portal of its own tenant.
    var namedTown: TenantIdentifier? { client.isOneForAll ? scope.tenant.identifier : nil }

    /// The client on behalf of every town for which people can log in by it now.
    var allTowns: [RegisteredClient] { client.isOneForAll ? client.servedTenants.compactMap { served[$0] } : [self] }

    /// Where the client's pairwise subjects live: in the tenant's sector, unless it names one of its own (OpenID Connect
    /// Core §8.1).
    var sector: SubjectSector { client.sector(at: scope.tenant) }

    /// What client and tenant demand of every login.
    public var requiredLevel: AssuranceLevel { max(client.requiredLevel, scope.tenant.floor) }

    /// A service of this client; nil for one that it is not registered for or that its town does not offer now.
    func service(_ identifier: ServiceIdentifier) -> Service? { services.first { $0.identifier == identifier } }

    /// What client, tenant and service demand together: the highest of the three.
    func requiredLevel(for service: Service?) -> AssuranceLevel {
        max(requiredLevel, service?.requiredLevel ?? .undefined)
    }
}

extension Client {
    /// Where pairwise subjects of this client live when it acts for `tenant`.
    func sector(at tenant: Tenant) -> SubjectSector {
        guard subjectType == .pairwise else { return .public }
        return .pairwise(sectorIdentifierURI?.sector ?? tenant.sector)
    }
}
