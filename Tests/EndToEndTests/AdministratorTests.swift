import AccountDirectory
import ChildProcesses
import Foundation
import IdentityCrypto
import OpenIDMessages
import Testing

/// The programs themselves: an administrator logs in with a phone and works over the network.
@Suite("citizen-id administers over the network", .serialized, .inTurn, .endsInTime)
struct AdministratorTests {
    static let port = Port.free()
    static let installation = Task {
        try await Installation.start(environment: ["CITIZEN_ID_ADMINISTRATION_LISTEN": "127.0.0.1:\(port)"])
    }

    /// Somebody with a phone on this machine and a folder of their own.
    struct Person: Sendable {
        let phone: Phone
        let folder: String

        init(_ here: Installation) async throws {
            // Keys of simulated hardware reach substantiell.
            phone = try here.newPhone()
            folder = here.folder.path + "/administrator-\(UInt32.random(in: 0 ... .max))"
            let enrolled = try await phone.enrol(try await here.ticket())
            try #require(enrolled.status == 0, "\(enrolled)")
        }

        func administer(_ arguments: String...) async throws -> ProgramResult { try await administer(arguments) }

        func administer(_ arguments: [String]) async throws -> ProgramResult {
            try await Program.run(
                Place.program("citizen-id"), arguments + ["--folder", folder, "--json"], atOnce: true)
        }

        /// `citizen-id admin login`, with the phone in the place of the browser.
        func logIn(flow: String = "link") async throws -> ProgramResult {
            let here = phone.here
            let log = here.folder.path + "/login-\(UInt32.random(in: 0 ... .max))"
            let output = log + ".out"
            let login = try Program.start(
                Place.program("citizen-id"),
                [
                    "admin", "login", "--issuer", here.issuer, "--url", "https://localhost:\(AdministratorTests.port)",
                    "--ca", here.ca, "--folder", folder, "--json",
                ], environment: [:], output: output, errors: log)
            var deadline = ContinuousClock.now + .seconds(60)
            var address: String?
            while address == nil, login.isRunning, ContinuousClock.now < deadline {
                address = try Program.text(of: log).split(separator: "\n").map(String.init)
                    .first { $0.hasPrefix("https://") }
                if address == nil { try await Task.sleep(for: .milliseconds(20)) }
            }
            let opened: String = try #require(address, "no address was shown")
            let approved = try await phone.login(at: opened, "--flow", flow)
            #expect(approved.status == 0, "\(approved)")
            // The phone may have waited for its turn among the programs of other tests.
            deadline = ContinuousClock.now + .seconds(60)
            while login.isRunning, ContinuousClock.now < deadline { try await Task.sleep(for: .milliseconds(20)) }
            return ProgramResult(
                status: login.status ?? -1, output: try Program.text(of: output), errors: try Program.text(of: log))
        }
    }

