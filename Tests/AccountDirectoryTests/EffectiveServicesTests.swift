import AccountDirectory
import OpenIDMessages
import Testing

@Suite("What each tenant offers")
struct EffectiveServicesTests {
    private typealias Samples = TemplateSamples

    private func region(
        _ tenants: [Tenant] = [Samples.marl, Samples.herten, Samples.kreis], services: [Service] = [],
        clients: [Client] = []
    ) -> Region {
        Region(
            identifier: RegionIdentifier(rawValue: "test")!, name: "Test",
            issuer: IssuerURL(rawValue: "https://id.test.example")!, isDevelopment: false,
            evidence: EvidencePolicy(formats: ["none"], simulatorRoots: []), operators: [], tenants: tenants,
            services: services, clients: clients)
    }

    private func library(_ adoptions: [Adoption]) throws -> TemplateLibrary {
        TemplateLibrary(templates: [try Samples.template()], adoptions: adoptions)
    }

    @Test func `is its own services and the templates that it adopted, after policy`() throws {
        let adoption = try Samples.adopted(Samples.terms(overrides: #"{"claims": {"subset_of": ["given_name"]}}"#))
        let registry = Registry(region: region(), library: try library([adoption]))
        #expect(registry.service(Samples.key, at: Samples.herten.identifier)?.claims == ["given_name"])
        #expect(registry.service(Samples.key, at: Samples.marl.identifier) == nil, "publishing is not offering")
        #expect(registry.services(at: Samples.herten.identifier).map(\.identifier) == [Samples.key])
    }

    @Test func `is nothing that was only proposed, that is over, or that has become impossible`() throws {
        let proposed = Adoption(
            tenant: Samples.herten.identifier, template: Samples.key, proposing: try Samples.terms())
        var withdrawn = try Samples.adopted(Samples.terms())
        try withdrawn.withdraw()
        let missing = try Samples.adopted(Samples.terms("9.0.0"))
        let uri = RedirectURI(rawValue: "https://gone.herten.example/")
        let hostless = try Samples.adopted(Samples.terms(fields: .init(initiateLoginURI: uri)))
        for adoption in [proposed, withdrawn, missing, hostless] {
            let registry = Registry(region: region(), library: try library([adoption]))
            #expect(registry.service(Samples.key, at: Samples.herten.identifier) == nil)
        }
    }

    @Test func `a service that is not live is not offered`() throws {
        for state in OfferState.allCases {
            var service = try Samples.template().original
            service.state = state
            let registry = Registry(region: region(services: [service]))
            #expect((registry.service(Samples.key, at: Samples.marl.identifier) != nil) == (state == .live))
        }
    }

    @Test func `a template is offered elsewhere: whoever asks is told by whom, and where a login begins`() throws {
        let uri = RedirectURI(rawValue: "https://portal.herten.example/start")
        let adoption = try Samples.adopted(Samples.terms(fields: .init(initiateLoginURI: uri)))
        let library = try library([adoption])
        let place = EffectiveServices.Place(
            tenant: Samples.herten.identifier, name: "Stadt herten", initiateLoginURI: uri)
        func availability(_ tenant: Tenant, _ region: Region) -> EffectiveServices.Availability {
            EffectiveServices.availability(of: Samples.key, at: tenant.identifier, in: region, library)
        }
        #expect(availability(Samples.herten, region()) == .here(place))
        #expect(availability(Samples.kreis, region()) == .elsewhere([place]))
        let suspended = Samples.tenant("herten", state: .suspended)
        #expect(availability(Samples.kreis, region([suspended, Samples.kreis])) == .elsewhere([]))
        #expect(availability(suspended, region([suspended, Samples.kreis])) == .elsewhere([]))
    }

    @Test func `a registry answers who offers a service as the rule does, in the order of the region`() throws {
        let uri = RedirectURI(rawValue: "https://portal.herten.example/start")
        let adoptions = [
            try Samples.adopted(Samples.terms(fields: .init(initiateLoginURI: uri))),
            try Samples.adopted(Samples.terms(), at: Samples.marl),
        ]
        for tenants in [[Samples.marl, Samples.herten, Samples.kreis], [Samples.herten, Samples.kreis, Samples.marl]] {
            let registry = Registry(region: region(tenants), library: try library(adoptions))
            let places = registry.places(of: Samples.key)
            #expect(places.map(\.tenant) == tenants.map(\.identifier).filter { $0 != Samples.kreis.identifier })
            #expect(places.first { $0.tenant == Samples.herten.identifier }?.initiateLoginURI == uri)
            #expect(
                EffectiveServices.availability(
                    of: Samples.key, at: Samples.kreis.identifier, in: region(tenants), try library(adoptions))
                    == .elsewhere(places))
            #expect(registry.title(of: Samples.key) == (try Samples.template()).definition.title)
        }
        let unknown = try #require(ServiceIdentifier(rawValue: "unknown"))
        let registry = Registry(region: region(), library: try library(adoptions))
        #expect(registry.places(of: unknown) == [] && registry.title(of: unknown) == nil)
    }

    @Test func `a login begins at the town's own client, not at its deployment for other towns`() throws {
        let library = try library([try Samples.adopted(Samples.terms(), at: Samples.marl)])
        let uri = RedirectURI(rawValue: "https://portal.marl.example/start")
        for (towns, expected) in [([], uri), ([Samples.herten.identifier], nil)] {
            let client = Client(
                identifier: ClientIdentifier(rawValue: "portal")!, tenant: Samples.marl.identifier, name: "Portal",
                profile: .baseline, redirectURIs: [], authenticationMethod: .privateKeyJWT, scopes: ["openid"],
                requiredLevel: .normal, initiateLoginURI: uri, services: [Samples.key], servedTenants: towns)
            let answer = EffectiveServices.availability(
                of: Samples.key, at: Samples.marl.identifier, in: region(clients: [client]), library)
            let place = EffectiveServices.Place(
                tenant: Samples.marl.identifier, name: "Stadt marl", initiateLoginURI: expected)
            #expect(answer == .here(place))
        }
    }

    @Test func `the region file wins over what others publish and adopt`() throws {
        let own = TemplateLibrary(
            templates: [try Samples.template()], adoptions: [try Samples.adopted(Samples.terms())])
        let forged = try Samples.template("1.0.1", Samples.definition(level: nil), publisher: Samples.herten)
        let changed = try Samples.template("1.0.0", Samples.definition(level: nil))
        let second = Adoption(tenant: Samples.herten.identifier, template: Samples.key, proposing: try Samples.terms())
        let joined = own.joined(with: TemplateLibrary(templates: [changed], adoptions: [second]))
            .joined(with: TemplateLibrary(templates: [forged]))
        #expect(joined == own)
        let later = try Samples.template("1.0.1")
        #expect(own.joined(with: TemplateLibrary(templates: [later])).latest(Samples.key) == later)
    }

    @Test("A tenant or a client that is not live takes part in no login")
    func lives() {
        for state in TenantState.allCases {
            for offer in OfferState.allCases {
                var client = Client(
                    identifier: ClientIdentifier(rawValue: "portal")!, tenant: Samples.marl.identifier, name: "Portal",
                    profile: .baseline, redirectURIs: [], authenticationMethod: .privateKeyJWT, scopes: ["openid"],
                    requiredLevel: .normal)
                client.state = offer
                let registry = Registry(region: region([Samples.tenant("marl", state: state)], clients: [client]))
                #expect((registry.resolve(client.identifier) != nil) == (state == .live && offer == .live))
            }
        }
    }

    @Test("The lives of tenants, clients and services are what the tables say")
    func tables() {
        LifeTable.expect(
            TenantState.self,
            [
                "draft onboard onboarding", "onboarding open live", "onboarding leave offboarding",
                "live suspend suspended", "live leave offboarding", "suspended resume live",
                "suspended leave offboarding", "offboarding archive archived",
            ], final: [.archived])
        LifeTable.expect(
            OfferState.self,
            [
                "draft submit in_review", "draft retire retired", "in_review sendBack draft", "in_review open live",
                "in_review retire retired", "live suspend suspended", "live retire retired", "suspended resume live",
                "suspended retire retired",
            ], final: [.retired])
    }
}
