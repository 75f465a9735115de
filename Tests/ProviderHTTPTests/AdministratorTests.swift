import AccountDirectory
import HTTPTypes
import HummingbirdTesting
import OpenIDMessages
import ProviderCore
import ProviderHarness
import SQLiteStore
import Testing

@testable import ProviderHTTP

@Suite("Administrators come and go (checklist R1, R2; invariants I25 to I27)")
struct AdministratorTests {
    // MARK: The first

    @Test("R1: a bootstrap ticket makes one administrator, once, within fifteen minutes")
    func bootstrap() async throws {
        let provider = try await TestProvider.withAdministration()
        try await AdministrationSite.serve(provider) { site in
            let (alice, bob) = (try await provider.administrator(), try await provider.administrator())
            func use(_ ticket: String, _ person: TestAdministrator) async throws -> TestResponse {
                try await site.call(person, .post, "/bootstrap", ["ticket": .string(ticket)])
            }
            let late = try #require(try await provider.provider.administration.issueBootstrapTicket(recover: false))
            provider.clock.advance(900)
            let again = (try await provider.administrator(), try await provider.administrator())
            #expect(try await use(late.text, again.0).status == .notFound, "late")
            let ticket = try #require(try await provider.provider.administration.issueBootstrapTicket(recover: false))
            #expect(ticket.expiresAt == provider.now + 900)
            #expect(try await use("bt_" + String(repeating: "A", count: 43), again.0).status == .notFound)
            let made = try await use(ticket.text, again.0)
            #expect(made.status == .created && made.json["role"] == "region_admin")
            #expect(try await use(ticket.text, again.1).status == .notFound, "used")
            #expect(try await provider.provider.administration.issueBootstrapTicket(recover: false) == nil)
            #expect(try await provider.provider.administration.issueBootstrapTicket(recover: true) != nil)
            #expect(try await site.call(again.0, .get, "/region").status == .ok)
            #expect(try await site.events(.administratorGranted) == 1)
            _ = (alice, bob)
        }
    }

    // MARK: Granting

    private static func wish(
        _ role: String, _ person: TestAdministrator, _ provider: TestProvider
    ) -> JSONObject {
        [
            "subject": .string(person.subject.rawValue), "role": .string(role),
            "valid_until": (provider.now + 86_400).json,
        ]
    }

