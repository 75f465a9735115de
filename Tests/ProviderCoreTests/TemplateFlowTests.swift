import AccountDirectory
import IdentityCrypto
import OpenIDMessages
import ProviderHarness
import SQLiteStore
import Testing

@testable import ProviderCore

@Suite("The library of templates")
struct TemplateFlowTests {
    private let key = ServiceIdentifier(rawValue: "parking")!
    private let portal = ClientIdentifier(rawValue: "parkportal")!
    private let signer = SigningKey.makeES256()
    private let marl = TestRegion.marl
    private let herten = TestRegion.herten
    private let database: TemporaryDatabase

    init() throws { database = try TemporaryDatabase() }

    /// A provider at which Marl may publish.
    private func provider() async throws -> TestProvider {
        let provider = try await TestProvider(store: try SQLiteStore(path: database.path))
        try provider.changeRegion { region in
            let marl = region.tenants.firstIndex { $0.identifier == TestRegion.marl }!
            region.tenants[marl].templateKeys = [signer.publicKey.listedJWK(identifier: "t1")]
        }
        return provider
    }

    private func template(
        _ version: String = "1.0.0", claims: [String] = ["given_name", "address"], level: AssuranceLevel = .normal,
        publisher: TenantIdentifier = TestRegion.marl, purpose: String = "Wozu", purposeVersion: Int64 = 1
    ) -> ServiceTemplate {
        ServiceTemplate(
            key: key, version: SemanticVersion(rawValue: version)!, publisher: publisher,
            definition: ServiceDefinition(
                title: LocalizedText(german: "Parken"), contexts: [.citizen], requiredLevel: level, claims: claims,
                purpose: LocalizedText(german: purpose), purposeVersion: purposeVersion),
            cases: [TemplateCase(name: "anybody", context: .citizen, level: .hoch, expected: .allowed)],
            changelog: "Neu.")
    }

    private func signed(_ template: ServiceTemplate, by key: SigningKey? = nil) throws -> String {
        try TemplateSignature.sign(template.json, with: key ?? signer, keyIdentifier: "t1")
    }

    private func terms(_ version: String = "1.0.0", overrides: JSONObject = [:]) throws -> AdoptionTerms {
        AdoptionTerms(version: SemanticVersion(rawValue: version)!, overrides: try MetadataPolicy(json: overrides))
    }

    /// Publishes, proposes and approves.
    private func adopted(_ overrides: JSONObject = [:]) async throws -> TestProvider {
        let provider = try await provider()
        let flow = provider.provider.templates
        _ = try await flow.publish(signed(template()))
        _ = try await flow.propose(key, terms(overrides: overrides), in: provider.scope(herten))
        _ = try await flow.approve(key, in: provider.scope(herten), as: .serviceOwner, by: "anna")
        _ = try await flow.approve(key, in: provider.scope(herten), as: .dataProtectionOfficer, by: "berta")
        return provider
    }

    private func service(_ provider: TestProvider) -> Service? { provider.provider.registry.service(key, at: herten) }

    /// A portal of Herten that is registered for the service, strong enough for every level.
    private var parkingPortal: Client {
        var client = TestRegion.pushing.client
        client.grantTypes = [.authorizationCode]
        client.cryptography.idTokenEncryption = .ecdhESA256KW
        client.identifier = portal
        client.services = [key]
        return client
    }

    private var higher: AdoptionTerms {
        get throws { try terms(overrides: ["required_level": .object(["at_least": "substantiell"])]) }
    }

    /// The service in the logins of that portal.
    private func atPortal(_ provider: TestProvider) -> Service? {
        provider.provider.registry.resolve(portal)?.service(key)
    }

    private func kinds() throws -> [String] {
        try database.texts("SELECT kind FROM audit_event WHERE kind GLOB 'template.*' ORDER BY seq")
    }

