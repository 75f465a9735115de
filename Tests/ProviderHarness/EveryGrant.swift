import AccountDirectory
import IdentityCrypto
import OpenIDMessages
import ProviderCore
import SQLiteStore

/// Portals that may use every grant, one in each town. Each serves a resource of its own.
public enum EveryGrant {
    public static let resource = ResourceURI(rawValue: "https://everything.example/api")!

    public static let herten = portal("everything", in: TestRegion.herten)
    public static let marl = portal("everything-marl", in: TestRegion.marl)

    private static func portal(_ identifier: String, in tenant: TenantIdentifier) -> TestPortal {
        TestPortal(
            Client(
                identifier: ClientIdentifier(rawValue: identifier)!, tenant: tenant, name: "Portal \(identifier)",
                profile: .baseline, redirectURIs: [RedirectURI(rawValue: "https://\(identifier).example/callback")!],
                authenticationMethod: .clientSecretBasic, requiresPushedAuthorizationRequests: false,
                grantTypes: Set(GrantType.allCases), responseModes: Set(ResponseMode.allCases),
                scopes: ["openid", "person", "person_birth", "email"], resources: [resource],
                servedResource: identifier == "everything" ? resource : nil, requiredLevel: .normal,
                logout: ClientLogout(
                    returnURIs: [RedirectURI(rawValue: "https://\(identifier).example/signed-out")!]),
                backChannel: ClientBackChannel(delivery: .poll)))
    }
}

extension TestProvider {
    /// A provider whose region has the portals of `EveryGrant` as well.
    public static func withEveryGrant(
        store: SQLiteStore? = nil, companies: (any ActingContextSource)? = NoCompanies(),
        wrapping: (SQLiteStore) -> any ProviderStore = { $0 }
    ) async throws -> TestProvider {
        let provider = try await TestProvider(store: store, companies: companies, wrapping: wrapping)
        try provider.changeRegion { $0.clients += [EveryGrant.herten.client, EveryGrant.marl.client] }
        return provider
    }

    /// What an operator does with the region file.
    public func changeRegion(_ change: (inout Region) -> Void) throws {
        var region = provider.registry.region
        change(&region)
        try provider.registry.replace(with: region)
    }
}
