import AccountDirectory
import IdentityCrypto
import OpenIDMessages
import ProviderCore

/// Services of the test region's towns, and portals that offer them.
public enum TestServices {
    /// For citizens, at *normal*, with a purpose.
    public static let dog = Service(
        identifier: ServiceIdentifier(rawValue: "hundesteuer")!,
        title: LocalizedText(german: "Hund anmelden", english: "Register a dog"), publisher: TestRegion.herten,
        version: "1.0.0", contexts: [.citizen], requiredLevel: .normal, mandateScope: nil,
        servedTenants: [TestRegion.herten],
        claims: ["given_name", "family_name", "email", "resident_here", "age_over_16"],
        purpose: LocalizedText(german: "Für den Steuerbescheid.", english: "For the tax assessment."))

    /// For citizens, at *substantiell*.
    public static let building = Service(
        identifier: ServiceIdentifier(rawValue: "bauantrag")!, title: LocalizedText(german: "Bauantrag"),
        publisher: TestRegion.marl, version: "1.0.0", contexts: [.citizen], requiredLevel: .substantiell,
        mandateScope: nil, servedTenants: [TestRegion.herten],
        claims: ["given_name", "family_name", "birthdate", "birth_family_name", "address"])

    /// For companies alone.
    public static let parking = Service(
        identifier: ServiceIdentifier(rawValue: "handwerkerparkausweis")!,
        title: LocalizedText(german: "Handwerkerparkausweis"), publisher: TestRegion.herten, version: "1.0.0",
        contexts: [.company], requiredLevel: .normal, mandateScope: "parking.permit",
        servedTenants: [TestRegion.herten, TestRegion.marl],
        claims: [
            "given_name", "family_name", "organization", "organization_identifiers", "organization_address", "mandate",
        ])

    /// For citizens and companies.
    public static let waste = Service(
        identifier: ServiceIdentifier(rawValue: "sperrmuell")!,
        title: LocalizedText(german: "Sperrmüll", english: "Bulky waste"), publisher: TestRegion.herten,
        version: "1.0.0", contexts: [.citizen, .company], requiredLevel: nil, mandateScope: nil,
        servedTenants: [TestRegion.herten], claims: ["given_name", "family_name", "organization"])

    /// Of another town, which Herten does not offer.
    public static let elsewhere = Service(
        identifier: ServiceIdentifier(rawValue: "anderswo")!, title: LocalizedText(german: "Anderswo"),
        publisher: TestRegion.marl, version: "1.0.0", contexts: [.citizen], requiredLevel: nil, mandateScope: nil,
        servedTenants: [])

    public static let services = [dog, building, parking, waste, elsewhere]

    /// A town hall with several services: each login names its own.
    public static let townHall = portal("rathaus", services: [dog, building, parking, waste, elsewhere])
    /// One service alone, which every login is for.
    public static let kennel = portal("hundeportal", services: [dog])
    /// Verified claims in the ID token.
    public static let registry = portal("standesamt", services: [building], verified: true)
    /// Verified claims, predicates, and no service.
    public static let office = portal("buergerbuero", services: [], verified: true)
    /// A service for companies alone.
    public static let garage = portal("parkportal", services: [parking], verified: true)
    /// The same service in another town.
    public static let otherGarage = portal(
        "parkportal-marl", services: [parking], tenant: TestRegion.marl, verified: true)

    public static let portals = [townHall, kennel, registry, office, garage, otherGarage]

    private static func portal(
        _ name: String, services: [Service], tenant: TenantIdentifier = TestRegion.herten, verified: Bool = false
    ) -> TestPortal {
        TestPortal(
            Client(
                identifier: ClientIdentifier(rawValue: name)!, tenant: tenant, name: "Portal \(name)",
                profile: .baseline, redirectURIs: [RedirectURI(rawValue: "https://\(name).example/callback")!],
                authenticationMethod: .clientSecretBasic, requiresPushedAuthorizationRequests: false,
                grantTypes: [.authorizationCode, .refreshToken],
                scopes: ClaimCatalogue.scopes.map(\.scope).filter { $0 != "phone" }, requiredLevel: .normal,
                services: services.map(\.identifier), receivesVerifiedClaims: verified))
    }

    /// A citizen of Herten with everything that a clerk can record.
    public static let erika: JSONObject = [
        "given_name": "Erika", "family_name": "Mustermann", "birth_family_name": "Gabler", "birthdate": "1964-08-12",
        "place_of_birth": "Berlin", "nationalities": ["DE"], "email": "erika@example.org",
        "address": .object([
            "street": "Musterweg", "house_number": "7a", "postal_code": "45699", "locality": "Herten",
            "ags": "05562020",
        ]),
    ]
}

extension TestProvider {
    /// A provider whose region has the services and portals of `TestServices` as well.
    public static func withServices(
        companies: (any ActingContextSource)? = NoCompanies()
    ) async throws -> TestProvider {
        let provider = try await TestProvider(companies: companies)
        try provider.changeRegion { region in
            region.services += TestServices.services
            region.clients += TestServices.portals.map(\.client)
        }
        return provider
    }

    /// The service as it is from now on.
    public func change(_ service: Service, _ change: (inout Service) -> Void) throws {
        try changeRegion { region in
            for index in region.services.indices where region.services[index].identifier == service.identifier {
                change(&region.services[index])
            }
        }
    }

    /// How a browser with a session goes on with a request.
    public func enter(
        _ portal: TestPortal, _ changes: [String: String?], cookie: String?
    ) async throws -> SessionFlow.Entry {
        let request = try await provider.authorization.authorize(FormParameters(portal.request(changes)))
        return try await provider.sessions.enter(request, cookie: cookie)
    }

    /// A fresh pair of tokens for a refresh token.
    public func refresh(_ tokens: JSONObject, at portal: TestPortal) async throws -> JSONObject {
        try await self.tokens(
            ["grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]?.string ?? ""], at: portal)
    }
}

extension SignedIn {
    /// The payload of the ID token, whose signature other tests check.
    public var idToken: JSONObject { Self.payload(tokens) }
    public var accessToken: String { tokens["access_token"]?.string ?? "" }

    public static func payload(_ tokens: JSONObject) -> JSONObject {
        (try? CompactJWS(parsing: tokens["id_token"]?.string ?? ""))?.unverifiedPayload ?? [:]
    }
}
