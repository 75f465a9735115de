import AccountDirectory
import HTTPTypes
import HummingbirdTesting
import IdentityCrypto
import OpenIDMessages
import ProviderCore
import ProviderHarness
import Testing

@testable import ProviderHTTP

/// Develop once, adapt in another town: without the machine's operator.
@Suite("Templates over the network")
struct TownTemplateTests {
    private static let key = ServiceIdentifier(rawValue: "hedges")!

    private struct Stage {
        let site: AdministrationSite
        let signer: SigningKey
        /// Marl's and Herten's administrators, Herten's service owner and data protection officer.
        let marl, herten, owner, officer: TestAdministrator

        func signed(_ version: String, claims: [String] = ["given_name"], publisher: TenantIdentifier = TestRegion.marl)
            throws -> JSONObject
        {
            let template = ServiceTemplate(
                key: key, version: SemanticVersion(rawValue: version)!, publisher: publisher,
                definition: ServiceDefinition(
                    title: LocalizedText(german: "Hecken"), contexts: [.citizen], requiredLevel: .normal,
                    claims: claims, purpose: LocalizedText(german: "Wozu")),
                cases: [TemplateCase(name: "anybody", context: .citizen, level: .hoch, expected: .allowed)],
                changelog: "Neu.")
            return [
                "document": .string(
                    try TemplateSignature.sign(template.json, with: signer, keyIdentifier: "t1"))
            ]
        }

        /// Both agree to what waits at Herten.
        func agree() async throws {
            let path = "/tenants/herten/adoptions/\(key)"
            for person in [owner, officer] {
                let read = try await site.call(person, .get, path)
                let agreed = try await site.call(
                    person, .post, path + "/approve", ["proposal": read.json["proposal"] ?? .null])
                #expect(agreed.status == .ok, "\(agreed.text)")
            }
        }

        var offered: Service? { site.provider.provider.registry.service(key, at: TestRegion.herten) }
    }

    private func serve(_ body: @Sendable (Stage) async throws -> Void) async throws {
        let provider = try await TestProvider.withAdministration()
        let signer = SigningKey.makeES256()
        try provider.changeRegion { region in
            for index in region.tenants.indices {
                region.tenants[index].templateKeys = [signer.publicKey.listedJWK(identifier: "t1")]
            }
        }
        let (marl, herten) = (try await provider.administrator(), try await provider.administrator())
        let (owner, officer) = (try await provider.administrator(), try await provider.administrator())
        try await provider.appoint(marl, .tenantAdministrator, at: .tenant(TestRegion.marl))
        try await provider.appoint(herten, .tenantAdministrator, at: .tenant(TestRegion.herten))
        try await provider.appoint(owner, .serviceOwner, at: .tenant(TestRegion.herten))
        try await provider.appoint(officer, .dataProtectionOfficer, at: .tenant(TestRegion.herten))
        try await AdministrationSite.serve(provider) { site in
            try await body(
                Stage(site: site, signer: signer, marl: marl, herten: herten, owner: owner, officer: officer))
        }
    }

    @Test("a town publishes its own templates, in its own name alone, and the trail names who did")
    func publish() async throws {
        try await serve { stage in
            let foreign = try await stage.site.call(
                stage.herten, .post, "/tenants/herten/templates", stage.signed("1.0.0"))
            #expect(foreign.code == "template_refused", "\(foreign.text)")
            #expect(foreign.json["detail"]?.string?.contains("another tenant") == true, "\(foreign.text)")
            let path = "/tenants/marl/templates"
            let published = try await stage.site.call(stage.marl, .post, path, stage.signed("1.0.0"))
            #expect(published.status == .created, "\(published.text)")
            #expect(published.json == ["template": "hedges", "version": "1.0.0"])
            let again = try await stage.site.call(stage.marl, .post, path, stage.signed("1.0.0"))
            #expect(again.code == "template_refused" && again.json["reason"] == "version_exists", "\(again.text)")
            let forged = try await stage.site.call(stage.marl, .post, path, ["document": "a.b.c"])
            #expect(forged.code == "template_refused", "\(forged.text)")
            // Whoever has logged in to administration reads the library: templates are no secret among towns.
            let stranger = try await stage.site.provider.administrator()
            let list = try await stage.site.call(stranger, .get, "/templates")
            let entries = (list.json["templates"]?.array ?? []).compactMap(\.object)
            #expect(entries.contains { $0["template"] == "hedges" && $0["publisher"] == "marl" }, "\(list.text)")
            let shown = try await stage.site.call(stranger, .get, "/templates/hedges")
            #expect(shown.json["versions"] == ["1.0.0"], "\(shown.text)")
            #expect(try await stage.site.call(stranger, .get, "/templates/nothing").code == "not_found")

            let chain = AuditChain.tenant(TestRegion.marl)
            let name = try await stage.site.provider.pseudonym(
                of: stage.site.provider.account(of: stage.marl), in: chain)
            let events = try await stage.site.provider.auditEntries(.templatePublished)
            #expect(events.map(\.object) == ["hedges 1.0.0"] && events.map(\.chain) == [chain])
            #expect(name != nil && events.first?.administrator == name)
        }
    }

