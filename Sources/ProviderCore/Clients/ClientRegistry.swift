public import AccountDirectory
internal import IdentityCrypto
public import OpenIDMessages
internal import Synchronization

/// A client with its keys parsed once.
public struct RegisteredClient: Sendable {
    public let client: Client
    public let scope: TenantScope
    let keys: VerificationKeySet

    /// Where the client's pairwise subjects live.
    var sector: SubjectSector { client.subjectType == .public ? .public : .pairwise(scope.tenant.sector) }

    /// What client and tenant demand of every login.
    public var requiredLevel: AssuranceLevel { max(client.requiredLevel, scope.tenant.floor) }
}

/// The region as the running provider uses it; a changed region replaces the whole at once.
public final class ClientRegistry: Sendable {
    private struct Contents {
        var registry: Registry
        var clients: [ClientIdentifier: RegisteredClient]
        var simulator: SimulatorEvidenceVerifier
    }

    private let contents: Mutex<Contents>

    /// Throws when a simulator root cannot be read.
    public init(region: Region) throws {
        contents = Mutex(try Self.contents(region))
    }

    public func replace(with region: Region) throws {
        let fresh = try Self.contents(region)
        contents.withLock { $0 = fresh }
    }

    public var region: Region { contents.withLock { $0.registry.region } }

    func resolve(_ identifier: ClientIdentifier) -> RegisteredClient? {
        contents.withLock { $0.clients[identifier] }
    }

    public func tenant(_ identifier: TenantIdentifier) -> Tenant? {
        contents.withLock { $0.registry.tenant(identifier) }
    }

    var simulator: SimulatorEvidenceVerifier { contents.withLock { $0.simulator } }

    private static func contents(_ region: Region) throws -> Contents {
        let registry = Registry(region: region)
        var clients: [ClientIdentifier: RegisteredClient] = [:]
        for client in region.clients {
            guard let resolved = registry.resolve(client.identifier) else { continue }
            clients[client.identifier] = RegisteredClient(
                client: resolved.client, scope: resolved.scope,
                keys: VerificationKeySet(jwks: ["keys": .array(client.keys.map { .object($0) })]))
        }
        return Contents(
            registry: registry, clients: clients,
            simulator: try SimulatorEvidenceVerifier(roots: region.evidence.simulatorRoots))
    }
}