    @Test func `from the ticket to the first clerk`() async throws {
        let here = try await Self.installation.value
        let alice = try await Person(here)
        let none = try await alice.administer("admin", "me")
        #expect(none.status == 4, "\(none)")
        let login = try await alice.logIn()
        #expect(login.status == 0, "\(login)")
        let ticket = try await here.administer("admin", "bootstrap", "--json")
        #expect(ticket.status == 0, "\(ticket)")
        let accepted = try await alice.administer("admin", "accept", try ticket.json().text("ticket"))
        #expect(accepted.status == 0, "\(accepted)")
        #expect(try await here.administer("admin", "bootstrap", "--json").status == 1, "there is an administrator")
        let bob = try await Person(here)
        let me = try await bob.logIn()
        #expect(me.status == 0, "\(me)")
        let subject = try me.json().text("subject")
        let granted = try await alice.administer(
            "admin", "grant", subject, "--role", "tenant_admin", "--tenant", "herten", "--days", "30")
        #expect(granted.status == 0, "\(granted)")
        let tenants = try await bob.administer("tenant", "list")
        #expect(try tenants.json()["tenants"]?.array?.count == 1, "\(tenants)")
        #expect(try await bob.administer("service", "list", "--tenant", "herten").status == 0)
        let counted = try await bob.administer("person", "count", "--tenant", "herten")
        #expect(try counted.json()["people"] == 0 && counted.json()["releases"] == .array([]), "\(counted)")
        // Who administers the region sees no people: the clerk is a third one.
        let clerk = ["--role", "clerk", "--tenant", "herten", "--days", "30"]
        let refused = try await bob.administer(["admin", "grant", try login.json().text("subject")] + clerk)
        #expect(try refused.json()["error"] == "conflicting_duty", "\(refused)")
        let carol = try await Person(here)
        let third = try await carol.logIn()
        let appointed = try await bob.administer(["admin", "grant", try third.json().text("subject")] + clerk)
        #expect(appointed.status == 0, "\(appointed)")
        try await enrol(by: carol, here)
        try await serve(by: carol, here)
        try await audit(by: bob, here)
        let known = try await alice.phone.login(at: nil, "--accept", "application/json", "--show-page")
        let sub = try #require(try known.json()["page"]?.object?["userinfo"]?.object?["sub"]?.string, "\(known)")
        let level = try await bob.administer("person", "explain-level", "--tenant", "herten", "--subject", sub)
        let explanation = try level.json()["levels"]?.array?.first?.object?["explanation"]?.object
        #expect(explanation?["simulated"] == true && explanation?["level"]?.string != nil, "\(level)")
        let looks = try await alice.phone.run("audit", "--looks")
        let look = looks.lines.first { $0.contains("Jemand sah an, was hier über Sie bekannt ist.") }
        #expect(look?.contains("jemand in der Verwaltung (Stadt Herten), ") == true, "\(looks)")
        #expect(looks.output.contains("Portal „Serviceportal Herten (Demo)“") && !looks.output.contains("account."))
        let english = try await alice.phone.run("audit", "--looks", "--language", "en")
        #expect(english.output.contains("Somebody looked at what is known of you here."), "\(english)")
        let stranger = try await bob.administer(
            "person", "explain-level", "--tenant", "herten", "--subject", "nobody-known")
        #expect(try stranger.json()["error"] == "not_found")
        let token = try await bob.administer("client", "token", "--tenant", "herten", "--at", "herten")
        let name = try token.json().text("token")
        #expect(
            try await bob.administer("client", "tokens", "--tenant", "herten", "--at", "herten").output.contains(name))
        let ended = ["client", "revoke-token", name, "--tenant", "herten"]
        #expect(try await here.administer(["client", "tokens", "--tenant", "herten"]).output.contains(name))
        #expect(try await here.administer(ended).status == 0)
        #expect(try await here.administer(ended + ["--json"]).json()["error"] == "unknown_token")
        #expect(
            try await bob.administer("client", "tokens", "--tenant", "herten", "--at", "herten").json()["tokens"] == [])
        let foreign = try await bob.administer("tenant", "show", "marl")
        #expect(foreign.status == 1, "\(foreign)")
        #expect(try foreign.json()["error"] == "not_found")
        let assignment = try granted.json().text("assignment")
        let revoked = try await alice.administer("admin", "revoke", assignment, "--tenant", "herten")
        #expect(revoked.status == 0, "\(revoked)")
        #expect(try await bob.administer("tenant", "show", "herten").status == 1)
        try await adopt(by: alice, bob, [try login.json().text("subject"), subject])
        #expect(try await bob.administer("admin", "logout").status == 0)
        #expect(try await bob.administer("admin", "me").status == 4)
    }

    /// The town's administrator reads and verifies the town's chain, also against an export that was kept.
    private func audit(by administrator: Person, _ here: Installation) async throws {
        let shown = try await administrator.administer(
            "audit", "show", "--at", "herten", "--kind", "proofing", "--limit", "3")
        #expect(shown.status == 0, "\(shown)")
        let events = try shown.json()["events"]?.array?.compactMap(\.object) ?? []
        #expect(events.map { $0["actor"] } == Array(repeating: "administrator", count: 3), "\(shown)")
        let verified = try await administrator.administer("audit", "verify", "--at", "herten")
        #expect(verified.status == 0, "\(verified)")
        #expect(try verified.json()["whole"] == true)
        let export = try await here.administer("audit", "export").output
        let kept = try here.folder.write("kept.jsonl", export)
        let other = try here.folder.write(
            "other.jsonl", export.replacing(/"hash":"./, with: { _ in "\"hash\":\"=" }))
        let head = try await administrator.administer("audit", "head", "--at", "herten")
        let signed = try #require(try head.json()["head"]?.string, "\(head)")
        let keptHead = try here.folder.write("head.jws", signed + "\n")
        // As one that was kept before somebody made the chain anew.
        var payload = try #require(try CompactJWS(parsing: signed).unverifiedPayload)
        #expect(payload["chain"] == "herten" && payload["iss"]?.string == here.issuer)
        payload["hash"] = .string(Base64URL.encode([UInt8](repeating: 7, count: 32)))
        let otherHead = try here.folder.write(
            "other-head.jws", SigningKey.makeES256().sign(type: "audit-head+jwt", payload: payload))
        let local = try await here.administer("audit", "verify", "--tenant", "herten", "--against", otherHead)
        #expect(local.status == 1 && local.output.contains("not the chain of the earlier export"), "\(local)")
        #expect(try await here.administer("audit", "verify", "--tenant", "herten", "--against", keptHead).status == 0)
        for (file, status) in [(kept, 0), (other, 1), (keptHead, 0), (otherHead, 1)] as [(String, Int32)] {
            let compared = try await administrator.administer("audit", "verify", "--at", "herten", "--against", file)
            #expect(compared.status == status, "\(compared)")
        }
        let foreign = try await administrator.administer("audit", "show", "--at", "marl")
        #expect(try foreign.status == 1 && foreign.json()["error"] == "not_found", "\(foreign)")
        #expect(try await administrator.administer("audit", "show", "--at", "herten", "--tenant", "marl").status == 64)
    }

    /// A clerk records a person, and somebody who looks like them.
    private func enrol(by clerk: Person, _ here: Installation) async throws {
        let file = try here.personFile(family: "Desk" + String((0..<6).map { _ in "abcdefgh".randomElement()! }))
        func enrol(_ decision: String...) async throws -> ProgramResult { try await enrol(decision) }
        func enrol(_ decision: [String]) async throws -> ProgramResult {
            try await Program.run(
                Place.program("citizen-id"),
                ["person", "enrol", "--tenant", "herten", "--person", file] + decision
                    + ["--folder", clerk.folder, "--json"], atOnce: true)
        }
        let first = try await enrol()
        #expect(first.status == 0, "\(first)")
        #expect(try first.json().text("block_code").count == 18)
        let asked = try await enrol()
        #expect(asked.status == 1 && asked.errors.contains("CANDIDATE"), "\(asked)")
        #expect(try asked.json()["error"] == "possible_duplicate")
        let candidate = try asked.json()["candidates"]?.array?.first?.object?["candidate"]?.string
        let passport = ["--document", "passport", "--document-country", "PL", "--document-expires"]
        let expired = try await enrol(["--same-person", try #require(candidate)] + passport + ["2020-01-01"])
        #expect(expired.status == 1 && expired.errors.contains("2020-01-01"), "\(expired)")
        let same = try await enrol(["--same-person", try #require(candidate)] + passport + ["2030-01-01"])
        #expect(same.status == 0, "\(same)")
        #expect(try await enrol().status == 1)
        #expect(try await enrol("--new").status == 0)
        #expect(try await enrol("--new", "--same-person", "a").status == 64)
    }

    /// A clerk locks, gives back and closes the account of somebody at the town's desk.
    private func serve(by clerk: Person, _ here: Installation) async throws {
        let file = try here.personFile(family: "Desk" + String((0..<6).map { _ in "abcdefgh".randomElement()! }))
        func desk(_ arguments: String...) async throws -> ProgramResult { try await desk(arguments) }
        func desk(_ arguments: [String]) async throws -> ProgramResult {
            try await Program.run(
                Place.program("citizen-id"),
                ["desk"] + arguments + ["--at", "herten", "--person", file, "--folder", clerk.folder, "--json"],
                atOnce: true)
        }
        let enrolled = try await Program.run(
            Place.program("citizen-id"),
            ["person", "enrol", "--tenant", "herten", "--person", file, "--folder", clerk.folder, "--json"],
            atOnce: true)
        #expect(try await here.newPhone().enrol(try enrolled.json().text("link")).status == 0)
        let found = try await desk("find")
        let people = try found.json()["people"]?.array?.compactMap(\.object)
        #expect(people?.count == 1, "\(found)")
        #expect(try found.json()["devices"]?.array?.count == 1, "\(found)")
        let candidate = try #require(people?.first?["candidate"]?.string)
        #expect(try await desk("block", "--candidate", candidate, "--reason", "attribute_invalid").status == 0)
        let low = try await desk("reactivate", "--candidate", candidate, "--level", "normal")
        #expect(low.status == 1 && low.errors.contains("at the level substantiell or above"), "\(low)")
        #expect(try await desk("reactivate", "--candidate", candidate).json()["active"] == true)
        let renew = ["renew", "--candidate", candidate]
        let expired = try await desk(renew + ["--document", "idcard", "--document-expires", "2020-01-01"])
        #expect(expired.status == 1 && expired.errors.contains("2020-01-01"), "\(expired)")
        let renewed = try await desk(renew + ["--document", "idcard", "--document-expires", "2030-01-01"])
        #expect(renewed.status == 0, "\(renewed)")
        #expect(try await desk(renew).status == 64, "without what was shown")
        let code = try await desk("block-code", "--candidate", candidate)
        #expect(try code.json().text("block_code").count == 18)
        try await answer(letterOf: candidate, file, by: clerk)
        let married = try here.folder.write(
            "married-\(UInt32.random(in: 0 ... .max)).json",
            String(contentsOfFile: file, encoding: .utf8).replacing("Desk", with: "Schalter"))
        func renamed(_ command: String, _ arguments: String...) async throws -> ProgramResult {
            try await Program.run(
                Place.program("citizen-id"),
                [
                    "desk", command, "--at", "herten", "--person", married, "--candidate", candidate, "--folder",
                    clerk.folder, "--json",
                ] + arguments, atOnce: true)
        }
        let changed = try await renamed("rename", "--former", file)
        #expect(try changed.json()["superseded"]?.strings == ["family_name"], "\(changed)")
        #expect(
            try await desk("close", "--candidate", candidate).json()["error"] == "invalid_request", "the former name")
        #expect(try await renamed("close").json()["erase_at"]?.integer != nil)
        for wrong in [["find", "--tenant", "marl"], ["close", "--account", "a"], ["close"], ["block"]] {
            let refused = try await Program.run(
                Place.program("citizen-id"),
                ["desk"] + wrong + ["--at", "herten", "--person", file, "--folder", clerk.folder], atOnce: true)
            #expect(refused.status == 64, "\(wrong): \(refused)")
        }
    }

    /// A letter of the person is written down, and runs when they have come to the desk.
    private func answer(letterOf candidate: String, _ file: String, by clerk: Person) async throws {
        func request(_ arguments: String...) async throws -> ProgramResult {
            try await Program.run(
                Place.program("citizen-id"),
                ["request"] + arguments + ["--at", "herten", "--folder", clerk.folder, "--json"], atOnce: true)
        }
        let today = CalendarDate(inGermanyAt: Timestamp(seconds: Int64(Date().timeIntervalSince1970)))
        let received = try await request(
            "receive", "erase", "--received", today.rawValue, "--candidate", candidate, "--person", file)
        #expect(try received.json()["state"] == "received", "\(received)")
        let name = try received.json().text("request")
        #expect(try await request("decide", name, "--done").json()["error"] == "not_possible_now")
        #expect(try await request("identify", name, "--person", file).json()["state"] == "running")
        #expect(try await request("decide", name, "--done").json()["state"] == "done")
        #expect(try await request("receive", "access", "--received", today.rawValue).status == 64, "whose?")
    }

    /// Of two people one proposes a template at Marl and both agree: `template … --at` from the list to the end.
    private func adopt(by alice: Person, _ bob: Person, _ subjects: [String]) async throws {
        for (granter, subject, role) in [
            (alice, subjects[1], "tenant_admin"), (alice, subjects[1], "dpo"), (bob, subjects[0], "service_owner"),
        ] {
            let granted = try await granter.administer(
                "admin", "grant", subject, "--role", role, "--tenant", "marl", "--days", "30")
            #expect(granted.status == 0, "\(granted)")
        }
        func template(_ person: Person, _ arguments: String...) async throws -> ProgramResult {
            try await Program.run(
                Place.program("citizen-id"),
                ["template"] + arguments + ["--at", "marl", "--folder", person.folder, "--json"], atOnce: true)
        }
        let list = try await template(bob, "list")
        #expect(list.output.contains("\"template\":\"bewohnerparken\""), "\(list)")
        let key = "bewohnerparken"
        let terms = [
            "--version", "1.0.0", "--contact", "Amt 32", "--privacy-uri",
            "https://serviceportal.marl.example/datenschutz",
        ]
        func adopt(_ arguments: [String]) async throws -> ProgramResult {
            try await Program.run(
                Place.program("citizen-id"),
                ["template", "adopt", key, "--at", "marl", "--folder", bob.folder, "--json"] + arguments, atOnce: true)
        }
        let incomplete = try await adopt(["--version", "1.0.0"])
        #expect(try incomplete.status == 1 && incomplete.json()["error"] == "template_refused", "\(incomplete)")
        #expect(try await adopt(terms + ["--dry-run"]).json()["proposed"] == false)
        #expect(try await adopt(terms).json()["proposed"] == true)
        func proposal() async throws -> String { try await template(alice, "show", key).json().text("proposal") }
        let refused = try await template(alice, "refuse", key, "--proposal", try await proposal())
        #expect(try refused.json()["state"] == "withdrawn", "\(refused)")
        #expect(try await adopt(terms).json()["proposed"] == true)
        for (person, state) in [(alice, "proposed"), (bob, "adopted")] {
            let agreed = try await template(person, "approve", key, "--proposal", try await proposal())
            #expect(try agreed.json()["state"]?.string == state, "\(agreed)")
        }
        // What is not given stays: without the privacy notice the template would be refused.
        let upgraded = try await template(bob, "upgrade", key, "--version", "1.0.0", "--contact", "Amt 33")
        #expect(try upgraded.json()["version"] == "1.0.0", "\(upgraded)")
        let emptied = try await template(bob, "upgrade", key, "--version", "1.0.0", "--privacy-uri", "")
        #expect(try emptied.status == 1 && emptied.json()["error"] == "template_refused", "\(emptied)")
        #expect(try await template(bob, "publish", Place.program("citizen-id")).status != 0, "no text")
        #expect(try await template(bob, "withdraw", key).json()["state"] == "withdrawn")
        #expect(try await template(bob, "withdraw", key).json()["error"] == "not_found")
    }

    @Test func `what the login leaves belongs to its user alone`() async throws {
        let here = try await Self.installation.value
        let person = try await Person(here)
        #expect(try await person.logIn().status == 0)
        for file in try FileManager.default.contentsOfDirectory(atPath: person.folder) {
            let attributes = try FileManager.default.attributesOfItem(atPath: person.folder + "/" + file)
            #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o600, "\(file)")
        }
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: person.folder + "/login.json")
        let result = try await person.administer("admin", "me")
        #expect(result.status == 1 && result.errors.contains("chmod"), "\(result)")
    }

    @Test func `a login by QR code is refused`() async throws {
        let here = try await Self.installation.value
        let person = try await Person(here)
        let result = try await person.logIn(flow: "qr")
        #expect(result.status == 1, "\(result)")
        #expect(try result.json()["error"] == "cross_device_login")
    }
}

extension JSONObject {
    fileprivate func text(_ name: String) throws -> String { try #require(self[name]?.string) }
}
