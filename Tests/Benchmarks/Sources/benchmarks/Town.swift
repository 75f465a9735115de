import AccountDirectory
import Foundation
import IdentityCrypto
import OpenIDMessages
import ProviderCore
import SQLiteStore

/// The region in which everything is measured: a town with a portal, and phones without evidence. Beside it another town with a
/// portal of its own, for what one of them costs the other.
struct Town: Sendable {
    static let redirectURI = "https://portal.example/oidc/callback"
    static let client = "benchmark-portal"
    /// The portal of the other town, and where it takes people back.
    static let neighbour = "benchmark-neighbour"
    static let neighbourURI = "https://neighbour.example/oidc/callback"
    static let scopes = ["openid", "person", "person_birth", "person_address", "email"]

    let issuer: IssuerURL
    var region: Region
    static let clock = ProviderClock { Timestamp(seconds: Int64(Date().timeIntervalSince1970)) }

    init(issuer: String, portalKey: JSONObject) {
        self.issuer = IssuerURL(rawValue: issuer)!
        let town = TenantIdentifier(rawValue: "town")!
        let other = TenantIdentifier(rawValue: "neighbour")!
        let worker = OperatorIdentifier(rawValue: "operator")!
        region = Region(
            identifier: RegionIdentifier(rawValue: "benchmarks")!, name: "Benchmarks", issuer: self.issuer,
            isDevelopment: true, evidence: EvidencePolicy(formats: ["none"], simulatorRoots: []),
            operators: [Operator(identifier: worker, name: "Operator", shortName: "OP")],
            tenants: [
                Tenant(
                    identifier: town, officialName: "Stadt Herten", kind: .kreisangehoerigeStadt,
                    municipalityKey: "05562020", operatorAssignment: OperatorAssignment(worker),
                    sector: SectorIdentifier(rawValue: "town.example")!, hosts: [TenantHost("portal.example")],
                    floor: .normal,
                    allowedScopes: nil, state: .live),
                Tenant(
                    identifier: other, officialName: "Stadt Marl", kind: .kreisangehoerigeStadt,
                    municipalityKey: "05562024", operatorAssignment: OperatorAssignment(worker),
                    sector: SectorIdentifier(rawValue: "neighbour.example")!,
                    hosts: [TenantHost("neighbour.example")], floor: .normal, allowedScopes: nil, state: .live),
            ], services: [],
            clients: [
                Client(
                    identifier: ClientIdentifier(rawValue: Self.client)!, tenant: town,
                    name: "Serviceportal Herten", profile: .baseline,
                    redirectURIs: [RedirectURI(rawValue: Self.redirectURI)!], authenticationMethod: .privateKeyJWT,
                    keys: [portalKey], secretDigest: nil, requiresPushedAuthorizationRequests: true,
                    scopes: Self.scopes,
                    requiredLevel: .normal, initiateLoginURI: nil),
                Client(
                    identifier: ClientIdentifier(rawValue: Self.neighbour)!, tenant: other, name: "Serviceportal Marl",
                    profile: .baseline, redirectURIs: [RedirectURI(rawValue: Self.neighbourURI)!],
                    authenticationMethod: .privateKeyJWT, keys: [portalKey], secretDigest: nil,
                    requiresPushedAuthorizationRequests: true, scopes: Self.scopes, requiredLevel: .normal,
                    initiateLoginURI: nil),
            ] + EndpointClients.clients(portalKey: portalKey, tenant: town))
    }

    func provider(
        store: SQLiteStore, masterKey: [UInt8], capacity: Provider.Capacity = Provider.Capacity()
    ) async throws -> Provider {
        try await Provider(
            issuer: issuer, registry: ClientRegistry(region: region),
            keys: KeyCustodian(masterKey: masterKey, store: store, clock: Self.clock), store: store,
            clock: Self.clock, capacity: capacity)
    }

    static let erika: JSONObject = [
        "given_name": "Erika", "family_name": "Mustermann", "birth_family_name": "Gabler", "birthdate": "1964-08-12",
        "address": .object([
            "street": "Musterweg", "house_number": "7a", "postal_code": "45768", "locality": "Marl",
        ]), "email": "erika.mustermann@example.org",
    ]
}

/// The work of client programs, which the provider's process would not do.
final class ClientWork: Sendable {
    private let nanoseconds = Counter()

    var seconds: Double { Double(nanoseconds.value) / 1e9 }

    /// Runs `body` and counts its processor time as the client's.
    func measure<Result>(_ body: () throws -> Result) rethrows -> Result {
        let start = ProcessorTime.thread
        defer { nanoseconds.add(Int((ProcessorTime.thread - start) * 1e9)) }
        return try body()
    }
}
