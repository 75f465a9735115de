import AccountDirectory
import HTTPTypes
import HummingbirdTesting
import OpenIDMessages
import ProviderCore
import ProviderHarness
import SQLiteStore
import Testing

@testable import ProviderHTTP

/// What the local desk does, a town's clerk does over the network, for the person who stands there.
@Suite("A town's desk over the network")
struct TownDeskTests {
    private struct Stage {
        let site: AdministrationSite
        let clerk: TestAdministrator
        let person: RegisteredPerson

        var provider: TestProvider { site.provider }

        /// Somebody who is alone with name and birth date.
        static let names: JSONObject = {
            var person = TestRegion.person
            person["family_name"] = "Amselweg"
            return person
        }()

        func call(
            _ step: String, _ members: JSONObject = [:], person: JSONObject = names, level: String = "substantiell",
            town: String = "herten"
        ) async throws -> TestResponse {
            var body: JSONObject = ["level": .string(level), "person": .object(person)]
            for member in members.members { body[member.name] = member.value }
            return try await site.call(clerk, .post, "/tenants/\(town)/people/\(step)", body)
        }

        /// The name that the account has for the clerk of this town.
        func candidate(_ town: String = "herten") async throws -> JSONValue {
            let found = try await call("find", town: town)
            let people = (found.json["people"]?.array ?? []).compactMap(\.object)
            #expect(people.count == 1, "\(found.text)")
            return try #require(people.first?["candidate"])
        }

        /// What stands behind the person's data.
        func evidence() async throws -> Evidence? {
            let attributes = try await provider.store.verifiedAttributes(of: person.account)
            return attributes.first?.evidence
        }

        func state() async throws -> AccountState { try await provider.profile(of: person.account).state }
    }

    private func serve(_ body: @Sendable (Stage) async throws -> Void) async throws {
        let provider = try await TestProvider.withAdministration()
        let person = try await provider.registered(person: Stage.names)
        let clerk = try await provider.administrator()
        for town in [TestRegion.herten, TestRegion.marl] {
            try await provider.appoint(clerk, .clerk, at: .tenant(town))
        }
        try await AdministrationSite.serve(provider) { site in
            try await body(Stage(site: site, clerk: clerk, person: person))
        }
    }

    @Test("a locked person is given back by a clerk of the town, never at a lower level")
    func lockAndReactivate() async throws {
        try await serve { stage in
            let name = try await stage.candidate()
            let locked = try await stage.call(
                "lock", ["candidate": name, "reason": "attribute_invalid"], level: "normal")
            #expect(locked.status == .noContent, "\(locked.text)")
            #expect(try await stage.state() == .locked)
            let low = try await stage.call("reactivate", ["candidate": name], level: "normal")
            #expect(low.code == "desk_refused" && low.json["reason"] == "level_too_low", "\(low.text)")
            #expect(try await stage.state() == .locked)
            let given = try await stage.call("reactivate", ["candidate": name])
            #expect(given.json == ["active": true], "\(given.text)")
            #expect(try await stage.state() == .active)
            let again = try await stage.call("reactivate", ["candidate": name])
            #expect(again.json["reason"] == "nothing_to_lift", "\(again.text)")

            let chain = AuditChain.tenant(TestRegion.herten)
            let doer = try await stage.provider.pseudonym(of: stage.provider.account(of: stage.clerk), in: chain)
            let person = try await stage.provider.pseudonym(of: stage.person.account, in: chain)
            let events = try await stage.provider.auditEntries(.accountLocked, .accountUnlocked, .subjectSeen)
            #expect(events.map(\.kind) == ["admin.subject_seen", "account.locked", "account.unlocked"])
            for event in events {
                #expect(event.chain == chain && event.actor == "administrator" && event.transaction != nil)
                #expect(doer != nil && event.administrator == doer && person != nil && event.person == person)
            }
        }
    }