    @Test("the region's administrator appoints a town's, who appoints a clerk; each step is in the town's trail")
    func chain() async throws {
        let provider = try await TestProvider.withAdministration()
        try await AdministrationSite.serve(provider) { site in
            let alice = try await provider.administrator()
            try await provider.bootstrap(alice)
            let (bob, carol) = (try await provider.administrator(), try await provider.administrator())
            let path = "/tenants/herten/assignments"
            let town = try await site.call(alice, .post, path, Self.wish("tenant_admin", bob, provider))
            #expect(town.status == .created, "\(town.text)")
            let clerk = try await site.call(bob, .post, path, Self.wish("clerk", carol, provider))
            #expect(clerk.status == .created, "\(clerk.text)")
            #expect(clerk.json["granted_by"] == town.json["assignment"])
            #expect(try await site.call(carol, .get, "/tenants/herten").status == .ok)
            let trail = try await provider.auditTrail().filter { $0.kind == "admin.granted" }
            #expect(trail.map(\.tenant) == [nil, "herten", "herten"])
            #expect(
                trail.map(\.object).dropFirst()
                    == [town.json["assignment"]?.string, clerk.json["assignment"]?.string])
        }
    }

    @Test("I27: more than one's own is in nobody's gift, and nothing is in one's own")
    func refusedGrants() async throws {
        let provider = try await TestProvider.withAdministration()
        try await AdministrationSite.serve(provider) { site in
            let (bob, carol) = (try await provider.administrator(), try await provider.administrator())
            try await provider.appoint(bob, .tenantAdministrator, at: .tenant(TestRegion.herten))
            let path = "/tenants/herten/assignments"
            let attempts: [(String, JSONObject, String)] = [
                (path, Self.wish("dpo", carol, provider), "role_not_grantable"),
                (path, Self.wish("region_admin", carol, provider), "role_not_grantable"),
                (path, Self.wish("emergency", carol, provider), "role_not_grantable"),
                (path, Self.wish("clerk", bob, provider), "own_assignment"),
                ("/assignments", Self.wish("clerk", carol, provider), "not_allowed"),
                ("/tenants/marl/assignments", Self.wish("clerk", carol, provider), "not_found"),
            ]
            for (path, body, code) in attempts {
                let answer = try await site.call(bob, .post, path, body)
                #expect(answer.code == code, "\(path) \(body.text)")
            }
            var body = Self.wish("clerk", carol, provider)
            body["subject"] = "nobody"
            #expect(try await site.call(bob, .post, path, body).code == "unknown_administrator")
            body = Self.wish("clerk", carol, provider)
            body["valid_until"] = (provider.now + 400 * 86_400).json
            #expect(try await site.call(bob, .post, path, body).code == "wrong_dates")
            #expect(try await site.call(carol, .get, "/me").json["assignments"]?.array?.isEmpty == true)
        }
    }

    @Test("I26: staff of the operator act under the town's dated assignment, and lose it with the operator")
    func operatorStaff() async throws {
        let provider = try await TestProvider.withAdministration()
        try await AdministrationSite.serve(provider) { site in
            let (bob, staff) = (try await provider.administrator(), try await provider.administrator())
            try await provider.appoint(bob, .tenantAdministrator, at: .tenant(TestRegion.herten))
            #expect(try await site.call(staff, .get, "/tenants/herten/clients").status == .notFound)
            let given = try await site.call(
                bob, .post, "/tenants/herten/assignments", Self.wish("operator_staff", staff, provider))
            #expect(given.status == .created && given.json["operator"] == "it", "\(given.text)")
            #expect(try await site.call(staff, .get, "/tenants/herten/clients").status == .ok)
            #expect(try await site.call(staff, .get, "/tenants/marl/clients").status == .notFound)
            try provider.changeRegion { region in
                for index in region.tenants.indices {
                    region.tenants[index].operatorAssignment = OperatorAssignment(
                        OperatorIdentifier(rawValue: "other-it")!)
                }
            }
            #expect(try await site.call(staff, .get, "/tenants/herten/clients").status == .notFound)
        }
    }

    @Test("I26: a registration token is over with the right by which it was issued, and with the operator's last day")
    func registrationToken() async throws {
        let provider = try await TestProvider.withAdministration()
        try await AdministrationSite.serve(provider) { site in
            let staff = try await provider.administrator()
            let scope = AdministrationScope.operated(by: OperatorIdentifier(rawValue: "it")!, for: TestRegion.herten)
            let now = provider.now
            try await provider.appoint(staff, .operatorStaff, at: scope, until: now + 3 * 86_400)
            func issued(for seconds: Int64) async throws -> Timestamp {
                let answer = try await site.call(
                    staff, .post, "/tenants/herten/registration-tokens",
                    ["uses": 1000, "seconds": .integer(seconds)])
                #expect(answer.status == .created, "\(answer.text)")
                return Timestamp(seconds: try #require(answer.json["expires_at"]?.integer))
            }
            #expect(try await issued(for: 60) == now + 60)
            #expect(try await issued(for: 2_592_000) == now + 3 * 86_400)
            let today = CalendarDate(inGermanyAt: now)
            try provider.changeRegion { region in
                for index in region.tenants.indices { region.tenants[index].operatorAssignment.until = today }
            }
            #expect(try await issued(for: 2_592_000) == today.endInGermany)
        }
    }

    @Test("a town sees which tokens register clients, ends one, and its trail names who did")
    func registrationTokens() async throws {
        let provider = try await TestProvider.withAdministration()
        try await AdministrationSite.serve(provider) { site in
            let administrator = try await provider.administrator()
            try await provider.appoint(administrator, .tenantAdministrator, at: .tenant(TestRegion.herten))
            let path = "/tenants/herten/registration-tokens"
            var issued: [JSONObject] = []
            for uses in 1...2 {
                let answer = try await site.call(
                    administrator, .post, path, ["uses": .integer(Int64(uses)), "seconds": 60])
                issued.append(answer.json)
            }
            let secrets = try issued.map { try $0.text("initial_access_token") }
            let list = try await site.call(administrator, .get, path)
            let listed = list.json["tokens"]?.array?.compactMap(\.object) ?? []
            #expect(Set(listed.compactMap { $0["token"] }) == Set(issued.compactMap { $0["token"] }), "\(list.text)")
            #expect(secrets.allSatisfy { !list.text.contains($0) })
            let name = try issued[0].text("token")
            #expect(try await site.call(administrator, .delete, path + "/\(name)").status == .noContent)
            #expect(try await site.call(administrator, .delete, path + "/\(name)").status == .notFound)
            #expect(try await site.call(administrator, .delete, path + "/\(secrets[1])").status == .notFound)
            await #expect(throws: ClientRefusal.self) {
                try await provider.provider.registrations.register(TestRegistrant.metadata(), token: secrets[0])
            }
            _ = try await provider.provider.registrations.register(TestRegistrant.metadata(), token: secrets[1])
            let revoked = try await provider.auditEntries(.clientTokenRevoked)
            #expect(revoked.map(\.object) == [name] && revoked.first?.administrator != nil)
        }
    }

    @Test("I26: staff of the operator are strangers outside of the days of its assignment, by the clock")
    func operatorDays() async throws {
        let provider = try await TestProvider.withAdministration()
        try await AdministrationSite.serve(provider) { site in
            let staff = try await provider.administrator()
            let scope = AdministrationScope.operated(by: OperatorIdentifier(rawValue: "it")!, for: TestRegion.herten)
            try await provider.appoint(staff, .operatorStaff, at: scope)
            let today = CalendarDate(inGermanyAt: provider.now)
            let days: [(CalendarDate?, CalendarDate?, Bool)] = [
                (nil, nil, true), (today, today, true), (today.adding(days: 1), nil, false),
                (nil, today.adding(days: -1), false),
            ]
            for (from, until, acts) in days {
                try provider.changeRegion { region in
                    for index in region.tenants.indices {
                        region.tenants[index].operatorAssignment.from = from
                        region.tenants[index].operatorAssignment.until = until
                    }
                }
                let answer = try await site.call(staff, .get, "/tenants/herten/clients")
                #expect(answer.status == (acts ? .ok : .notFound), "\(from) \(until): \(answer.text)")
                let list = try await site.call(staff, .get, "/tenants").json["tenants"]?.array
                #expect(list?.count == (acts ? 1 : 0), "\(from) \(until)")
            }
        }
    }

    @Test(
        "a town sees its hosts, and who works for it on instruction, how to reach them, by which contract and until when"
    )
    func operatorShown() async throws {
        let provider = try await TestProvider.withAdministration()
        try await AdministrationSite.serve(provider) { site in
            let bob = try await provider.administrator()
            try await provider.appoint(bob, .tenantAdministrator, at: .tenant(TestRegion.herten))
            let plain = try await site.call(bob, .get, "/tenants/herten").json
            #expect(plain["operator"] == "it" && plain["operator_in_force"] == true && plain["operator_name"] == "IT")
            #expect(plain["hosts"]?.strings == ["herten.example"] && plain["hosts_verified"]?.array == [])
            #expect(plain["operator_until"] == nil && plain["operator_contract"] == nil)
            let yesterday = CalendarDate(inGermanyAt: provider.now).adding(days: -1)
            try provider.changeRegion { region in
                region.operators[0].contact = Contact(email: "it@it.example", dataProtectionEmail: "dpo@it.example")
                region.operators[0].contract = "Rahmen-1"
                region.tenants[0].operatorAssignment.until = yesterday
                region.tenants[0].hosts[0].verifiedOn = yesterday
            }
            var shown = try await site.call(bob, .get, "/tenants/herten").json
            #expect(shown["operator_email"] == "it@it.example" && shown["operator_dpo_email"] == "dpo@it.example")
            #expect(shown["hosts_verified"]?.strings == ["herten.example \(yesterday)"])
            #expect(shown["operator_contract"] == "Rahmen-1", "the operator's, where the town has none of its own")
            #expect(shown["operator_until"]?.string == yesterday.rawValue && shown["operator_in_force"] == false)
            try provider.changeRegion { $0.tenants[0].operatorAssignment.contract = "Herten-7" }
            shown = try await site.call(bob, .get, "/tenants/herten").json
            #expect(shown["operator_contract"] == "Herten-7")
        }
    }

    @Test("a role ends at once when it is revoked, also one's own")
    func revoking() async throws {
        let provider = try await TestProvider.withAdministration()
        try await AdministrationSite.serve(provider) { site in
            let (bob, carol) = (try await provider.administrator(), try await provider.administrator())
            let own = try await provider.appoint(bob, .tenantAdministrator, at: .tenant(TestRegion.herten))
            let clerk = try await provider.appoint(carol, .clerk, at: .tenant(TestRegion.herten))
            let paths = [clerk, own].map { "/tenants/herten/assignments/\($0)" }
            #expect(try await site.call(carol, .get, "/tenants/herten").status == .ok)
            for path in paths {
                let answer = try await site.call(bob, .delete, path, headers: [.ifMatch: "*"])
                #expect(answer.status == .noContent, "\(answer.text)")
            }
            for person in [bob, carol] {
                #expect(try await site.call(person, .get, "/tenants/herten").status == .notFound)
            }
            #expect(try await site.events(.administratorRevoked) == 2)
        }
    }

    @Test("I23: a session of another town and a role of the region leave their trace with whom they belong to")
    func otherProbes() async throws {
        let provider = try await TestProvider.withAdministration()
        try await AdministrationSite.serve(provider) { site in
            let (alice, clerk) = (try await provider.administrator(), try await provider.administrator())
            let regional = try await provider.bootstrap(alice)
            let marl = AdministrationScope.tenant(TestRegion.marl)
            try await provider.appoint(clerk, .clerk, at: marl)
            try await provider.appoint(clerk, .tenantAdministrator, at: marl)
            let phone = try await provider.enrolledPhone()
            func claims(_ portal: TestPortal) async throws -> JSONObject {
                try unverifiedPayload(try await provider.signIn(at: portal, phone: phone).tokens.text("id_token"))
            }
            let session = try await claims(TestRegion.basic).text("sid")
            let subject = try await claims(TestRegion.post).text("sub")
            let probes = [
                "/tenants/marl/subjects/\(subject)/sessions/\(session)",
                "/tenants/marl/assignments/\(regional.identifier)",
            ]
            for path in probes {
                let answer = try await site.call(clerk, .delete, path, headers: [.ifMatch: "*"])
                #expect(answer.status == .notFound, "\(path)")
            }
            #expect(
                try await provider.auditEntries(.crossTenantProbe).map(\.chain)
                    == [.region, .tenant(TestRegion.herten)])
        }
    }

    @Test("I26: every event of an administrator names who it was, under the name that the chain has for them")
    func namedActor() async throws {
        let provider = try await TestProvider.withAdministration()
        try await AdministrationSite.serve(provider) { site in
            let (alice, bob) = (try await provider.administrator(), try await provider.administrator())
            try await provider.bootstrap(alice)
            let path = "/tenants/herten/assignments"
            let given = try await site.call(alice, .post, path, Self.wish("tenant_admin", bob, provider))
            #expect(given.status == .created, "\(given.text)")
            let token = try await site.call(
                bob, .post, "/tenants/herten/registration-tokens", ["uses": 1, "seconds": 60])
            #expect(token.status == .created, "\(token.text)")
            let own = try given.json.text("assignment")
            #expect(try await site.call(bob, .get, "/tenants/marl").status == .notFound)
            #expect(
                try await site.call(bob, .delete, path + "/\(own)", headers: [.ifMatch: "*"]).status == .noContent)

            let doers: [(SecurityEvent.Kind, AuditChain, TestAdministrator)] = [
                (.administratorLogin, .region, alice), (.administratorLogin, .region, bob),
                (.administratorGranted, .region, alice), (.administratorGranted, .tenant(TestRegion.herten), alice),
                (.clientTokenIssued, .tenant(TestRegion.herten), bob),
                (.crossTenantProbe, .tenant(TestRegion.marl), bob),
                (.administratorRevoked, .tenant(TestRegion.herten), bob),
            ]
            for (kind, chain, doer) in doers {
                let name = try await provider.pseudonym(of: provider.account(of: doer), in: chain)
                let found = try await provider.auditEntries(kind).filter {
                    $0.chain == chain && $0.administrator == name
                }
                #expect(found.map(\.actor) == ["administrator"], "\(kind) in \(chain)")
                #expect(name != nil && found.first?.transaction != nil, "\(kind) in \(chain)")
            }
        }
    }

    @Test("what somebody did in administration is in their own trail and export, told as their act")
    func ownActs() async throws {
        let provider = try await TestProvider.withAdministration()
        try await AdministrationSite.serve(provider) { site in
            let town = try await Town.herten(site)
            let clerk = try await provider.administrator()
            try await provider.appoint(clerk, .clerk, at: .tenant(TestRegion.herten))
            let subject = try #require(town.names["subject"])
            #expect(try await site.call(clerk, .get, "/tenants/herten/subjects/\(subject)").status == .ok)
            #expect(try await site.call(clerk, .get, "/tenants/herten/audit").code == "not_allowed")
            let account = try await provider.account(of: clerk)
            let read = try await provider.provider.selfService.audit.page(of: account).events
            let kinds = ["admin.login", "admin.subject_seen", "admin.refused"]
            for kind in kinds {
                let found = read.filter { $0.entry.kind == kind }
                #expect(found.count == 1, "\(kind)")
                #expect(found.first?.who?.english.hasPrefix("yourself, in administration") == true, "\(kind)")
            }
            let look = read.first { $0.entry.kind == "admin.subject_seen" }
            #expect(look?.what.german == "Sie sahen an, was hier über jemanden bekannt ist.")
            // The town's trail names whom and what; these are names that other towns have, too (I24).
            #expect(look?.entry.person != nil && look?.json["administrator"] != nil)
            for name in ["object", "person", "company", "previous", "hash"] { #expect(look?.json[name] == nil) }
            // That somebody looked for is known at another town would be told by its trail (I23).
            #expect(try await site.call(clerk, .get, "/tenants/marl/subjects/\(subject)").status == .notFound)
            #expect(try await site.events(.crossTenantProbe) == 1)
            let after = try await provider.provider.selfService.audit.page(of: account).events
            #expect(!after.contains { $0.entry.kind == "admin.cross_tenant_probe" })
            let export = try await provider.provider.exports.export(by: provider.verified(clerk.phone)).document
            let exported = (export["audit"]?.array ?? []).compactMap { $0.object?["kind"]?.string }
            #expect(Set(exported).isSuperset(of: kinds))
            let looks = try await provider.provider.selfService.audit.page(of: account, onlyLooks: true).events
            #expect(!looks.contains { $0.entry.kind == "admin.subject_seen" }, "nobody looked at the clerk")
        }
    }

    // MARK: Emergencies

    @Test("I25: break-glass takes two people, ends by itself, and the data protection officer is told")
    func breakGlass() async throws {
        let provider = try await TestProvider.withAdministration()
        try await AdministrationSite.serve(provider) { site in
            let town = try await Town.herten(site)
            let (alice, officer) = (try await provider.administrator(), try await provider.administrator())
            try await provider.appoint(alice, .regionAdministrator, at: .region)
            try await provider.appoint(officer, .dataProtectionOfficer, at: .tenant(TestRegion.herten))
            let subject = try #require(town.names["subject"])
            let secret = "/tenants/herten/subjects/\(subject)/sessions"
            #expect(try await site.call(alice, .get, secret).code == "not_allowed")
            let asked = try await site.call(
                alice, .post, "/tenants/herten/emergencies", ["reason": "Störung", "seconds": 120])
            #expect(asked.status == .created, "\(asked.text)")
            // The officer's phone says so at once, not only to whoever asks the interface.
            let officers = try await provider.account(of: officer)
            func told(_ account: AccountIdentifier) async throws -> [NoticeKind] {
                try await provider.store.notices(of: account, limit: 50).map(\.kind)
            }
            #expect(try await told(officers) == [.emergencyRequested])
            let path = "/tenants/herten/emergencies/\(try asked.json.text("emergency"))"
            #expect(try await site.call(alice, .post, path + "/approve").code == "two_people_needed")
            #expect(try await site.call(alice, .get, secret).code == "not_allowed")
            let approved = try await site.call(officer, .post, path + "/approve")
            #expect(approved.status == .created && approved.json["role"] == "emergency", "\(approved.text)")
            #expect(try await site.call(officer, .post, path + "/approve").code == "not_possible_now")
            #expect(try await told(officers) == [.emergencyApproved, .emergencyRequested])
            let notice = try await provider.store.notices(of: officers, limit: 1).first
            #expect(notice?.detail == (try provider.scope(TestRegion.herten)).tenant.officialName)
            #expect(try await told(provider.account(of: alice)).isEmpty, "nobody else's phone")
            #expect(try await site.call(alice, .get, secret).status == .ok)
            let looks = try await provider.auditEntries(.subjectSeen).filter { $0.object == "emergency" }
            #expect(looks.count == 1 && looks.first?.what.english.contains("emergency access") == true)
            #expect(
                try await site.call(alice, .get, "/tenants/marl/subjects/\(subject)/sessions").status == .forbidden,
                "one tenant alone")
            let notices = try await site.call(officer, .get, "/tenants/herten/notices")
            #expect(
                notices.json["notices"]?.array?.first?.object?["object"]?.string == asked.json["emergency"]?.string)
            provider.clock.advance(120)
            #expect(try await site.call(alice, .get, secret).code == "not_allowed")
            #expect(try await site.events(.emergencyApproved) == 1)
        }
    }

    @Test(
        "I25: at a town without a data protection officer its administrators hear of an emergency; without them there is none"
    )
    func breakGlassWithoutOfficer() async throws {
        let provider = try await TestProvider.withAdministration()
        try await AdministrationSite.serve(provider) { site in
            let (alice, bob) = (try await provider.administrator(), try await provider.administrator())
            for person in [alice, bob] { try await provider.appoint(person, .regionAdministrator, at: .region) }
            let path = "/tenants/herten/emergencies"
            let wish: JSONObject = ["reason": "Störung", "seconds": 120]
            let refused = try await site.call(alice, .post, path, wish)
            #expect(refused.status == .conflict && refused.code == "nobody_to_tell", "\(refused.text)")
            #expect(try await site.call(alice, .get, path).json["emergencies"] == [])
            let town = try await provider.administrator()
            try await provider.appoint(town, .tenantAdministrator, at: .tenant(TestRegion.herten))
            let asked = try await site.call(alice, .post, path, wish)
            #expect(asked.status == .created, "\(asked.text)")
            let approved = try await site.call(bob, .post, path + "/\(try asked.json.text("emergency"))/approve")
            #expect(approved.status == .created, "\(approved.text)")
            let told = try await provider.store.notices(of: provider.account(of: town), limit: 9)
            #expect(told.map(\.kind) == [.emergencyApproved, .emergencyRequested])
            #expect(told.allSatisfy { $0.detail == "Stadt Herten" })
        }
    }

    @Test("I25: who administers the region gets no role that sees a town's people, nor the other way round")
    func separatedDuties() async throws {
        let provider = try await TestProvider.withAdministration()
        try await AdministrationSite.serve(provider) { site in
            let (alice, bob, carol) = (
                try await provider.administrator(), try await provider.administrator(),
                try await provider.administrator()
            )
            try await provider.bootstrap(alice)
            try await provider.appoint(bob, .regionAdministrator, at: .region)
            let path = "/tenants/herten/assignments"
            for role in ["tenant_admin", "dpo"] {
                let refused = try await site.call(alice, .post, path, Self.wish(role, bob, provider))
                #expect(refused.status == .conflict && refused.code == "conflicting_duty", "\(refused.text)")
                let given = try await site.call(alice, .post, path, Self.wish(role, carol, provider))
                #expect(given.status == .created, "\(given.text)")
            }
            let refused = try await site.call(
                alice, .post, "/assignments", Self.wish("region_auditor", carol, provider))
            #expect(refused.code == "conflicting_duty", "\(refused.text)")
            // A ticket of the machine's operator is no way around it, and is not used up.
            let ticket = try #require(try await provider.provider.administration.issueBootstrapTicket(recover: true))
            let body: JSONObject = ["ticket": .string(ticket.text)]
            #expect(try await site.call(carol, .post, "/bootstrap", body).code == "conflicting_duty")
            // Nor by a role that only begins tomorrow.
            let dora = try await provider.administrator()
            var later = Self.wish("clerk", dora, provider)
            later["valid_from"] = (provider.now + 3_600).json
            let admin = try await provider.administrator()
            try await provider.appoint(admin, .tenantAdministrator, at: .tenant(TestRegion.herten))
            #expect(try await site.call(admin, .post, path, later).status == .created)
            #expect(try await site.call(dora, .post, "/bootstrap", body).code == "conflicting_duty")
            #expect(try await site.call(provider.administrator(), .post, "/bootstrap", body).status == .created)
        }
    }

    @Test("a role that the region gives in a town is told to who answers for it there, and stands among its notices")
    func givenByRegion() async throws {
        let provider = try await TestProvider.withAdministration()
        try await AdministrationSite.serve(provider) { site in
            let (alice, officer, town, bob) = (
                try await provider.administrator(), try await provider.administrator(),
                try await provider.administrator(),
                try await provider.administrator()
            )
            try await provider.bootstrap(alice)
            try await provider.appoint(officer, .dataProtectionOfficer, at: .tenant(TestRegion.herten))
            try await provider.appoint(town, .tenantAdministrator, at: .tenant(TestRegion.herten))
            func told(_ person: TestAdministrator) async throws -> [NoticeRecord] {
                try await provider.store.notices(of: provider.account(of: person), limit: 9)
            }
            let path = "/tenants/herten/assignments"
            let given = try await site.call(alice, .post, path, Self.wish("dpo", bob, provider))
            for person in [officer, town] {
                #expect(try await told(person).map(\.kind) == [.roleGivenByRegion])
                #expect(try await told(person).first?.detail == "Stadt Herten")
            }
            let notices = try await site.call(officer, .get, "/tenants/herten/notices").json["notices"]?.array
            #expect(notices?.first?.object?["kind"] == "role_given_by_region")
            #expect(notices?.first?.object?["object"] == given.json["assignment"])
            let own = try await site.call(town, .post, path, Self.wish("clerk", bob, provider))
            #expect(own.status == .created, "\(own.text)")
            #expect(try await told(officer).count == 1, "the town's own is nobody's news")
            let assignment = try own.json.text("assignment")
            #expect(
                try await site.call(town, .delete, path + "/\(assignment)", headers: [.ifMatch: "*"]).status
                    == .noContent)
            #expect(try await told(bob).map(\.kind) == [.roleEnded, .roleGiven, .roleGiven])
            #expect(try await told(bob).map(\.detail) == ["clerk (herten)", "clerk (herten)", "dpo (herten)"])
            let account = try await provider.account(of: bob)
            let read = try await provider.provider.audit.page(of: account).entries.map(\.kind)
            #expect(read.filter { $0.hasPrefix("admin.") } == ["admin.revoked", "admin.granted", "admin.granted"])
        }
    }

    // MARK: The audit trail

    @Test("a town's auditor reads the town's own chain page by page, and verifies it; both under the auditor's name")
    func audit() async throws {
        let provider = try await TestProvider.withAdministration()
        try await AdministrationSite.serve(provider) { site in
            let town = try await Town.herten(site)
            let auditor = try await provider.administrator()
            try await provider.appoint(auditor, .auditor, at: .tenant(TestRegion.herten))
            let path = "/tenants/herten/audit"
            var events: [JSONObject] = []
            var next: String? = ""
            while let after = next {
                let answer = try await site.call(auditor, .get, path, query: "?limit=7" + after)
                #expect(answer.status == .ok, "\(answer.text)")
                events += answer.json["events"]?.array?.compactMap(\.object) ?? []
                next = answer.json["next"]?.string.map { "&after=" + $0 }
            }
            let chain = AuditChain.tenant(TestRegion.herten)
            let whole = try await provider.provider.audit.export(chain, after: 0)
            #expect(events.count > 7 && events.count == whole.count)
            for (event, entry) in zip(events, whole.reversed()) {
                #expect(event["seq"]?.integer == entry.number && event["hash"] == entry.json["hash"])
                #expect(event["person"] == entry.json["person"] && event["company"] == nil)
            }
            let device = events.first { $0["kind"] == "auth.approved" }?["object"]?.string
            let devices = events.filter { $0["kind"] == "device.activated" }.compactMap { $0["object"]?.string }
            #expect(device == town.names["device"], "as the list of devices names it")
            #expect(devices.contains { $0 == device })

            let logins = try await site.call(auditor, .get, path, query: "?kind=auth")
            #expect(
                Set(logins.json["events"]?.array?.compactMap { $0.object?["kind"]?.string } ?? []) == ["auth.approved"])
            let later = try await site.call(auditor, .get, path, query: "?since=\((provider.now + 1).seconds)")
            #expect(later.status == .ok && later.json["events"] == [], "\(later.text)")
            for query in ["?kind=AUTH", "?since=yesterday", "?since=-1", "?after=x", "?company=x"] {
                #expect(try await site.call(auditor, .get, path, query: query).status == .badRequest, "\(query)")
            }

            let verified = try await site.call(auditor, .get, path + "/verify")
            #expect(verified.json["whole"] == true && verified.json["verified"]?.integer == Int64(whole.count))
            let name = try await provider.pseudonym(of: provider.account(of: auditor), in: .region)
            let event = try await provider.auditEntries(.auditVerified).last
            #expect(event?.object == "herten" && name != nil && event?.administrator == name)
        }
    }

    // MARK: Templates

    @Test(
        "a template comes into force with two people who have logged in, each in their own role, and the trail says so")
    func approvesTemplate() async throws {
        let provider = try await TestProvider.withAdministration()
        try await AdministrationSite.serve(provider) { site in
            let key = try await provider.proposeTemplate()
            let (owner, officer) = (try await provider.administrator(), try await provider.administrator())
            let herten = AdministrationScope.tenant(TestRegion.herten)
            for role in [AdministrationRole.serviceOwner, .dataProtectionOfficer] {
                try await provider.appoint(owner, role, at: herten)
            }
            try await provider.appoint(officer, .dataProtectionOfficer, at: herten)
            let path = "/tenants/herten/adoptions/\(key)/approve"
            let read = try await site.call(owner, .get, "/tenants/herten/adoptions/\(key)")
            let seen: JSONObject = ["proposal": read.json["proposal"] ?? .null]
            #expect(read.json["changelog"] == "Neu." && read.json["passed"] == ["anybody"], "\(read.text)")
            let new = (read.json["differences"]?.array ?? []).compactMap(\.object)
            #expect(new.contains { $0["member"] == "claims" && $0["before"] == nil && $0["after"] == "given_name" })
            let first = try await site.call(owner, .post, path, seen)
            #expect(first.status == .ok && first.json["state"] == "proposed", "\(first.text)")
            #expect(first.json["approved_as"] == ["service_owner"])
            #expect(try await site.call(owner, .post, path, seen).code == "two_people_needed", "in the other role, too")
            let second = try await site.call(officer, .post, path, seen)
            #expect(second.status == .ok && second.json["version"] == "1.0.0", "\(second.text)")
            #expect(try await site.call(officer, .post, path, seen).code == "not_possible_now", "nothing waits")
            let list = try await site.call(officer, .get, "/tenants/herten/adoptions")
            #expect(list.json["adoptions"]?.array?.count == 1 && !list.text.contains(owner.subject.rawValue))

            let chain = AuditChain.tenant(TestRegion.herten)
            let events = try await provider.auditEntries(.templateApproved, .templateAdopted)
            #expect(events.map(\.object) == ["\(key) 1.0.0 service_owner", "\(key) 1.0.0 dpo"])
            for (event, person) in zip(events, [owner, officer]) {
                let name = try await provider.pseudonym(of: provider.account(of: person), in: chain)
                #expect(event.actor == "administrator" && name != nil && event.administrator == name)
            }
        }
    }

    @Test(
        "I31: an approval is of what was read, what took its place meanwhile is not agreed to; either of the two can refuse"
    )
    func approvalOfWhatWasRead() async throws {
        let provider = try await TestProvider.withAdministration()
        try await AdministrationSite.serve(provider) { site in
            let key = try await provider.proposeTemplate()
            let (owner, officer) = (try await provider.administrator(), try await provider.administrator())
            let herten = AdministrationScope.tenant(TestRegion.herten)
            try await provider.appoint(owner, .serviceOwner, at: herten)
            try await provider.appoint(officer, .dataProtectionOfficer, at: herten)
            let flow = provider.provider.templates
            let path = "/tenants/herten/adoptions/\(key)"
            func read() async throws -> JSONObject {
                let answer = try await site.call(owner, .get, path)
                return answer.json
            }
            func seen(_ read: JSONObject) -> JSONObject { ["proposal": read["proposal"] ?? .null] }
            func terms(_ fields: AdoptionTerms.Fields = .init(), _ overrides: JSONObject = [:]) throws -> AdoptionTerms
            {
                AdoptionTerms(
                    version: try #require(SemanticVersion(rawValue: "1.0.0")), fields: fields,
                    overrides: try MetadataPolicy(json: overrides))
            }
            let before = try await read()
            #expect(try await site.call(owner, .post, path + "/approve", [:]).status == .badRequest, "of what?")
            _ = try await flow.upgrade(key, in: provider.scope(TestRegion.herten), to: terms(.init(amount: 500)))
            for step in ["/approve", "/refuse"] {
                #expect(try await site.call(owner, .post, path + step, seen(before)).code == "changed_meanwhile")
            }
            for (person, state) in [(owner, "proposed"), (officer, "adopted")] {
                let agreed = try await site.call(person, .post, path + "/approve", seen(try await read()))
                #expect(agreed.json["state"]?.string == state, "\(agreed.text)")
            }
            // Wider than now: narrower first, and back.
            _ = try await flow.upgrade(
                key, in: provider.scope(TestRegion.herten),
                to: terms(.init(amount: 500), ["claims": .object(["subset_of": []])]))
            _ = try await flow.upgrade(key, in: provider.scope(TestRegion.herten), to: terms(.init(amount: 100)))
            let waiting = try await read()
            #expect(waiting["widenings"] == ["claims are added: given_name"], "\(waiting.text)")
            let differences = (waiting["differences"]?.array ?? []).compactMap(\.object)
            #expect(differences.contains(["member": "amount", "before": "5.00", "after": "1.00"]), "\(waiting.text)")
            #expect(differences.contains(["member": "claims", "after": "given_name"]))
            let refused = try await site.call(officer, .post, path + "/refuse", seen(waiting))
            #expect(refused.json["state"] == "adopted" && refused.json["proposed_version"] == nil, "\(refused.text)")
            #expect(
                provider.provider.registry.service(key, at: TestRegion.herten)?.amount == 500, "what is in force stays")
            #expect(try await site.call(officer, .post, path + "/refuse", seen(waiting)).code == "not_possible_now")
            let events = try await provider.auditEntries(.templateDeclined)
            #expect(events.map(\.object) == ["\(key) 1.0.0 dpo"] && events.first?.actor == "administrator")
        }
    }

    @Test func `a first proposal that is refused is over, and another one can follow`() async throws {
        let provider = try await TestProvider.withAdministration()
        try await AdministrationSite.serve(provider) { site in
            let key = try await provider.proposeTemplate()
            let owner = try await provider.administrator()
            try await provider.appoint(owner, .serviceOwner, at: .tenant(TestRegion.herten))
            let path = "/tenants/herten/adoptions/\(key)"
            let read = try await site.call(owner, .get, path)
            let refused = try await site.call(
                owner, .post, path + "/refuse", ["proposal": read.json["proposal"] ?? .null])
            #expect(refused.json["state"] == "withdrawn", "\(refused.text)")
            #expect(try await site.call(owner, .get, path).code == "not_found")
            let version = try #require(SemanticVersion(rawValue: "1.0.0"))
            _ = try await provider.provider.templates.propose(
                key, AdoptionTerms(version: version), in: provider.scope(TestRegion.herten))
        }
    }

    // MARK: The desk

    /// Nobody else in these tests has this name.
    private static let gabler: JSONObject = [
        "given_name": "Erika", "family_name": "Gabler", "birthdate": "1999-01-01",
    ]

    @Test("I1: over the network, too, a clerk is asked about whoever looks alike, and decides")
    func duplicates() async throws {
        let provider = try await TestProvider.withAdministration()
        try await AdministrationSite.serve(provider) { site in
            let clerk = try await provider.administrator()
            let known = try await provider.registered(person: Self.gabler)
            func enrol(_ extra: JSONObject = [:], at town: String = "herten") async throws -> TestResponse {
                var body: JSONObject = ["level": "substantiell", "person": .object(Self.gabler)]
                for member in extra.members { body[member.name] = member.value }
                return try await site.call(clerk, .post, "/tenants/\(town)/tickets", body)
            }
            for town in [TestRegion.herten, TestRegion.marl] {
                try await provider.appoint(clerk, .clerk, at: .tenant(town))
            }
            #expect(try await enrol(["new": true]).code == "nothing_to_decide", "nobody was shown")
            let asked = try await enrol()
            #expect(asked.status == .conflict && asked.code == "possible_duplicate", "\(asked.text)")
            let candidates = asked.json["candidates"]?.array?.compactMap(\.object) ?? []
            #expect(candidates.count == 1 && candidates.first?["name"] == "E. G…r", "\(asked.text)")
            for secret in [known.account.rawValue, "Gabler", "1999"] { #expect(!asked.text.contains(secret)) }
            let name = try #require(candidates.first).text("candidate")
            let found = try await enrol(at: "marl").json["candidates"]?.array?.first?.object
            let elsewhere = try #require(found).text("candidate")
            #expect(elsewhere != name, "each town has another name")
            for (extra, member) in [
                (["new": true, "same_person": .string(name)], "new"), (["same_person": "nobody"], "same_person"),
                (["same_person": .string(elsewhere)], "same_person"),
            ] as [(JSONObject, String)] {
                let wrong = try await enrol(extra)
                #expect(wrong.status == .badRequest && wrong.json["member"]?.string == member, "\(wrong.text)")
            }
            let same = try await enrol(["same_person": .string(name)])
            #expect(same.status == .created && same.json["block_code"] == nil, "\(same.text)")
            #expect(try await enrol().code == "possible_duplicate")
            let other = try await enrol(["new": true])
            #expect(other.status == .created && other.json["block_code"]?.string?.count == 18, "\(other.text)")
            #expect(try await enrol().json["candidates"]?.array?.count == 2, "both are found from now on")

            let doer = try await provider.pseudonym(
                of: provider.account(of: clerk), in: .tenant(TestRegion.herten))
            let done = try await provider.auditEntries(
                .proofingStarted, .duplicateAnswered, .accountRegistered, .ticketIssued
            ).filter { $0.administrator == doer && doer != nil }
            #expect(
                done.map(\.kind) == [
                    "proofing.started", "proofing.duplicate_answered", "proofing.passed", "proofing.started",
                    "proofing.duplicate_answered", "account.registered", "proofing.passed", "proofing.started",
                ])
        }
    }

    @Test("no ticket for an account that is locked, nor at a town that is not active")
    func noTicket() async throws {
        let provider = try await TestProvider.withAdministration()
        try await AdministrationSite.serve(provider) { site in
            let clerk = try await provider.administrator()
            try await provider.appoint(clerk, .clerk, at: .tenant(TestRegion.herten))
            let known = try await provider.registered(person: Self.gabler)
            try await provider.provider.desk.lock(known.account, for: .fraud, in: provider.scope(TestRegion.herten))
            var body: JSONObject = ["level": "substantiell", "person": .object(Self.gabler)]
            let path = "/tenants/herten/tickets"
            let asked = try await site.call(clerk, .post, path, body)
            body["same_person"] = asked.json["candidates"]?.array?.first?.object?["candidate"]
            #expect(try await site.call(clerk, .post, path, body).code == "account_not_open")
            try provider.changeRegion { region in
                for index in region.tenants.indices { region.tenants[index].state = .suspended }
            }
            #expect(try await site.call(clerk, .post, path, body).code == "tenant_not_active")
        }
    }

    @Test("a clerk over the network says what was looked at, also with a further phone's ticket")
    func evidence() async throws {
        let provider = try await TestProvider.withAdministration()
        try await AdministrationSite.serve(provider) { site in
            let clerk = try await provider.administrator()
            try await provider.appoint(clerk, .clerk, at: .tenant(TestRegion.herten))
            let document: JSONObject = ["type": "residence_permit", "country": "DE", "expires_on": "2030-01-01"]
            var body: JSONObject = [
                "level": "substantiell", "person": .object(Self.gabler),
                "evidence": .object(["document": .object(document)]),
            ]
            let path = "/tenants/herten/tickets"
            #expect(try await site.call(clerk, .post, path, body).status == .created)
            let account = try #require(
                try await provider.provider.desk.candidates(for: provider.visit(Self.gabler)).first?.account)
            let evidence = try await provider.store.verifiedAttributes(of: account).first?.evidence
            #expect(evidence?.documentType == "residence_permit" && evidence?.performer == TestRegion.herten)
            #expect(evidence?.expiresAt?.seconds == 1_893_538_800)
            provider.clock.advance(1)
            let asked = try await site.call(clerk, .post, path, body)
            body["same_person"] = asked.json["candidates"]?.array?.first?.object?["candidate"]
            body["evidence"] = .object([
                "document": .object(["type": "passport", "country": "DE", "expires_on": "2031-01-01"])
            ])
            let further = try await site.call(clerk, .post, path, body)
            #expect(further.status == .created, "\(further.text)")
            let newer = try await provider.store.verifiedAttributes(of: account).first?.evidence
            #expect(newer?.documentType == "passport" && newer?.performer == TestRegion.herten)
        }
    }

    // MARK: People

    @Test("a clerk ends a session by the portal's subject, and the portal is told")
    func endsSession() async throws {
        let provider = try await TestProvider.withAdministration()
        try await AdministrationSite.serve(provider) { site in
            let town = try await Town.herten(site)
            let clerk = try await provider.administrator()
            try await provider.appoint(clerk, .clerk, at: .tenant(TestRegion.herten))
            let subject = try #require(town.names["subject"])
            let list = "/tenants/herten/subjects/\(subject)/sessions"
            let before = try await site.call(clerk, .get, list)
            #expect(before.json["sessions"]?.array?.count == 1)
            let path = list + "/" + (try #require(town.names["session"]))
            #expect(try await site.call(clerk, .delete, path).status == .noContent)
            #expect(try await site.call(clerk, .get, list).json["sessions"]?.array?.isEmpty == true)
            #expect(try await provider.store.logouts(to: TestRegion.basic.client.identifier, limit: 10).count == 1)
            #expect(try await site.events(.subjectSeen) > 0, "who looked is written down")
        }
    }

    @Test("O5: the trail names whom an administrator looked at and acted on by the pseudonym, never by the subject")
    func namedPerson() async throws {
        let provider = try await TestProvider.withAdministration()
        try await AdministrationSite.serve(provider) { site in
            let town = try await Town.herten(site)
            let clerk = try await provider.administrator()
            try await provider.appoint(clerk, .clerk, at: .tenant(TestRegion.herten))
            let subject = try #require(town.names["subject"].flatMap(SubjectIdentifier.init(rawValue:)))
            let path = "/tenants/herten/subjects/\(subject)"
            for look in [path, path + "/sessions", path + "/devices"] {
                #expect(try await site.call(clerk, .get, look).status == .ok)
            }
            let (session, device) = (try #require(town.names["session"]), try #require(town.names["device"]))
            #expect(try await site.call(clerk, .delete, path + "/sessions/\(session)").status == .noContent)
            #expect(try await site.call(clerk, .post, path + "/devices/\(device)/suspend").status == .noContent)

            let sector = SectorIdentifier(rawValue: "sector:herten")!
            let account = try #require(
                try await provider.store.administrator(named: subject, in: .pairwise(sector)))
            let chain = AuditChain.tenant(TestRegion.herten)
            let (person, doer) = (
                try await provider.pseudonym(of: account, in: chain),
                try await provider.pseudonym(of: provider.account(of: clerk), in: chain)
            )
            let done = try await provider.auditEntries(.subjectSeen, .sessionEnded, .deviceSuspended)
                .filter { $0.administrator == doer }
            #expect(
                done.map(\.kind)
                    == [
                        "admin.subject_seen", "admin.subject_seen", "admin.subject_seen", "session.ended",
                        "device.suspended",
                    ])
            let own = try #require(try await provider.store.devices(of: account).first)
            let ended = try #require(done.dropFirst(3).first?.object.flatMap(SessionIdentifier.init(rawValue:)))
            #expect(ended.name(for: subject).rawValue == session, "the administrator's name for it is the portal's")
            #expect(done.map(\.object) == [nil, nil, nil, ended.rawValue, own.identifier.rawValue])
            #expect(try await site.events(.deviceSuspended) == 1, "one event for one change")
            #expect(person != nil && done.allSatisfy { $0.person == person && $0.chain == chain })
            // So the person reads who has seen their data.
            let read = try await provider.provider.audit.page(of: account).entries
            #expect(read.filter { $0.administrator == doer }.count == done.count)
        }
    }

    @Test(
        "a clerk suspends a device, whose name differs from town to town: another town's name for it is a probe (I23)")
    func suspendsDevice() async throws {
        let provider = try await TestProvider.withAdministration()
        try await AdministrationSite.serve(provider) { site in
            let phone = try await provider.enrolledPhone()
            let clerk = try await provider.administrator()
            var names: [String] = []
            for (town, portal) in [("herten", TestRegion.basic), ("marl", TestRegion.post)] {
                let tenant = TenantIdentifier(rawValue: town)!
                try await provider.appoint(clerk, .clerk, at: .tenant(tenant))
                let tokens = try await provider.signIn(at: portal, phone: phone).tokens
                let subject = try unverifiedPayload(tokens.text("id_token")).text("sub")
                let answer = try await site.call(clerk, .get, "/tenants/\(town)/subjects/\(subject)/devices")
                let devices = answer.json["devices"]?.array?.compactMap(\.object) ?? []
                names.append(try #require(devices.first).text("device"))
                guard town == "marl" else { continue }
                let path = "/tenants/marl/subjects/\(subject)/devices/"
                let probes = try await site.events(.crossTenantProbe)
                #expect(try await site.call(clerk, .post, path + "dv_nothing/suspend").status == .notFound)
                #expect(try await site.events(.crossTenantProbe) == probes, "nobody's name")
                #expect(try await site.call(clerk, .post, path + names[0] + "/suspend").status == .notFound)
                #expect(try await site.events(.crossTenantProbe) == probes + 1)
                let probe = try await provider.auditTrail().last { $0.kind == "admin.cross_tenant_probe" }
                #expect(probe?.tenant == "herten", "the town that was probed reads it")
                // Of a session, too, nobody but the other town or the person can have told the name that it has there.
                let elsewhere = try await provider.signIn(at: TestRegion.basic, phone: phone).tokens
                let session = try unverifiedPayload(elsewhere.text("id_token")).text("sid")
                let foreign = try await site.call(
                    clerk, .delete, "/tenants/marl/subjects/\(subject)/sessions/\(session)")
                #expect(foreign.status == .notFound)
                #expect(try await site.events(.crossTenantProbe) == probes + 2)
                #expect(try await site.call(clerk, .post, path + names[1] + "/suspend").status == .noContent)
                #expect(try await site.call(clerk, .post, path + names[1] + "/suspend").status == .conflict)
            }
            #expect(names[0] != names[1])
            await #expect(throws: DeviceRefusal.self) { try await provider.verified(phone) }
        }
    }

    @Test("L5: nobody logs in as somebody else: no route gives a session, a token or a grant of another person")
    func noImpersonation() async throws {
        for route in AdministrationAPI.routes where route.method != .get {
            let words = (route.path + route.summary).lowercased()
            for word in ["impersonat", "login_as", "exchange", "grant_token"] {
                #expect(!words.contains(word), "\(route.path)")
            }
        }
        let provider = try await TestProvider.withAdministration()
        try provider.add([TestGrants.filesService])
        let administrator = try await provider.administrator()
        // Nor does token exchange make another client's token of an administrator's.
        await #expect(throws: (any Error).self) {
            try await provider.exchanged(
                administrator.accessToken, to: TestGrants.archive, by: TestGrants.filesService)
        }
    }
}
