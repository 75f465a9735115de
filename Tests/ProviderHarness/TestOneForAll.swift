import AccountDirectory
import OpenIDMessages
import ProviderCore

/// One-for-all services ("Einer für alle"): Bottrop has published two templates and runs one deployment of each for the towns
/// that adopted them (invariant I28).
public enum TestOneForAll {
    public static let bottrop = TenantIdentifier(rawValue: "bottrop")!
    /// Declared, and has adopted nothing.
    public static let datteln = TenantIdentifier(rawValue: "datteln")!
    /// Has adopted, and is not declared.
    public static let gladbeck = TenantIdentifier(rawValue: "gladbeck")!

    public static let resident = ServiceIdentifier(rawValue: "anwohnerausweis")!
    public static let craft = ServiceIdentifier(rawValue: "handwerkerausweis")!

    /// One service, every grant.
    public static let portal = portal("einer-fuer-alle", [resident]) {
        $0.grantTypes = Set(GrantType.allCases)
        $0.backChannel = ClientBackChannel(delivery: .poll)
        $0.resources = [TestGrants.files]
    }
    /// Two services, of which Marl has adopted one.
    public static let workshop = portal("handwerk", [resident, craft]) { _ in }

    private static func portal(
        _ name: String, _ services: [ServiceIdentifier], _ change: (inout Client) -> Void
    ) -> TestPortal {
        var client = Client(
            identifier: ClientIdentifier(rawValue: name)!, tenant: bottrop, name: "Portal \(name)", profile: .baseline,
            redirectURIs: [RedirectURI(rawValue: "https://\(name).example/callback")!],
            authenticationMethod: .clientSecretBasic, requiresPushedAuthorizationRequests: false,
            grantTypes: [.authorizationCode, .refreshToken],
            scopes: ["openid", "person", "email", "residency", "org", "mandate"], requiredLevel: .normal,
            logout: ClientLogout(
                returnURIs: [RedirectURI(rawValue: "https://\(name).example/signed-out")!],
                backChannelURI: OutboundURL(rawValue: "https://\(name).example/backchannel")!),
            services: services, servedTenants: [TestRegion.herten, TestRegion.marl, datteln],
            receivesVerifiedClaims: true)
        change(&client)
        return TestPortal(client)
    }

    static let version = SemanticVersion(rawValue: "1.0.0")!

    static let templates = [
        ServiceTemplate(
            key: resident, version: version, publisher: bottrop,
            definition: ServiceDefinition(
                title: LocalizedText(german: "Anwohnerausweis"), contexts: [.citizen], requiredLevel: .normal,
                claims: ["given_name", "family_name", "email", "resident_here"],
                purpose: LocalizedText(german: "Für den Ausweis.")), changelog: "Neu."),
        ServiceTemplate(
            key: craft, version: version, publisher: bottrop,
            definition: ServiceDefinition(
                title: LocalizedText(german: "Handwerkerausweis"), contexts: [.company], requiredLevel: .normal,
                mandateScope: "parking.permit", claims: ["given_name", "family_name", "organization", "mandate"],
                purpose: LocalizedText(german: "Für den Betrieb.")), changelog: "Neu."),
    ]

    static func adoption(_ service: ServiceIdentifier, by town: TenantIdentifier) -> Adoption {
        Adoption(
            tenant: town, template: service, state: .adopted, terms: AdoptionTerms(version: version),
            review: Adoption.Review(
                version: version, approvals: [.serviceOwner: "fachamt", .dataProtectionOfficer: "datenschutz"]),
            proposal: nil)!
    }

    static let adoptions = [
        adoption(resident, by: TestRegion.herten), adoption(resident, by: TestRegion.marl),
        adoption(resident, by: gladbeck), adoption(craft, by: TestRegion.herten),
    ]
}

extension TestProvider {
    /// A provider whose region has the towns, templates, adoptions and portals of `TestOneForAll` as well.
    public static func withOneForAll(
        companies: (any ActingContextSource)? = NoCompanies()
    ) async throws -> TestProvider {
        let provider = try await TestProvider(companies: companies)
        try provider.addOneForAll()
        return provider
    }

    /// The towns, templates, adoptions and portals of `TestOneForAll`.
    public func addOneForAll() throws {
        try changeRegion { region in
            for (name, official, key) in [
                ("bottrop", "Stadt Bottrop", "05512000"), ("datteln", "Stadt Datteln", "05562008"),
                ("gladbeck", "Stadt Gladbeck", "05562014"),
            ] {
                var town = region.tenants[0]
                town.identifier = TenantIdentifier(rawValue: name)!
                town.officialName = official
                town.municipalityKey = key
                town.sector = SectorIdentifier(rawValue: "sector:\(name)")!
                town.hosts = [TenantHost("\(name).example")]
                region.tenants.append(town)
            }
            region.library = TemplateLibrary(
                templates: TestOneForAll.templates, adoptions: TestOneForAll.adoptions)
            region.clients += [
                TestOneForAll.portal, TestOneForAll.workshop, TestGrants.filesService, TestGrants.archiveService,
            ].map(\.client)
        }
    }

    /// A town has adopted a template from now on, beside all that is adopted.
    public func adopt(_ service: ServiceIdentifier, by town: TenantIdentifier) throws {
        try changeRegion { region in
            region.library = region.library.joined(
                with: TemplateLibrary(adoptions: [TestOneForAll.adoption(service, by: town)]))
        }
    }

    /// A town's adoption of a template is over; the others stay.
    public func endAdoption(of service: ServiceIdentifier, by town: TenantIdentifier) throws {
        try changeRegion { region in
            region.library = TemplateLibrary(
                templates: TestOneForAll.templates,
                adoptions: region.library.adoptions.filter { $0.template != service || $0.tenant != town })
        }
    }

    /// The towns whose adoptions of the templates are in force from now on.
    public func adopted(by towns: Set<TenantIdentifier>) throws {
        try changeRegion { region in
            region.library = TemplateLibrary(
                templates: TestOneForAll.templates,
                adoptions: TestOneForAll.adoptions.filter { towns.contains($0.tenant) })
        }
    }
}