    @Test("a device that was found comes back under the town's name for it; without one the link enrols a new phone")
    func foundDevice() async throws {
        try await serve { stage in
            let account = stage.person.account
            let lostDevice = try #require(try await stage.provider.store.devices(of: account).first?.identifier)
            let lost = try await stage.provider.store.change(
                lostDevice, of: account, by: .reportLost, approval: nil, author: .person, time: stage.provider.now)
            #expect(lost == .changed)
            #expect(try await stage.state() == .locked, "I2: the last device is gone")
            let found = try await stage.call("find")
            let shown = try #require(found.json["people"]?.array?.first?.object)
            let device = try #require(found.json["devices"]?.array?.first?.object)
            #expect(device["candidate"] == shown["candidate"])
            let name = try #require(device["device"])
            #expect(name.string != lostDevice.rawValue && !found.text.contains(account.rawValue), "\(found.text)")
            let candidate = try #require(shown["candidate"])
            let link = try await stage.call("reactivate", ["candidate": candidate])
            #expect(link.json["active"] == false && link.json["link"]?.string != nil, "\(link.text)")
            let other = try await stage.call("reactivate", ["candidate": candidate, "found_device": "dv_of-nobody"])
            #expect(other.status == .badRequest && other.json["member"] == "found_device", "\(other.text)")
            let given = try await stage.call("reactivate", ["candidate": candidate, "found_device": name])
            #expect(given.json == ["active": true], "\(given.text)")
            #expect(try await stage.state() == .active)
        }
    }

    @Test("one device that the person lost is blocked under the town's name for it, or taken away for good")
    func oneDevice() async throws {
        try await serve { stage in
            let account = stage.person.account
            let candidate = try await stage.candidate()
            let found = try await stage.call("find")
            let device = try #require(found.json["devices"]?.array?.first?.object?["device"])
            func state() async throws -> DeviceRecordRow.State? {
                let rows = try await stage.provider.store.devices(of: account)
                return rows.first?.state
            }
            let unknown = try await stage.call("lock", ["candidate": candidate, "device": "dv_of-nobody"])
            #expect(unknown.status == .badRequest && unknown.json["member"] == "device", "\(unknown.text)")
            let both = try await stage.call("lock", ["candidate": candidate, "device": device, "reason": "fraud"])
            #expect(both.status == .badRequest && both.json["member"] == "reason", "\(both.text)")
            let whole = try await stage.call("lock", ["candidate": candidate, "revoke": true])
            #expect(whole.status == .badRequest && whole.json["member"] == "revoke", "\(whole.text)")
            #expect(try await state() == .active)
            let blocked = try await stage.call("lock", ["candidate": candidate, "device": device])
            #expect(blocked.status == .noContent, "\(blocked.text)")
            #expect(try await state() == .suspended)
            #expect(try await stage.state() == .locked, "I2: the last device is gone")
            let gone = try await stage.call("lock", ["candidate": candidate, "device": device, "revoke": true])
            #expect(gone.status == .noContent, "\(gone.text)")
            #expect(try await state() == .revoked)
            let again = try await stage.call("lock", ["candidate": candidate, "device": device])
            #expect(again.code == "desk_refused", "\(again.text)")
            let events = try await stage.provider.auditEntries(.deviceSuspended, .deviceRevoked)
            #expect(events.map(\.actor) == ["administrator", "administrator"])
        }
    }