    @Test func `what a town publishes and another one adopts is offered there, and in the audit`() async throws {
        let provider = try await provider()
        let flow = provider.provider.templates
        _ = try await flow.publish(signed(template()))
        let overrides: JSONObject = ["required_level": .object(["at_least": "substantiell"])]
        _ = try await flow.propose(key, terms(overrides: overrides), in: provider.scope(herten))
        #expect(service(provider) == nil)
        _ = try await flow.approve(key, in: provider.scope(herten), as: .serviceOwner, by: "anna")
        #expect(service(provider) == nil, "two people must agree")
        #expect(
            try await flow.approve(key, in: provider.scope(herten), as: .dataProtectionOfficer, by: "berta").state
                == .adopted)
        #expect(service(provider)?.requiredLevel == .substantiell)
        #expect(provider.provider.registry.service(key, at: marl) == nil)
        _ = try await flow.withdraw(key, in: provider.scope(herten))
        #expect(service(provider) == nil)
        #expect(
            try kinds() == [
                "template.published", "template.proposed", "template.approved", "template.adopted",
                "template.withdrawn",
            ])
    }

    @Test func `it is still there after a restart`() async throws {
        let provider = try await adopted()
        let again = try await TestProvider(store: provider.store)
        #expect(service(again)?.version == "1.0.0")
    }

    @Test func `an adoption and its end reach the logins at once, also after a restart`() async throws {
        let provider = try await provider()
        try provider.changeRegion { $0.clients.append(parkingPortal) }
        #expect(atPortal(provider) == nil)
        let flow = provider.provider.templates
        _ = try await flow.publish(signed(template()))
        _ = try await flow.propose(key, terms(), in: provider.scope(herten))
        _ = try await flow.approve(key, in: provider.scope(herten), as: .serviceOwner, by: "anna")
        _ = try await flow.approve(key, in: provider.scope(herten), as: .dataProtectionOfficer, by: "berta")
        #expect(atPortal(provider)?.requiredLevel == .normal)
        #expect(try await flow.upgrade(key, in: provider.scope(herten), to: higher).state == .adopted)
        #expect(atPortal(provider)?.requiredLevel == .substantiell, "a stricter level counts at once")
        let again = try await TestProvider(
            store: provider.store, region: { $0.clients.append(parkingPortal) })
        #expect(atPortal(again)?.requiredLevel == .substantiell, "after a restart")
        _ = try await flow.withdraw(key, in: provider.scope(herten))
        #expect(atPortal(provider) == nil, "what is withdrawn is offered no more")
    }

    @Test("I34, I35: an adoption through the interface lets in no portal that is too weak; a login there is refused")
    func weakPortal() async throws {
        let provider = try await provider()
        var weak = TestRegion.basic.client
        weak.services = [key]
        try provider.changeRegion { region in
            for index in region.clients.indices where region.clients[index].identifier == weak.identifier {
                region.clients[index] = weak
            }
        }
        let flow = provider.provider.templates
        _ = try await flow.publish(signed(template()))
        _ = try await flow.propose(key, terms(), in: provider.scope(herten))
        _ = try await flow.approve(key, in: provider.scope(herten), as: .serviceOwner, by: "anna")
        _ = try await flow.approve(key, in: provider.scope(herten), as: .dataProtectionOfficer, by: "berta")
        func refused() async throws -> Refusal? {
            do {
                _ = try await provider.login(at: TestRegion.basic, ["scope": "openid service:parking"])
                return nil
            } catch let refused as AuthorizationRefusal {
                guard case .redirect(_, _, let refusal) = refused else { throw refused }
                return refusal
            }
        }
        #expect(try await refused() == nil, "at normal a secret will do")
        _ = try await flow.upgrade(key, in: provider.scope(herten), to: higher)
        #expect(service(provider)?.requiredLevel == .substantiell)
        #expect(provider.provider.registry.resolve(weak.identifier)?.services == [])
        #expect(try await refused() == .serviceNotAllowed)
        let findings = try await provider.provider.clientDoctor.examine(weak.identifier) ?? []
        #expect("\(findings)".contains("wants private_key_jwt"), "the doctor says why")
    }

    @Test("I37: a version with another purpose and the same purpose_version is not published")
    func purposes() async throws {
        let provider = try await adopted()
        let flow = provider.provider.templates
        for (version, number) in [("1.0.1", 1), ("2.0.0", 1)] as [(String, Int64)] {
            await #expect(
                throws: TemplateRefusal.document(
                    "version 1.0.0 has another purpose: its purpose_version must be above 1")
            ) { try await flow.publish(signed(template(version, purpose: "Wofuer", purposeVersion: number))) }
        }
        _ = try await flow.publish(signed(template("2.0.0", purpose: "Wofuer", purposeVersion: 2)))
        #expect(service(provider)?.purposeVersion == 1, "what is wider waits for a review (I31)")
        await #expect(throws: TemplateRefusal.self) {
            try await flow.publish(signed(template("2.0.1", purpose: "Wofuer", purposeVersion: 1)))
        }
    }

    @Test("I37: of versions with other purposes and one purpose_version that come at once, one is published")
    func purposesAtOnce() async throws {
        let provider = try await provider()
        let flow = provider.provider.templates
        let documents = try (0..<8).map { try signed(template("1.\($0).0", purpose: "Zweck \($0)")) }
        let published = await withTaskGroup(of: Bool.self) { group in
            for document in documents { group.addTask { (try? await flow.publish(document)) != nil } }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(published == 1)
        #expect(try await provider.store.publishedTemplates().count == 1)
    }

    @Test func `a template without a case is not published: a dry run would show a town nothing`() async throws {
        let provider = try await provider()
        var silent = template()
        silent.cases = []
        let error = await #expect(throws: TemplateRefusal.self) {
            try await provider.provider.templates.publish(signed(silent))
        }
        #expect(error?.sentence.contains("it has no cases") == true)
    }

    @Test("I31: a patch takes nothing from what waits: a later version's proposal stays, and other terms go first")
    func patchBesideProposal() async throws {
        let provider = try await adopted(["claims": .object(["subset_of": ["given_name"]])])
        let flow = provider.provider.templates
        let narrow: JSONObject = ["claims": .object(["subset_of": ["given_name"]])]
        _ = try await flow.publish(signed(template("2.0.0")))
        _ = try await flow.upgrade(key, in: provider.scope(herten), to: terms("2.0.0"))
        _ = try await flow.approve(key, in: provider.scope(herten), as: .serviceOwner, by: "carla")
        _ = try await flow.publish(signed(template("1.0.1")))
        #expect(service(provider)?.version == "1.0.1")
        let waiting = flow.library.adoption(of: key, at: herten)
        #expect(waiting?.proposal?.approvals == [.serviceOwner: "carla"] && waiting?.state == .updateAvailable)
        _ = try await flow.approve(key, in: provider.scope(herten), as: .dataProtectionOfficer, by: "dora")
        #expect(service(provider)?.version == "2.0.0")
        // Terms for the version in force wait: a patch would leave them behind.
        _ = try await flow.upgrade(key, in: provider.scope(herten), to: terms("2.0.0", overrides: narrow))
        #expect(try await flow.upgrade(key, in: provider.scope(herten), to: terms("2.0.0")).proposal != nil)
        _ = try await flow.publish(signed(template("2.0.1")))
        #expect(service(provider)?.version == "2.0.0")
        #expect(flow.library.adoption(of: key, at: herten)?.proposal != nil)
    }

    @Test func `what comes to a town because another one publishes is nobody's act there`() async throws {
        let provider = try await adopted()
        _ = try await provider.provider.templates.publish(signed(template("1.0.1")))
        let actors = try database.texts(
            "SELECT tenant || ' ' || kind || ' ' || actor FROM audit_event WHERE kind GLOB 'template.*' ORDER BY seq")
        #expect(actors.suffix(2) == ["marl template.published clerk", "herten template.upgraded system"])
    }

    @Test func `nobody but the publisher publishes`() async throws {
        let provider = try await provider()
        let flow = provider.provider.templates
        let refused: [(String, String)] = [
            (try signed(template(), by: .makeES256()), "not signed"),
            (try signed(template(publisher: herten)), "not signed"),
            (try signed(template(publisher: TenantIdentifier(rawValue: "atlantis")!)), "names no live tenant"),
            ("a.b.c", "no signed template"), ("", "no signed template"),
            (try signer.sign(type: "JWT", payload: template().json, keyIdentifier: "t1"), "not signed"),
        ]
        for (document, reason) in refused {
            let error = await #expect(throws: TemplateRefusal.self) { try await flow.publish(document) }
            #expect(error?.sentence.contains(reason) == true, "\(String(describing: error))")
        }
        var unknown = template().json
        unknown["colour"] = "red"
        let document = try TemplateSignature.sign(unknown, with: signer, keyIdentifier: "t1")
        await #expect(throws: TemplateRefusal.document("colour is not known here")) { try await flow.publish(document) }
        #expect(try kinds().isEmpty)
        _ = try await flow.publish(signed(template()))
        await #expect(throws: TemplateRefusal.versionExists) { try await flow.publish(signed(template(claims: []))) }
    }

    @Test func `what a tenant cannot have it cannot propose`() async throws {
        let provider = try await provider()
        let flow = provider.provider.templates
        await #expect(throws: TemplateRefusal.unknownTemplate) {
            try await flow.propose(key, terms(), in: provider.scope(herten))
        }
        _ = try await flow.publish(signed(template()))
        #expect(
            provider.provider.registry.scope(for: LocalOperator(), at: TenantIdentifier(rawValue: "atlantis")!) == nil)
        await #expect(throws: TemplateRefusal.unknownVersion(SemanticVersion(rawValue: "3.0.0")!)) {
            try await flow.propose(key, terms("3.0.0"), in: provider.scope(herten))
        }
        let wider: JSONObject = ["claims": .object(["add": ["email"]])]
        await #expect(throws: TemplateRefusal.self) {
            try await flow.propose(key, terms(overrides: wider), in: provider.scope(herten))
        }
        await #expect(throws: TemplateRefusal.notAdopted) { try await flow.withdraw(key, in: provider.scope(herten)) }
        _ = try await flow.propose(key, terms(), in: provider.scope(herten))
        await #expect(throws: TemplateRefusal.adoptedAlready) {
            try await flow.propose(key, terms(), in: provider.scope(herten))
        }
        _ = try await flow.approve(key, in: provider.scope(herten), as: .serviceOwner, by: "anna")
        await #expect(throws: TemplateRefusal.adoption(.samePerson)) {
            try await flow.approve(key, in: provider.scope(herten), as: .dataProtectionOfficer, by: "anna")
        }
    }

    @Test("I31: a patch goes live by itself, a minor version waits for one click")
    func updates() async throws {
        let provider = try await adopted()
        let flow = provider.provider.templates
        _ = try await flow.publish(signed(template("1.0.1")))
        #expect(service(provider)?.version == "1.0.1")
        _ = try await flow.publish(signed(template("1.1.0")))
        #expect(service(provider)?.version == "1.0.1")
        #expect(flow.library.adoption(of: key, at: herten)?.state == .updateAvailable)
        #expect(try await flow.upgrade(key, in: provider.scope(herten), to: terms("1.1.0")).state == .adopted)
        #expect(service(provider)?.version == "1.1.0")
        #expect(
            try kinds().suffix(4)
                == [
                    "template.published", "template.upgraded", "template.published", "template.update_available",
                    "template.upgraded",
                ].suffix(4))
    }

    @Test(
        "I31: a version that adds claims or lowers the level never goes live by itself",
        arguments: [
            ("1.0.1", ["given_name", "address", "email"], AssuranceLevel.substantiell),
            ("1.1.0", ["given_name", "address"], .normal), ("2.0.0", ["given_name"], .substantiell),
        ])
    func wideningUpdates(version: String, claims: [String], level: AssuranceLevel) async throws {
        let provider = try await provider()
        let flow = provider.provider.templates
        _ = try await flow.publish(signed(template(level: .substantiell)))
        _ = try await flow.propose(key, terms(), in: provider.scope(herten))
        _ = try await flow.approve(key, in: provider.scope(herten), as: .serviceOwner, by: "anna")
        _ = try await flow.approve(key, in: provider.scope(herten), as: .dataProtectionOfficer, by: "berta")
        _ = try await flow.publish(signed(template(version, claims: claims, level: level)))
        #expect(service(provider)?.version == "1.0.0")
        let waiting = try await flow.upgrade(key, in: provider.scope(herten), to: terms(version))
        #expect(waiting.state == .updateAvailable && waiting.proposal != nil)
        #expect(service(provider)?.version == "1.0.0", "one click is not enough")
        _ = try await flow.approve(key, in: provider.scope(herten), as: .serviceOwner, by: "anna")
        #expect(service(provider)?.version == "1.0.0")
        _ = try await flow.approve(key, in: provider.scope(herten), as: .dataProtectionOfficer, by: "berta")
        #expect(service(provider)?.version == version)
    }

    @Test("I31: other terms that widen what is in force need a review, too")
    func otherTerms() async throws {
        let provider = try await adopted(["claims": .object(["subset_of": ["given_name"]])])
        let flow = provider.provider.templates
        #expect(try await flow.upgrade(key, in: provider.scope(herten), to: terms()).proposal != nil)
        #expect(service(provider)?.claims == ["given_name"])
        let narrower: JSONObject = ["claims": .object(["subset_of": []])]
        #expect(try await flow.upgrade(key, in: provider.scope(herten), to: terms(overrides: narrower)).proposal == nil)
        #expect(service(provider)?.claims == [])
    }

    @Test func `whoever declines an update stays with the version until it wants another`() async throws {
        let provider = try await adopted()
        let flow = provider.provider.templates
        _ = try await flow.publish(signed(template("1.1.0")))
        #expect(try await flow.decline(key, in: provider.scope(herten)).state == .diverged)
        _ = try await flow.publish(signed(template("1.0.1")))
        #expect(service(provider)?.version == "1.0.0", "not even a patch comes by itself")
        #expect(try await flow.upgrade(key, in: provider.scope(herten), to: terms("1.1.0")).state == .adopted)
    }

    @Test func `a template of the region file and its adoptions are changed there`() async throws {
        let provider = try await adopted()
        let library = provider.provider.templates.library
        try provider.changeRegion { $0.library = library }
        await #expect(throws: TemplateRefusal.inRegionFile) {
            try await provider.provider.templates.withdraw(key, in: provider.scope(herten))
        }
    }

    @Test func `a template whose name is that of a service is not published`() async throws {
        let provider = try await provider()
        let service = template().original
        try provider.changeRegion { $0.services = [service] }
        await #expect(throws: TemplateRefusal.serviceExists) {
            try await provider.provider.templates.publish(signed(template()))
        }
    }
}
