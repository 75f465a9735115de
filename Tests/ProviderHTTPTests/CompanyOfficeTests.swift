import AccountDirectory
import GRDB
import HTTPTypes
import HummingbirdTesting
import OpenIDMessages
import ProviderCore
import ProviderHarness
import Testing

@testable import ProviderHTTP
@testable import SQLiteStore

/// What the company clerk of a town does at `/admin/v1`: with whom, and with whose companies.
@Suite("Offices of towns verify companies (invariants I13, I14, I23, I25)")
struct CompanyOfficeTests {
    private static let list = "/tenants/herten/companies"

    /// - Parameter person: whose phone the clerk has; a stranger's without.
    private static func clerk(
        _ site: AdministrationSite, at tenant: TenantIdentifier = TestRegion.herten, as person: TestPerson? = nil
    ) async throws -> TestAdministrator {
        let clerk = try await site.provider.administrator(phone: person?.phone)
        try await site.provider.appoint(clerk, .companyClerk, at: .tenant(tenant))
        return clerk
    }

    /// An application that waits for proof.
    private static func application(
        _ site: AdministrationSite, by founder: TestPerson, _ details: JSONObject = TestCompany.registered()
    ) async throws -> CompanyIdentifier {
        let device = try await site.provider.verified(founder)
        let company = try await site.provider.companies.create(details, by: device).company.identifier
        try await site.provider.companies.submit(company, by: device)
        return company
    }

    /// What the register says of the company of `TestCompany.registered()`, and whom it names.
    static func extract(_ site: AdministrationSite, _ powers: [JSONValue]) -> JSONObject {
        var extract = site.provider.extract(powers)
        extract["company"] = .object(["euid": "DER2402.HRB12345", "name": "MUSTER Elektrotechnik GmbH"])
        return extract
    }

    private static func proof(_ site: AdministrationSite) -> JSONObject {
        ["as_of": .string(site.provider.today), "level": "substantiell"]
    }

    /// What a trade office says of a sole trader.
    private static func trader(_ site: AdministrationSite, _ person: TestPerson) -> JSONObject {
        site.provider.extract([person.power(.owner)])
    }

    @Test("I33: the office of a town that is not live is closed: nothing is listed, shown or done")
    func notLive() async throws {
        try await AdministrationSite.serve { site in
            let provider = site.provider
            let clerk = try await Self.clerk(site)
            let (ada, bob) = (try await provider.person("Ada", "Erste"), try await provider.person("Bob", "Zweiter"))
            let company = try await provider.registeredCompany([ada])
            let path = Self.list + "/\(company)"
            try provider.changeRegion { region in
                for index in region.tenants.indices where region.tenants[index].identifier == TestRegion.herten {
                    region.tenants[index].state = .offboarding
                }
            }
            let calls: [(HTTPRequest.Method, String, JSONObject?)] = [
                (.get, Self.list, nil), (.get, path, nil), (.get, path + "/mandates", nil),
                (.post, path + "/register-extract", Self.extract(site, [bob.power()])),
                (.post, path + "/freeze", ["reason": "dispute"]),
            ]
            for (method, path, body) in calls {
                let answer = try await site.call(clerk, method, path, body)
                #expect(answer.code == "tenant_not_active", "\(path): \(answer.text)")
            }
            #expect(try await provider.state(of: company) == .active)
        }
    }

