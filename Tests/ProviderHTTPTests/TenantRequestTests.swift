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

/// A town's desk answers what people ask it about their data.
@Suite("/admin/v1: requests about data")
struct TenantRequestTests {
    private static func file(_ json: JSONObject, _ phone: TestPhone, _ provider: TestProvider) async throws -> String {
        try await provider.provider.dataRequests.file(
            DataRequestFlow.Wish(json: json), by: provider.verified(phone)
        ).identifier.rawValue
    }

    /// How often an administrator looked at somebody; a desk's question whether two people are one is none.
    private static func looks(_ provider: TestProvider) async throws -> Int {
        try await provider.auditEntries(.subjectSeen).count { $0.actor == "administrator" }
    }

    @Test(
        "I24: the list has no person, a look at one has the town's own name for them, and the person reads who looked")
    func seen() async throws {
        try await AdministrationSite.serve { site in
            let provider = site.provider
            let phone = try await provider.enrolledPhone()
            let subject = try await provider.signIn(at: TestRegion.basic, phone: phone).idToken["sub"]
            let request = try await Self.file(
                ["kind": "rectify", "tenant": "herten", "claims": ["email"]], phone, provider)
            let administrator = try await provider.administrator()
            try await provider.appoint(administrator, .dataProtectionOfficer, at: .tenant(TestRegion.herten))
            let list = try await site.call(administrator, .get, "/tenants/herten/requests")
            let listed = try #require(list.json["requests"]?.array?.first?.object)
            #expect(listed["request"]?.string == request && listed["sub"] == nil && listed["overdue"] == false)
            #expect(try await Self.looks(provider) == 0)
            let shown = try await site.call(administrator, .get, "/tenants/herten/requests/\(request)")
            #expect(shown.status == .ok && shown.json["sub"] == subject && shown.json["claims"] == ["email"])
            #expect(try await Self.looks(provider) == 1)
            let account = try await provider.verified(phone).account.identifier
            let latest = try await provider.provider.audit.page(of: account).entries.first
            #expect(latest?.kind == "admin.subject_seen" && latest?.administrator != nil)
            #expect(
                try await site.call(administrator, .get, "/tenants/herten/requests", query: "?state=ended").json[
                    "requests"] == [])
        }
    }

    @Test("a decision is done or refused with a reason, once, and names the administrator")
    func decided() async throws {
        try await AdministrationSite.serve { site in
            let provider = site.provider
            let phone = try await provider.enrolledPhone()
            let request = try await Self.file(["kind": "erase", "tenant": "herten"], phone, provider)
            let clerk = try await provider.administrator()
            try await provider.appoint(clerk, .clerk, at: .tenant(TestRegion.herten))
            let path = "/tenants/herten/requests/\(request)/decision"
            for body in [
                ["decision": "refused"], ["decision": "done", "reason": "excessive"],
                ["decision": "refused", "reason": "withdrawn"],
                ["decision": "running"], [:],
            ] as [JSONObject] {
                let malformed = try await site.call(clerk, .post, path, body)
                #expect(malformed.status == .badRequest, "\(body.text): \(malformed.text)")
            }
            let refused = try await site.call(clerk, .post, path, ["decision": "refused", "reason": "kept_by_law"])
            #expect(
                refused.status == .ok && refused.json["state"] == "refused" && refused.json["refusal"] == "kept_by_law")
            #expect(refused.json["sub"] == nil, "the town's portals do not know the person")
            let again = try await site.call(clerk, .post, path, ["decision": "done"])
            #expect(again.status == .conflict && again.code == "not_possible_now", "\(again.text)")
            let account = try await provider.verified(phone).account.identifier
            let latest = try await provider.provider.audit.page(of: account).entries.first
            #expect(latest?.kind == "dsr.refused" && latest?.actor == "administrator" && latest?.administrator != nil)
        }
    }

    @Test(
        "GDPR Art. 12: what came by letter is written down for whom it names, and runs when its person was identified")
    func letter() async throws {
        try await AdministrationSite.serve { site in
            let provider = site.provider
            var names = TestRegion.person
            names["family_name"] = "Briefschreiber"
            let person = try await provider.registered(person: names)
            let officer = try await provider.administrator()
            try await provider.appoint(officer, .dataProtectionOfficer, at: .tenant(TestRegion.herten))
            let found = try await site.call(
                officer, .post, "/tenants/herten/people/find", ["level": "normal", "person": .object(names)])
            let candidate = try #require(found.json["people"]?.array?.first?.object?["candidate"], "\(found.text)")
            let day = CalendarDate(inGermanyAt: provider.now).adding(days: -3)
            func receive(_ members: JSONObject = [:]) async throws -> TestResponse {
                var body: JSONObject = [
                    "kind": "erase", "received_on": .string(day.rawValue), "person": .object(names),
                    "candidate": candidate,
                ]
                for member in members.members { body[member.name] = member.value }
                return try await site.call(officer, .post, "/tenants/herten/requests", body)
            }
            for mistake in [
                ["kind": "export"], ["received_on": "2999-01-01"], ["received_on": "yesterday"], ["claims": ["shoe"]],
                ["candidate": "pc_nobody"], ["tenant": "marl"],
            ] as [JSONObject] {
                #expect(try await receive(mistake).status == .badRequest, "\(mistake.text)")
            }
            let received = try await receive()
            #expect(received.status == .created && received.json["state"] == "received", "\(received.text)")
            let path = "/tenants/herten/requests/\(try received.json.text("request"))"
            let early = try await site.call(officer, .post, path + "/decision", ["decision": "done"])
            #expect(early.code == "not_possible_now")
            func identify(_ level: String) async throws -> TestResponse {
                try await site.call(
                    officer, .post, path + "/identification", ["level": .string(level), "person": .object(names)])
            }
            let low = try await identify("normal")
            #expect(low.code == "desk_refused" && low.json["reason"] == "level_too_low", "\(low.text)")
            #expect(try await identify("substantiell").json["state"] == "running")
            #expect(try await identify("substantiell").code == "not_possible_now")
            #expect(
                try await site.call(officer, .post, path + "/decision", ["decision": "done"]).json["state"] == "done")
            let steps = try await provider.provider.audit.page(of: person.account).entries
                .filter { $0.kind.hasPrefix("dsr.") }
            #expect(
                steps.map(\.kind) == ["dsr.done", "dsr.running", "dsr.identity_checked", "dsr.received"])
            #expect(steps.map(\.actor) == ["administrator", "system", "administrator", "administrator"])
        }
    }

    @Test("R2: nobody writes down or identifies a request of their own")
    func ownLetter() async throws {
        try await AdministrationSite.serve { site in
            let provider = site.provider
            let names: JSONObject = ["given_name": "Klara", "family_name": "Klar", "birthdate": "1980-02-29"]
            let clerk = try await provider.administrator(person: names)
            try await provider.appoint(clerk, .clerk, at: .tenant(TestRegion.herten))
            let account = try await provider.account(of: clerk)
            let candidates = try await provider.provider.desk.candidates(for: provider.visit(names))
            let own = try #require(candidates.first { $0.account == account })
            let today = CalendarDate(inGermanyAt: provider.now)
            let refused = try await site.call(
                clerk, .post, "/tenants/herten/requests",
                [
                    "kind": "access", "received_on": .string(today.rawValue), "person": .object(names),
                    "candidate": .string(own.name(in: provider.scope(TestRegion.herten))),
                ])
            #expect(refused.json["reason"] == "own_account", "\(refused.text)")
            let request = try await provider.provider.dataRequests.receive(
                DataRequestFlow.Wish(json: ["kind": "access", "tenant": "herten"]), on: today, of: account,
                by: Author(.clerk))
            let identified = try await site.call(
                clerk, .post, "/tenants/herten/requests/\(request.identifier)/identification",
                ["level": "substantiell", "person": .object(names)])
            #expect(identified.json["reason"] == "own_account", "\(identified.text)")
        }
    }

    @Test("R2: nobody decides on their own request")
    func own() async throws {
        try await AdministrationSite.serve { site in
            let provider = site.provider
            let (clerk, other) = (try await provider.administrator(), try await provider.administrator())
            for person in [clerk, other] { try await provider.appoint(person, .clerk, at: .tenant(TestRegion.herten)) }
            let request = try await Self.file(["kind": "erase", "tenant": "herten"], clerk.phone, provider)
            let path = "/tenants/herten/requests/\(request)/decision"
            #expect(try await site.call(clerk, .post, path, ["decision": "done"]).code == "two_people_needed")
            #expect(try await site.call(other, .post, path, ["decision": "done"]).status == .ok)
        }
    }

    @Test("I23: what was sent to the region is no town's, and the attempt is in the region's trail")
    func regions() async throws {
        try await AdministrationSite.serve { site in
            let provider = site.provider
            let phone = try await provider.enrolledPhone()
            let request = try await Self.file(["kind": "access"], phone, provider)
            let clerk = try await provider.administrator()
            try await provider.appoint(clerk, .clerk, at: .tenant(TestRegion.herten))
            #expect(try await site.call(clerk, .get, "/tenants/herten/requests").json["requests"] == [])
            let shown = try await site.call(clerk, .get, "/tenants/herten/requests/\(request)")
            #expect(shown.status == .notFound)
            let probe = try await provider.auditTrail().last { $0.kind == "admin.cross_tenant_probe" }
            #expect(probe != nil && probe?.tenant == nil)
        }
    }

    @Test("I4: an auditor reads why one login at the town has its level; another town's login does not exist")
    func login() async throws {
        try await AdministrationSite.serve { site in
            let provider = site.provider
            let phone = try await provider.enrolledPhone(simulating: .strongbox)
            let login = try #require(
                try await provider.signIn(at: TestRegion.basic, phone: phone).idToken["txn"]?.string)
            let auditor = try await provider.administrator()
            try await provider.appoint(auditor, .auditor, at: .tenant(TestRegion.herten))
            let answer = try await site.call(auditor, .get, "/tenants/herten/logins/\(login)/level")
            #expect(
                answer.status == .ok && answer.json["explanation"]?.object?["level"] == "substantiell", "\(answer.text)"
            )
            #expect(!answer.text.contains("model"), "two towns could tell by it that they know the same person")
            #expect(try await Self.looks(provider) == 1)
            let neighbour = try await provider.administrator()
            try await provider.appoint(neighbour, .auditor, at: .tenant(TestRegion.marl))
            let foreign = try await site.call(neighbour, .get, "/tenants/marl/logins/\(login)/level")
            #expect(foreign.status == .notFound)
            #expect(try await provider.auditTrail().last { $0.kind == "admin.cross_tenant_probe" }?.tenant == "herten")
        }
    }
    @Test("I4: the explanation of a company's login has binding and company, and which of them holds the level down")
    func companyLogin() async throws {
        let provider = try await TestProvider.withAdministration(companies: nil)
        try provider.changeRegion {
            $0.services = [TestServices.parking, MandateStory.building]
            $0.clients.append(TestServices.garage.client)
        }
        let story = try await MandateStory(provider: provider)
        try await story.propose(by: story.ada)
        let member = story.member.rawValue
        try await provider.store.writer.write { db in
            try db.execute(sql: "UPDATE membership SET level = 'normal' WHERE id = ?", arguments: [member])
        }
        let signedIn = try await provider.signIn(
            at: TestServices.garage, phone: story.max.phone, ["scope": "openid org mandate"])
        let login = try #require(signedIn.idToken["txn"]?.string)
        #expect(signedIn.idToken["acr"] == "sim:http://bsi.bund.de/eID/LoA/normal")
        try await AdministrationSite.serve(provider) { site in
            let auditor = try await provider.administrator()
            try await provider.appoint(auditor, .auditor, at: .tenant(TestRegion.herten))
            let answer = try await site.call(auditor, .get, "/tenants/herten/logins/\(login)/level")
            let explanation = try #require(answer.json["explanation"]?.object, "\(answer.text)")
            #expect(explanation["level"] == "normal")
            let reasons = explanation["reasons"]?.array?.compactMap(\.object) ?? []
            #expect(
                reasons.map { $0["kind"]?.string } == ["proofing", "authenticator", "device", "binding", "company"])
            #expect(reasons.filter { $0["limits"] == true }.map { $0["kind"]?.string } == ["binding"])
            let today = JSONValue.string(CalendarDate(inGermanyAt: provider.now).rawValue)
            #expect(reasons[3]["facts"] == .object(["day": today]))
            #expect(
                reasons[4]["facts"]
                    == .object([
                        "method": "register_extract", "performer": "Stadt Herten", "day": .string(provider.today),
                        "level": "substantiell",
                    ]))
            #expect(!answer.text.contains("Muster"), "a company has no name in an explanation for an office")
            // What changes afterwards does not change why that login had its level.
            try await provider.store.writer.write { db in
                try db.execute(sql: "UPDATE membership SET level = 'substantiell' WHERE id = ?", arguments: [member])
            }
            let later = try await site.call(auditor, .get, "/tenants/herten/logins/\(login)/level")
            let binding = try #require(later.json["explanation"]?.object?["reasons"]?.array?[3].object, "\(later.text)")
            #expect(binding["level"] == "normal" && binding["limits"] == true)
            #expect(binding["facts"]?.object?["level_today"] == "substantiell")
        }
    }
}