    @Test("open questions of a town's desks are listed there, without anybody's name, and nowhere else")
    func cases() async throws {
        try await serve { stage in
            let path = "/tenants/herten/people/cases"
            #expect(try await stage.site.call(stage.clerk, .get, path).json == ["cases": []])
            let asked = try await stage.provider.provider.desk.ticket(for: stage.provider.visit(Stage.names))
            guard case .similar(_, let question?) = asked else { return #expect(Bool(false), "nobody was asked") }
            let listed = try await stage.site.call(stage.clerk, .get, path)
            #expect(listed.json["cases"]?.array?.first?.object?["case"]?.string == question.rawValue)
            #expect(!listed.text.contains("Amselweg") && !listed.text.contains(stage.person.account.rawValue))
            let elsewhere = try await stage.site.call(stage.clerk, .get, "/tenants/marl/people/cases")
            #expect(elsewhere.json == ["cases": []])
        }
    }

    @Test("I24: a candidate is named for one town, and is none for another person or at another town")
    func candidates() async throws {
        try await serve { stage in
            let (herten, marl) = (try await stage.candidate(), try await stage.candidate("marl"))
            #expect(herten != marl)
            var stranger = Stage.names
            stranger["family_name"] = "Finkenweg"
            _ = try await stage.provider.registered(person: stranger)
            for step in ["lock", "reactivate", "block-code", "close"] {
                let elsewhere = try await stage.call(step, ["candidate": herten], town: "marl")
                #expect(elsewhere.status == .badRequest && elsewhere.json["member"] == "candidate", "\(step)")
                let probes = try await stage.provider.auditEntries(.crossTenantProbe).map(\.chain)
                #expect(probes.last == .tenant(TestRegion.herten), "the town whose name it is reads of the attempt")
                let other = try await stage.call(step, ["candidate": herten], person: stranger)
                #expect(other.status == .badRequest && other.json["member"] == "candidate", "\(step)")
            }
            #expect(try await stage.provider.auditEntries(.crossTenantProbe).count == 4)
            #expect(try await stage.state() == .active)
            var unknown = Stage.names
            unknown["family_name"] = "Niemand"
            #expect(try await stage.call("find", person: unknown).json == ["people": [], "devices": []])
        }
    }

    @Test("a new name is recorded for the person whom the account has under the former one, at the account's level")
    func rename() async throws {
        try await serve { stage in
            var married = Stage.names
            married["family_name"] = "Drosselweg"
            let name = try await stage.candidate()
            let members: JSONObject = ["candidate": name, "former": .object(Stage.names)]
            let low = try await stage.call("rename", members, person: married, level: "normal")
            #expect(low.json["reason"] == "level_too_low", "\(low.text)")
            var stranger = Stage.names
            stranger["family_name"] = "Finkenweg"
            stranger["birthdate"] = "1990-01-02"
            let other = try await stage.call("rename", members, person: stranger)
            #expect(other.json["reason"] == "other_person", "\(other.text)")
            let changed = try await stage.call("rename", members, person: married)
            #expect(changed.json["superseded"]?.strings?.contains("family_name") == true, "\(changed.text)")
            #expect(try await stage.provider.profile(of: stage.person.account).person.familyName == "Drosselweg")
            let verified = try await stage.provider.auditEntries(.attributeVerified).last
            #expect(verified?.actor == "administrator" && verified?.chain == .tenant(TestRegion.herten))
        }
    }

    @Test("a fresh block code and the end of an account are the account's person's, and are in the trail")
    func blockCodeAndClosing() async throws {
        try await serve { stage in
            let name = try await stage.candidate()
            for step in ["block-code", "close"] {
                let low = try await stage.call(step, ["candidate": name], level: "normal")
                #expect(low.json["reason"] == "level_too_low", "\(low.text)")
            }
            let fresh = try await stage.call("block-code", ["candidate": name])
            let code = try fresh.json.text("block_code")
            #expect(code.count == 18 && code != stage.person.blockCode)
            let closed = try await stage.call("close", ["candidate": name])
            #expect(closed.json["erase_at"]?.integer ?? 0 > stage.provider.now.seconds, "\(closed.text)")
            #expect(try await stage.state() == .closing)
            #expect(try await stage.call("reactivate", ["candidate": name]).status == .ok, "a desk cancels it")
            let events = try await stage.provider.auditEntries(
                .accountBlockCodeReplaced, .accountCloseRequested, .accountCloseCancelled)
            #expect(events.allSatisfy { $0.actor == "administrator" && $0.chain == .tenant(TestRegion.herten) })
            #expect(events.count >= 2)
        }
    }

    @Test("R2: nobody serves themself at the desk: every act of the table at the own account is another clerk's")
    func ownAccount() async throws {
        let provider = try await TestProvider.withAdministration()
        let (own, other) = (
            try await provider.administrator(person: Stage.names), try await provider.administrator()
        )
        for clerk in [own, other] { try await provider.appoint(clerk, .clerk, at: .tenant(TestRegion.herten)) }
        let account = try await provider.account(of: own)
        try await AdministrationSite.serve(provider) { site in
            func call(_ clerk: TestAdministrator, _ act: String, _ members: JSONObject = [:]) async throws
                -> TestResponse
            {
                var body: JSONObject = ["level": "substantiell", "person": .object(Stage.names)]
                for member in members.members { body[member.name] = member.value }
                return try await site.call(clerk, .post, "/tenants/herten/" + act, body)
            }
            let found = try await call(own, "people/find").json["people"]?.array
            let name = try #require(found?.first?.object?["candidate"])
            let before = try await provider.profile(of: account)
            let acts = AdministrationAPI.deskRoutes.filter { $0.method == .post }
                .compactMap { $0.path.split(separator: "/").last.map(String.init) }.filter { $0 != "find" }
            #expect(acts.count > 5)
            let evidence: JSONValue = .object(["document": .object(["type": "passport", "country": "PL"])])
            for act in acts {
                var members: JSONObject = ["candidate": name]
                if act == "rename" { members["former"] = .object(Stage.names) }
                if ["rename", "renew"].contains(act) { members["evidence"] = evidence }
                let answer = try await call(own, "people/" + act, members)
                #expect(answer.json["reason"]?.string == "own_account", "\(act): \(answer.text)")
            }
            for decision in [[:], ["same_person": name], ["new": true]] as [JSONObject] {
                let answer = try await call(own, "tickets", decision)
                #expect(answer.json["reason"]?.string == "own_account", "\(answer.text)")
            }
            #expect(try await provider.profile(of: account) == before, "nothing was written")
            let served = try await call(other, "people/block-code", ["candidate": name])
            #expect(served.status == .ok, "\(served.text)")
        }
    }

    @Test("an authority's lock is not closed away over the network either")
    func orderedLock() async throws {
        try await serve { stage in
            let name = try await stage.candidate()
            let locked = try await stage.call("lock", ["candidate": name, "reason": "authority"])
            #expect(locked.status.code < 300, "\(locked.text)")
            for step in ["close", "reactivate"] {
                let refused = try await stage.call(step, ["candidate": name])
                #expect(refused.json["reason"] == "ordered_by_authority", "\(refused.text)")
            }
            let closed = try await stage.call("close", ["candidate": name, "order_lifted": true])
            #expect(closed.status == .ok, "\(closed.text)")
        }
    }

    @Test("a document that has expired is refused with its day, at every call that takes one; nothing is written")
    func expired() async throws {
        try await serve { stage in
            let name = try await stage.candidate()
            let evidence: JSONValue = .object([
                "document": .object(["type": "passport", "country": "DE", "expires_on": "2020-01-01"])
            ])
            let written = try await stage.provider.auditTrail().count
            var body: JSONObject = ["level": "substantiell", "person": .object(Stage.names), "evidence": evidence]
            body["same_person"] = name
            for refused in [
                try await stage.call("renew", ["candidate": name, "evidence": evidence]),
                try await stage.call(
                    "rename", ["candidate": name, "former": .object(Stage.names), "evidence": evidence]),
                try await stage.site.call(stage.clerk, .post, "/tenants/herten/tickets", body),
            ] {
                #expect(refused.status == .conflict && refused.code == "desk_refused", "\(refused.text)")
                #expect(refused.json["reason"] == "document_expired", "\(refused.text)")
                let detail = refused.json["detail"]?.string
                #expect(detail?.contains("2020-01-01") == true && detail?.contains("Ask for a document") == true)
            }
            #expect(try await stage.provider.auditTrail().count == written)
        }
    }

    @Test("a known person's new passport is recorded by itself, or with the ticket for a further phone")
    func renewed() async throws {
        try await serve { stage in
            func passport(_ country: String) -> JSONValue {
                .object(["document": .object(["type": "passport", "country": .string(country)])])
            }
            let name = try await stage.candidate()
            stage.provider.clock.advance(60)
            let renewed = try await stage.call("renew", ["candidate": name, "evidence": passport("PL")])
            #expect(renewed.json == ["superseded": [], "stale": []], "\(renewed.text)")
            #expect(try await stage.evidence()?.documentCountry == "PL")
            let low = try await stage.call(
                "renew", ["candidate": name, "evidence": passport("FR")], level: "normal")
            #expect(low.json["reason"] == "level_too_low", "\(low.text)")
            var married = Stage.names
            married["family_name"] = "Drosselweg"
            let other = try await stage.call(
                "renew", ["candidate": name, "evidence": passport("FR")], person: married)
            #expect(other.status == .badRequest && other.json["member"] == "candidate", "\(other.text)")
            stage.provider.clock.advance(60)
            let ticket = try await stage.site.call(
                stage.clerk, .post, "/tenants/herten/tickets",
                [
                    "level": "substantiell", "person": .object(Stage.names), "same_person": name,
                    "evidence": passport("AT"),
                ])
            #expect(ticket.status == .created && ticket.json["block_code"] == nil, "\(ticket.text)")
            #expect(try await stage.evidence()?.documentCountry == "AT")
            let verified = try await stage.provider.auditEntries(.attributeVerified).last
            #expect(verified?.actor == "administrator" && verified?.chain == .tenant(TestRegion.herten))
        }
    }
}