    @Test("from the extract to the company that acts, is frozen and acts again; each step names the clerk")
    func story() async throws {
        try await AdministrationSite.serve { site in
            let provider = site.provider
            let clerk = try await Self.clerk(site)
            let (ada, bob) = (try await provider.person("Ada", "Erste"), try await provider.person("Bob", "Zweiter"))
            let company = try await Self.application(site, by: ada)
            let path = Self.list + "/\(company)"
            // Nobody's yet: who has the identifier can take it up, and no list shows it.
            #expect(try await site.call(clerk, .get, Self.list).json["companies"]?.array?.isEmpty == true)
            let before = try await site.call(clerk, .get, path)
            #expect(before.status == .ok && before.json["state"] == "verifying", "\(before.text)")
            let recorded = try await site.call(
                clerk, .post, path + "/register-extract",
                Self.extract(site, [ada.power(joint: 2), bob.power(joint: 2)]))
            #expect(recorded.status == .ok, "\(recorded.text)")
            #expect(recorded.json["powers_named"] == 2 && recorded.json["powers_signed"] == 0)
            for person in [ada, bob] {
                try await provider.companies.sign(
                    company, usesPrivateIdentity: true, by: try await provider.verified(person))
            }
            let listed = try await site.call(clerk, .get, Self.list)
            #expect(listed.json["companies"]?.array?.first?.object?["state"] == "active", "\(listed.text)")
            let frozen = try await site.call(clerk, .post, path + "/freeze", ["reason": "dispute"])
            #expect(frozen.json["state"] == "frozen" && frozen.json["freeze_reason"] == "dispute", "\(frozen.text)")
            var proof = Self.proof(site)
            proof["method"] = "register_extract"
            let cured = try await site.call(clerk, .post, path + "/cure", proof)
            #expect(cured.json["state"] == "active" && cured.json["approvers_needed"] == 2, "\(cured.text)")
            for person in [ada, bob] {
                let told = try await provider.provider.accounts.notices(of: try await provider.verified(person))
                #expect(
                    told.prefix(2).map(\.kind) == [.companyActiveAgain, .companyFrozen],
                    "whose company it is hears of it")
                #expect(told.prefix(2).allSatisfy { $0.detail == company.rawValue })
            }

            let events = try await Self.events(provider, "herten")
            #expect(
                events.map(\.kind) == [
                    "company.seen", "company.evidence_recorded", "company.powers_recorded", "company.frozen",
                    "company.evidence_recorded", "company.rated", "company.cured",
                ])
            for event in events {
                #expect(event.actor == "administrator" && event.isNamed && event.company == company.rawValue)
            }
            // The signatures are the signatories' own, in the region's chain.
            let signed = try await Self.events(provider, nil).filter { $0.kind == "company.signed" }
            #expect(signed.map(\.actor) == ["person", "person"])
        }
    }

    private struct StoredEvent {
        let kind: String
        let actor: String?
        let isNamed: Bool
        let company: String?
    }

    private static func events(_ provider: TestProvider, _ tenant: String?) async throws -> [StoredEvent] {
        try await provider.store.pool.read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT kind, actor, administrator IS NOT NULL AS named, company FROM audit_event
                    WHERE tenant IS ? AND kind LIKE 'company.%' ORDER BY rowid
                    """, arguments: [tenant]
            ).map { StoredEvent(kind: $0["kind"], actor: $0["actor"], isNamed: $0["named"], company: $0["company"]) }
        }
    }

    @Test("I23: a company of one town is unknown to the clerk of another, and the attempt is written down")
    func otherTown() async throws {
        try await AdministrationSite.serve { site in
            let (own, foreign) = (try await Self.clerk(site), try await Self.clerk(site, at: TestRegion.marl))
            let ada = try await site.provider.person("Ada", "Erste")
            let registered = try await Self.application(site, by: ada)
            let trader = try await Self.application(site, by: ada, TestCompany.soleTrader())
            let extract = Self.extract(site, [ada.power()])
            // Whose trade number it is says from the beginning whose company it is.
            let marl = "/tenants/marl/companies"
            #expect(try await site.call(foreign, .get, marl + "/\(trader)").status == .notFound)
            #expect(try await site.events(.crossTenantProbe) == 1)
            #expect(try await site.call(foreign, .get, marl + "/\(registered)").status == .ok, "nobody's yet")
            let taken = try await site.call(own, .post, Self.list + "/\(registered)/register-extract", extract)
            #expect(taken.status == .ok, "\(taken.text)")
            for (method, act, body) in [
                (.get, "", nil), (.post, "/register-extract", extract),
                (.post, "/desk-proof", Self.trader(site, ada)), (.post, "/freeze", ["reason": "dispute"]),
            ] as [(HTTPRequest.Method, String, JSONObject?)] {
                let before = try await site.events(.crossTenantProbe)
                let answer = try await site.call(foreign, method, marl + "/\(registered)" + act, body)
                #expect(answer.status == .notFound && answer.code == "not_found", "\(act): \(answer.text)")
                #expect(try await site.events(.crossTenantProbe) == before + 1, "\(act)")
            }
            #expect(try await site.call(foreign, .get, marl).json["companies"]?.array?.isEmpty == true)
            #expect(try await site.call(own, .get, Self.list).json["companies"]?.array?.count == 2)
        }
    }

    @Test("I25: nobody but the town's company clerk sees a company, an administrator of town or region least of all")
    func roles() async throws {
        try await AdministrationSite.serve { site in
            let ada = try await site.provider.person("Ada", "Erste")
            let company = try await Self.application(site, by: ada)
            for role in AdministrationRole.allCases where role != .companyClerk {
                let other = try await site.provider.administrator()
                try await site.provider.appoint(other, role, at: role.testScope)
                for path in [Self.list, Self.list + "/\(company)"] {
                    #expect(try await site.call(other, .get, path).code == "not_allowed", "\(role)")
                }
            }
        }
    }

    @Test("a trade office vouches for what stands in no register, and a clerk appoints whom the portals know")
    func desk() async throws {
        try await AdministrationSite.serve { site in
            let provider = site.provider
            let clerk = try await Self.clerk(site)
            let max = try await provider.person("Max", "Beispiel")
            let company = try await Self.application(site, by: max, TestCompany.unregistered())
            let path = Self.list + "/\(company)"
            let proof = provider.extract([max.power(.partner)])
            let recorded = try await site.call(clerk, .post, path + "/desk-proof", proof)
            #expect(recorded.json["state"] == "verifying" && recorded.json["powers_named"] == 1, "\(recorded.text)")
            try await provider.companies.sign(company, usesPrivateIdentity: true, by: try await provider.verified(max))
            #expect(try await site.call(clerk, .post, path + "/freeze", ["reason": "dispute"]).status == .ok)
            try await provider.companies.leave(company, by: try await provider.verified(max))
            var cure = Self.proof(site)
            cure["method"] = "desk"
            let alone = try await site.call(clerk, .post, path + "/cure", cure)
            #expect(alone.code == "company_administrator_missing" && alone.status == .conflict, "\(alone.text)")
            cure["administrator"] = "nobody-known"
            #expect(try await site.call(clerk, .post, path + "/cure", cure).code == "appointment_refused")
            let tokens = try await provider.signIn(at: TestRegion.basic, phone: max.phone).tokens
            cure["administrator"] = try unverifiedPayload(tokens.text("id_token"))["sub"]
            let cured = try await site.call(clerk, .post, path + "/cure", cure)
            #expect(cured.json["state"] == "active" && cured.json["administrators"] == 1, "\(cured.text)")
        }
    }

    @Test("I15: a clerk decides nothing about the own company: not as a member, nor where the register names them")
    func ownCompany() async throws {
        try await AdministrationSite.serve { site in
            let provider = site.provider
            let (ada, bob) = (try await provider.person("Ada", "Erste"), try await provider.person("Bob", "Zweiter"))
            let company = try await provider.registeredCompany([ada])
            try await provider.join(bob, ["member"], in: company, by: ada)
            let (clerk, other) = (try await Self.clerk(site, as: bob), try await Self.clerk(site))
            let path = Self.list + "/\(company)"
            var proof = Self.proof(site)
            proof["method"] = "register_extract"
            let acts: [(String, JSONObject)] = [
                ("/register-extract", Self.extract(site, [ada.power()])), ("/desk-proof", Self.trader(site, ada)),
                ("/freeze", ["reason": "dispute"]), ("/cure", proof), ("/closing", proof),
            ]
            func expectRefusals(_ acts: [(String, JSONObject)]) async throws {
                for (act, body) in acts {
                    let answer = try await site.call(clerk, .post, path + act, body)
                    #expect(answer.code == "own_company" && answer.status == .forbidden, "\(act): \(answer.text)")
                }
                #expect(try await provider.state(of: company) == .active)
            }
            try await expectRefusals(acts)
            try await provider.companies.leave(company, by: try await provider.verified(bob))
            // An extract that would make the company theirs; and once another clerk has recorded it, all.
            let both = Self.extract(site, [ada.power(), bob.power()])
            try await expectRefusals([("/register-extract", both)])
            #expect(try await site.call(other, .post, path + "/register-extract", both).status == .ok)
            try await expectRefusals(acts)
            // The near miss: the register names them no more.
            let alone = Self.extract(site, [ada.power()])
            #expect(try await site.call(other, .post, path + "/register-extract", alone).status == .ok)
            #expect(try await site.call(clerk, .post, path + "/freeze", ["reason": "dispute"]).status == .ok)
        }
    }

    private static func subject(_ site: AdministrationSite, of person: TestPerson) async throws -> JSONValue? {
        let tokens = try await site.provider.signIn(at: TestRegion.basic, phone: person.phone).tokens
        return try unverifiedPayload(tokens.text("id_token"))["sub"]
    }

    @Test("I15: a clerk appoints nobody while an administrator is there, never themself, and members hear of whom")
    func appointment() async throws {
        try await AdministrationSite.serve { site in
            let provider = site.provider
            let (ada, max) = (try await provider.person("Ada", "Erste"), try await provider.person("Max", "Beispiel"))
            let carl = try await provider.person("Carl", "Schreiber")
            let company = try await provider.registeredCompany([ada])
            let seat = try await provider.join(max, ["member"], in: company, by: ada)
            let clerk = try await Self.clerk(site, as: carl)
            let path = Self.list + "/\(company)"
            var cure = Self.proof(site)
            cure["method"] = "register_extract"
            cure["administrator"] = try await Self.subject(site, of: max)
            #expect(try await site.call(clerk, .post, path + "/freeze", ["reason": "dispute"]).status == .ok)
            let there = try await site.call(clerk, .post, path + "/cure", cure)
            #expect(there.code == "appointment_refused" && there.text.contains("has an administrator"), "\(there.text)")
            // A desk's word is none about a company that stands in a register.
            var word = cure
            (word["method"], word["administrator"]) = ("desk", nil)
            let desk = try await site.call(clerk, .post, path + "/cure", word)
            #expect(
                desk.code == "company_evidence_refused" && desk.text.contains("stands in a register"), "\(desk.text)")
            try await provider.companies.leave(company, by: try await provider.verified(ada))
            var own = cure
            own["administrator"] = try await Self.subject(site, of: carl)
            #expect(try await site.call(clerk, .post, path + "/cure", own).code == "own_company")
            #expect(try await provider.state(of: company) == .frozen, "nothing half-done")
            let cured = try await site.call(clerk, .post, path + "/cure", cure)
            #expect(cured.json["state"] == "active" && cured.json["administrators"] == 1, "\(cured.text)")
            #expect(try await provider.membership(of: max, in: company) == seat)
            let told = try await provider.provider.accounts.notices(of: try await provider.verified(max))
            #expect(told.filter { $0.kind == .administratorAppointed }.map(\.detail) == [company.rawValue])
        }
    }

    @Test(
        "I16: where several represent a company together nobody is appointed alone: those whom the extract names sign")
    func appointmentTogether() async throws {
        try await AdministrationSite.serve { site in
            let provider = site.provider
            let (ada, bob) = (try await provider.person("Ada", "Erste"), try await provider.person("Bob", "Zweiter"))
            let company = try await provider.registeredCompany([ada, bob], together: true)
            let clerk = try await Self.clerk(site)
            let path = Self.list + "/\(company)"
            var cure = Self.proof(site)
            cure["method"] = "register_extract"
            #expect(try await site.call(clerk, .post, path + "/freeze", ["reason": "dispute"]).status == .ok)
            for person in [ada, bob] {
                try await provider.companies.leave(company, by: try await provider.verified(person))
            }
            var appointing = cure
            appointing["administrator"] = try await Self.subject(site, of: bob)
            let alone = try await site.call(clerk, .post, path + "/cure", appointing)
            #expect(alone.code == "appointment_refused" && alone.text.contains("together"), "\(alone.text)")
            let extract = Self.extract(site, [ada.power(joint: 2), bob.power(joint: 2)])
            #expect(try await site.call(clerk, .post, path + "/register-extract", extract).status == .ok)
            // I14: both have signed already, and take their seats again by signing.
            for person in [ada, bob] {
                try await provider.companies.sign(
                    company, usesPrivateIdentity: true, by: try await provider.verified(person))
            }
            let cured = try await site.call(clerk, .post, path + "/cure", cure)
            #expect(cured.json["state"] == "active" && cured.json["administrators"] == 2, "\(cured.text)")
        }
    }

    @Test("a trade office verifies a sole trader only for the person whom its register names, and hears why not")
    func otherOwner() async throws {
        try await AdministrationSite.serve { site in
            let clerk = try await Self.clerk(site)
            let anna = try await site.provider.person("Anna", "Müller", born: "1975-05-05")
            let max = try await site.provider.person("Max", "Beispiel")
            let path = Self.list + "/\(try await Self.application(site, by: max, TestCompany.soleTrader()))/desk-proof"
            for powers in [[anna.power(.owner)], [max.power(.partner)], [max.power(.owner), anna.power(.owner)]] {
                let refused = try await site.call(clerk, .post, path, site.provider.extract(powers))
                #expect(refused.code == "company_evidence_refused", "\(refused.text)")
                #expect(refused.json["member"] == "powers" && refused.text.contains("somebody else"), "\(refused.text)")
            }
            let missing = try await site.call(clerk, .post, path, Self.proof(site))
            #expect(missing.code == "invalid_request" && missing.json["member"] == "powers", "\(missing.text)")
            let verified = try await site.call(clerk, .post, path, Self.trader(site, max))
            #expect(verified.json["state"] == "active" && verified.json["powers_signed"] == 1, "\(verified.text)")
            let again = try await site.call(clerk, .post, path, Self.trader(site, max))
            #expect(again.code == "wrong_company_state", "\(again.text)")
        }
    }

    @Test("a clerk closes what is frozen and over: mandates end at once, people hear of it, the rest after the grace")
    func closing() async throws {
        try await AdministrationSite.serve { site in
            let provider = site.provider
            try provider.changeRegion { $0.services.append(MandateStory.parking) }
            let story = try await MandateStory(provider: provider)
            let mandate = try await story.propose(by: story.ada).mandate.identifier
            let clerk = try await Self.clerk(site)
            let path = Self.list + "/\(story.company)"
            var proof = Self.proof(site)
            proof["method"] = "register_extract"
            func close(_ proof: JSONObject) async throws -> TestResponse {
                try await site.call(clerk, .post, path + "/closing", proof)
            }
            func freeze(_ reason: String) async throws -> TestResponse {
                var body = proof
                body["reason"] = .string(reason)
                return try await site.call(clerk, .post, path + "/freeze", body)
            }
            let active = try await close(proof)
            #expect(active.code == "wrong_company_state" && active.text.contains("Freeze it first"), "\(active.text)")
            for reason in ["dispute", "insolvency"] {
                #expect(try await freeze(reason).status == .ok)
                let refused = try await close(proof)
                #expect(refused.code == "wrong_company_state" && refused.text.contains(reason), "\(refused.text)")
            }
            #expect(try await freeze("dissolved").status == .ok)
            var old = proof
            old["as_of"] = "2020-01-01"
            #expect(try await close(old).code == "company_evidence_refused")
            #expect(try await provider.state(of: story.company) == .frozen, "nothing half-done")

            let closed = try await close(proof)
            #expect(closed.status == .ok && closed.json["state"] == "closing", "\(closed.text)")
            #expect(try await provider.store.mandate(mandate)?.mandate.state == .revoked)
            #expect(try await !provider.hasSeat(story.member, in: story.company))
            for person in [story.ada, story.max] {
                let told = try await provider.provider.accounts.notices(of: try await provider.verified(person))
                #expect(told.filter { $0.kind == .companyClosedByOffice }.map(\.detail) == [story.company.rawValue])
            }
            #expect(try await close(proof).code == "wrong_company_state", "what is ending stays so")
            let events = try await Self.events(provider, "herten").filter { $0.kind == "company.closing" }
            #expect(events.map(\.actor) == ["administrator"] && events.allSatisfy(\.isNamed))

            provider.clock.advance(CompanyRules.closingGrace)
            try await provider.provider.sweep(includingStore: true)
            #expect(try await provider.state(of: story.company) == .closed)
            let file = try await provider.file(of: story.company)
            #expect(file.people.isEmpty, "memberships end with the company")
        }
    }

    @Test("I14: an office freezes a company with what says so, and without it in a dispute alone")
    func freezeEvidence() async throws {
        try await AdministrationSite.serve { site in
            let provider = site.provider
            let clerk = try await Self.clerk(site)
            let company = try await provider.registeredCompany([try await provider.person("Ada", "Erste")])
            let path = Self.list + "/\(company)"
            for reason in FreezeReason.allCases where reason.isClerks && reason != .dispute {
                let bare = try await site.call(clerk, .post, path + "/freeze", ["reason": .string(reason.rawValue)])
                #expect(bare.code == "company_evidence_refused" && bare.json["member"] == "method", "\(bare.text)")
                var old = Self.proof(site)
                (old["method"], old["reason"], old["as_of"]) = ("desk", .string(reason.rawValue), "2020-01-01")
                let refused = try await site.call(clerk, .post, path + "/freeze", old)
                #expect(refused.code == "company_evidence_refused" && refused.json["member"] == "as_of", "\(reason)")
            }
            #expect(try await provider.state(of: company) == .active, "nothing half-done")
            var order = Self.proof(site)
            (order["method"], order["reason"]) = ("desk", "authority")
            let frozen = try await site.call(clerk, .post, path + "/freeze", order)
            #expect(frozen.json["freeze_reason"] == "authority", "\(frozen.text)")
            #expect(frozen.json["evidence"]?.array?.first?.object?["method"] == "desk", "it is recorded")
        }
    }

    @Test("a sole trader's facts are erased with the company that an office closed")
    func soleTrader() async throws {
        try await AdministrationSite.serve { site in
            let provider = site.provider
            let clerk = try await Self.clerk(site)
            let max = try await provider.person("Max", "Beispiel")
            let company = try await Self.application(site, by: max, TestCompany.soleTrader())
            let path = Self.list + "/\(company)"
            #expect(try await site.call(clerk, .post, path + "/desk-proof", Self.trader(site, max)).status == .ok)
            var proof = Self.proof(site)
            proof["method"] = "desk"
            var order = proof
            order["reason"] = "authority"
            #expect(try await site.call(clerk, .post, path + "/freeze", order).status == .ok)
            #expect(try await site.call(clerk, .post, path + "/closing", proof).json["state"] == "closing")
            provider.clock.advance(CompanyRules.closingGrace - 1)
            try await provider.provider.sweep(includingStore: true)
            #expect(try await provider.store.file(of: company) != nil, "the grace is not over")
            provider.clock.advance(1)
            try await provider.provider.sweep(includingStore: true)
            #expect(try await provider.store.file(of: company) == nil, "erased")
        }
    }

    @Test(
        "a new name and another seat come with a new extract: tokens and look-ups have them, administrators hear of it")
    func changedFacts() async throws {
        try await AdministrationSite.serve { site in
            let provider = site.provider
            let clerk = try await Self.clerk(site)
            let ada = try await provider.person("Ada", "Erste")
            let company = try await provider.registeredCompany([ada])
            let path = Self.list + "/\(company)/register-extract"
            var extract = Self.extract(site, [ada.power()])
            extract["changed"] = .object([
                "name": "Neue Muster GmbH", "euid": "DER2503.HRB77",
                "register": .object(["type": "HRB", "number": "77", "court": "Amtsgericht Essen"]),
            ])
            let changed = try await site.call(clerk, .post, path, extract)
            #expect(changed.status == .ok && changed.json["name"] == "Neue Muster GmbH", "\(changed.text)")
            let euid = try #require(EUID(rawValue: "DER2503.HRB77"))
            #expect(try await provider.store.company(with: .euid(euid))?.identifier == company)
            let told = try await provider.provider.accounts.notices(of: try await provider.verified(ada))
            #expect(told.first?.kind == .companyChanged && told.first?.detail == company.rawValue)
            #expect(try await Self.events(provider, "herten").map(\.kind).contains("company.changed"))
            // What was known before names another company now.
            let old = try await site.call(clerk, .post, path, extract)
            #expect(old.code == "company_evidence_refused" && old.json["member"] == "company.euid", "\(old.text)")
            extract["company"] = .object(["euid": "DER2503.HRB77"])
            extract["changed"] = .object(["euid": "DER2503.HRB78"])
            let contradicting = try await site.call(clerk, .post, path, extract)
            #expect(
                contradicting.code == "company_evidence_refused" && contradicting.json["member"] == "changed",
                "\(contradicting.text)")
            extract["changed"] = .object(["kind": "NatPers"])
            let unknown = try await site.call(clerk, .post, path, extract)
            #expect(unknown.code == "invalid_request" && unknown.json["member"] == "changed.kind", "\(unknown.text)")
        }
    }

    /// A change of a good extract, where the mistake is said to be, and the code.
    private struct Mistake {
        let member: String
        let code: String
        let change: (inout JSONObject) -> Void

        init(_ member: String, _ code: String, _ change: @escaping (inout JSONObject) -> Void) {
            self.member = member
            self.code = code
            self.change = change
        }

        /// The extract says this of the company.
        static func company(_ member: String, _ code: String, _ said: JSONObject) -> Mistake {
            Mistake("company." + member, code) { $0["company"] = .object(said) }
        }

        /// The extract's only person is named otherwise.
        static func power(_ member: String, _ code: String, _ name: String, _ value: JSONValue) -> Mistake {
            Mistake(member, code) { extract in
                var power = extract["powers"]?.array?.first?.object ?? [:]
                power[name] = value
                extract["powers"] = .array([.object(power)])
            }
        }
    }

    private static let refused = "company_evidence_refused"
    private static let unread = "invalid_request"

    private static func mistakes() -> [Mistake] {
        let euid: JSONObject = ["euid": "DER2402.HRB12345"]
        func with(_ name: String, _ value: JSONValue) -> JSONObject {
            var said = euid
            said[name] = value
            return said
        }
        let entry: JSONObject = ["type": "HRB", "number": "012345", "court": "Amtsgericht Gelsenkirchen"]
        return [
            Mistake("as_of", refused) { $0["as_of"] = "2999-12-31" },
            Mistake("as_of", refused) { $0["as_of"] = "2020-01-01" },
            Mistake("as_of", unread) { $0["as_of"] = "2026-02-30" },
            Mistake("level", refused) { $0["level"] = "normal" },
            Mistake("powers", refused) { $0["powers"] = [] },
            Mistake("powers[0]", unread) { $0["powers"] = .array([.object([:])]) },
            Mistake("powers", refused) { extract in
                let one = extract["powers"]?.array?.first ?? .null
                extract["powers"] = .array([one, one])
            },
            Mistake("shoe_size", unread) { $0["shoe_size"] = 38 },
            .company("register", unread, [:]), .company("euid", refused, ["euid": "DER2402.HRB12346"]),
            .company("euid", unread, ["euid": "DE.HRB12345"]), .company("name", refused, with("name", "Andere GmbH")),
            // Its check digit would be 8.
            .company("w_idnr", unread, with("w_idnr", "DE123456789")),
            .company("lei", unread, with("lei", "5493001KJTIIGC8Y1R13")),
            .company("register.number", unread, ["register": .object(entry)]),
            .power("powers", refused, "kind", "prokurist"),
            .power("powers[0].representation", unread, "representation", "joint"),
            .power("powers[0].birthdate", unread, "birthdate", "29.2.1980"),
        ]
    }

    @Test("an extract that proves nothing is refused, with the place of the mistake and what to do")
    func refusals() async throws {
        try await AdministrationSite.serve { site in
            let clerk = try await Self.clerk(site)
            let ada = try await site.provider.person("Ada", "Erste")
            let company = try await Self.application(site, by: ada)
            let path = Self.list + "/\(company)/register-extract"
            for mistake in Self.mistakes() {
                var extract = Self.extract(site, [ada.power()])
                mistake.change(&extract)
                let answer = try await site.call(clerk, .post, path, extract)
                #expect(answer.code == mistake.code, "\(mistake.member): \(answer.text)")
                #expect(answer.json["member"]?.string?.hasPrefix(mistake.member) == true, "\(answer.text)")
            }
            let tooFew = try await site.call(clerk, .post, path, Self.extract(site, [ada.power(joint: 2)]))
            #expect(tooFew.code == "company_evidence_refused" && tooFew.json["member"] == "powers", "\(tooFew.text)")
            #expect(tooFew.text.contains("Name everybody"), "\(tooFew.text)")
            // The near miss of all of them.
            #expect(try await site.call(clerk, .post, path, Self.extract(site, [ada.power()])).status == .ok)
            var earlier = Self.extract(site, [ada.power()])
            earlier["as_of"] = .string(CalendarDate(site.provider.now).adding(days: -1).rawValue)
            let outdated = try await site.call(clerk, .post, path, earlier)
            #expect(
                outdated.code == "company_evidence_refused" && outdated.json["member"] == "as_of", "\(outdated.text)")
            #expect(outdated.text.contains("later extract"), "\(outdated.text)")
            let desk = try await site.call(clerk, .post, Self.list + "/\(company)/desk-proof", Self.trader(site, ada))
            #expect(desk.code == "company_evidence_refused" && desk.text.contains("register_extract"), "\(desk.text)")
            let frozen = try await site.call(clerk, .post, Self.list + "/\(company)/freeze", ["reason": "dispute"])
            #expect(frozen.code == "wrong_company_state" && frozen.text.contains("verifying"), "\(frozen.text)")
        }
    }

    @Test("the rules refuse what the sentences explain, and nothing is left unexplained")
    func sentences() {
        for objection in CompanyEvidenceObjection.allCases {
            #expect(objection.sentence.hasSuffix(".") || objection.sentence.hasSuffix(")."), "\(objection)")
        }
        for state in CompanyState.allCases {
            #expect(CompanyOfficeRefusal.wrongState(state).sentence.contains(state.rawValue))
            #expect(CompanyOfficeRefusal.notClosable(state, .dispute).sentence.contains(state.rawValue))
        }
    }
}