    @Test("a town proposes, goes over to another version, stays with one, and gives back what it adopted")
    func adopt() async throws {
        try await serve { stage in
            func post(_ person: TestAdministrator, _ path: String, _ body: JSONObject? = nil) async throws
                -> TestResponse
            {
                try await stage.site.call(person, .post, "/tenants/herten/adoptions" + path, body)
            }
            for version in ["1.0.0"] {
                _ = try await stage.site.call(stage.marl, .post, "/tenants/marl/templates", stage.signed(version))
            }
            let terms: JSONObject = ["template": "hedges", "version": "1.0.0", "dry_run": false]
            var dry = terms
            dry["dry_run"] = true
            let tried = try await post(stage.owner, "", dry)
            #expect(tried.json["proposed"] == false && tried.json["passed"] == ["anybody"], "\(tried.text)")
            #expect(
                try await stage.site.call(stage.owner, .get, "/tenants/herten/adoptions/hedges").code == "not_found")
            var wider = terms
            wider["overrides"] = .object(["claims": .object(["add": ["email"]])])
            #expect(try await post(stage.owner, "", wider).code == "template_refused")
            let proposed = try await post(stage.owner, "", terms)
            #expect(proposed.json["proposed"] == true, "\(proposed.text)")
            #expect(try await post(stage.herten, "", terms).code == "not_possible_now", "once")
            #expect(stage.offered == nil, "two must agree")
            try await stage.agree()
            #expect(stage.offered?.version == "1.0.0")

            // A minor version waits for one click, a wider one for two people; what is declined stays away.
            for document in [
                try stage.signed("1.1.0"), try stage.signed("1.2.0", claims: ["given_name", "birthdate"]),
            ] {
                _ = try await stage.site.call(stage.marl, .post, "/tenants/marl/templates", document)
            }
            let clicked = try await post(stage.herten, "/hedges/upgrade", ["version": "1.1.0"])
            #expect(clicked.json["version"] == "1.1.0", "\(clicked.text)")
            for fields in [["contact": "Amt 32", "legal_basis": "§ 1"], ["contact": "Amt 33"]] as [JSONObject] {
                let other = try await post(
                    stage.herten, "/hedges/upgrade", ["version": "1.1.0", "fields": .object(fields)])
                #expect(other.status == .ok, "\(other.text)")
            }
            #expect(stage.offered?.contact == "Amt 33" && stage.offered?.legalBasis == "§ 1", "what is not named stays")
            let waiting = try await post(stage.owner, "/hedges/upgrade", ["version": "1.2.0"])
            #expect(
                waiting.json["version"] == "1.1.0" && waiting.json["proposed_version"] == "1.2.0", "\(waiting.text)")
            let declined = try await post(stage.owner, "/hedges/decline")
            #expect(declined.json["state"] == "diverged" && stage.offered?.version == "1.1.0", "\(declined.text)")
            let withdrawn = try await post(stage.owner, "/hedges/withdraw")
            #expect(withdrawn.json["state"] == "withdrawn" && stage.offered == nil, "\(withdrawn.text)")
            #expect(try await post(stage.owner, "/hedges/withdraw").code == "not_found")
            #expect(try await post(stage.officer, "/hedges/withdraw").code == "not_allowed")

            let events = try await stage.site.provider.auditEntries(
                .templateProposed, .templateUpgraded, .templateDeclined, .templateWithdrawn
            ).filter { $0.chain == .tenant(TestRegion.herten) }
            #expect(
                events.map(\.kind) == [
                    "template.proposed", "template.upgraded", "template.upgraded", "template.upgraded",
                    "template.proposed", "template.declined",
                    "template.withdrawn",
                ])
            #expect(events.allSatisfy { $0.actor == "administrator" && $0.administrator != nil })
        }
    }
}
