import Foundation
import OpenIDMessages
import RelyingParty
import Testing

@Suite("citizen-id template, region plan and region diff", .inTurn, .endsInTime)
struct TemplateCommandTests {
    static let installation = Task { try await Installation.start(withPortal: false) }

    @Test func `the sample's templates are listed and shown, with who offers what a tenant does not`() async throws {
        let here = try await Self.installation.value
        let list = try await here.administer("template", "list")
        #expect(list.status == 0)
        for key in ["bewohnerparken", "handwerkerparkausweis", "bauantrag"] {
            #expect(list.lines.contains { $0.hasPrefix(key + " ") }, "\(list)")
        }
        let show = try await here.administer("template", "show", "bauantrag")
        #expect(show.status == 0)
        let kreis = show.lines.first { $0.hasPrefix("kreis-recklinghausen ") && $0.contains("not offered here; by ") }
        #expect(kreis?.contains("gelsenkirchen bottrop") == true, "\(show)")
        let json = try await here.administer("template", "show", "bauantrag", "--json").json()
        let offers = (json["availability"]?.array ?? []).compactMap(\.object)
        #expect(offers.count { $0["offered"] == true } == 12)
        #expect(offers.first { $0["tenant"] == "herten" }?["initiate_login_uri"] != nil)
        let unknown = try await here.administer("template", "show", "nothing", "--json")
        #expect(unknown.status == 1)
        #expect(try unknown.json()["error"] == "unknown_template")
    }

    @Test func `a town adopts a template after a dry run and two approvals, and gives it back`() async throws {
        let here = try await Self.installation.value
        let terms = [
            "bewohnerparken", "--tenant", "marl", "--version", "1.0.0", "--contact", "Amt 32", "--privacy-uri",
            "https://serviceportal.marl.example/datenschutz",
        ]
        func template(_ step: String, _ arguments: [String]) async throws -> ProgramResult {
            try await Program.run(
                Place.program("citizen-id"), ["template", step] + arguments + ["--data", here.data], atOnce: true)
        }
        let phone = try await here.enrolledPhone()
        func expectRefusal(of portal: RelyingParty) async throws {
            await #expect {
                try await portal.beginLogin()
            } throws: { error in
                guard case .requestRefused(.pushedAuthorizationRequest, let refusal)? = error as? RelyingPartyError
                else { return false }
                return refusal.code == "invalid_scope"
            }
        }
        try await here.withParkingPortal(expectRefusal)
        let incomplete = try await template("adopt", Array(terms.prefix(5)) + ["--json"])
        #expect(incomplete.status == 1)
        #expect(try incomplete.json()["error"] == "terms_refused")
        let dry = try await template("adopt", terms + ["--dry-run"])
        #expect(dry.status == 0 && dry.output.contains("Nothing was written."), "\(dry)")
        #expect(dry.output.contains("passed: resident;"), "\(dry)")
        #expect(
            try await template("approve", ["bewohnerparken", "--tenant", "marl", "--role", "dpo", "--by", "b"]).status
                == 1)
        #expect(try await template("adopt", terms).status == 0)
        let first = try await template(
            "approve", ["bewohnerparken", "--tenant", "marl", "--role", "service_owner", "--by", "anna"])
        #expect(first.output.contains("proposed"), "\(first)")
        let same = try await template(
            "approve", ["bewohnerparken", "--tenant", "marl", "--role", "dpo", "--by", "anna", "--json"])
        #expect(same.status == 1)
        #expect(try same.json()["error"] == "adoption_refused")
        for name in ["Anna", "anna ", "ànna", ""] {
            let spelled = try await template(
                "approve", ["bewohnerparken", "--tenant", "marl", "--role", "dpo", "--by", name, "--json"])
            #expect(spelled.status == 1, "\(spelled)")
            #expect(try spelled.json()["error"] == "invalid_request", "\(name)")
        }
        for wrong in [["--role", "dpo"], ["--by", "berta"], ["--by", "berta", "--at", "marl"], ["--at", "herten"]] {
            #expect(try await template("approve", ["bewohnerparken", "--tenant", "marl"] + wrong).status == 64)
        }
        let second = try await template(
            "approve", ["bewohnerparken", "--tenant", "marl", "--role", "dpo", "--by", "berta"])
        #expect(second.output.contains("adopted, version 1.0.0 in force"), "\(second)")
        let trail = try await here.administer("audit", "show", "--tenant", "marl", "--kind", "template", "--json")
        #expect(
            try trail.json()["events"]?.array?.compactMap { $0.object?["object"]?.string }.prefix(2)
                == ["bewohnerparken 1.0.0 dpo", "bewohnerparken 1.0.0 service_owner"])
        let show = try await here.administer("template", "show", "bewohnerparken")
        #expect(show.lines.contains { $0.hasPrefix("marl ") && $0.contains(" offered ") }, "\(show)")
        try await here.withParkingPortal { portal in
            let pending = try await portal.beginLogin()
            let query = try await phone.callbackQuery(at: pending.authorizationURL)
            let login = try await portal.finishLogin(callbackQuery: query, pending: pending)
            #expect(try await portal.userinfo(of: login)["family_name"] == "Mustermann")
        }
        let releases = try await phone.run("releases", "list", "--json").json()
        let release = (releases["releases"]?.array ?? []).compactMap(\.object).first
        #expect(release?["portal"] == "Parken in Marl", "\(releases.text)")
        #expect(releases.text.contains("Bewohnerparkausweis") || releases.text.contains("bewohnerparken"))
        let upgrade = ["bewohnerparken", "--tenant", "marl", "--version", "1.0.0"]
        #expect(try await template("upgrade", upgrade).status == 1)
        // What is not given stays: without the privacy notice the template would be refused.
        let other = try await template("upgrade", upgrade + ["--contact", "Amt 33"])
        #expect(other.status == 0 && other.output.contains("version 1.0.0 in force"), "\(other)")
        let emptied = try await template("upgrade", upgrade + ["--privacy-uri", "", "--json"])
        #expect(try emptied.json()["error"] == "terms_refused", "\(emptied)")
        #expect(try await template("withdraw", ["bewohnerparken", "--tenant", "marl"]).output.contains("withdrawn"))
        try await here.withParkingPortal(expectRefusal)
        let file = try await template("withdraw", ["bewohnerparken", "--tenant", "herten", "--json"])
        #expect(file.status == 1)
        #expect(try file.json()["error"] == "in_region_file")
    }

    @Test func `a template is signed for the region file, and whole for publishing`() async throws {
        let here = try await Self.installation.value
        let key = here.folder.path + "/portal-key.pem"
        let sign = [
            "template", "sign", Place.source("Config/emscher-lippe.yaml"), "--publisher", "bottrop", "--key", key,
        ]
        let signed = try await Program.run(Place.program("citizen-id"), sign + ["--kid", "new", "--json"]).json()
        let entry = try #require(signed["signatures"]?.array?.first?.object)
        let signature = try #require(entry["signature"]?.string)
        let jwk = try #require(signed["key"]?.object)
        #expect(entry["key"] == "handwerkerparkausweis" && signature.contains(".."))
        // The signature and the key take the place of the sample's.
        var text = try String(contentsOfFile: Place.source("Config/emscher-lippe.yaml"), encoding: .utf8)
        let old = try #require(text.firstMatch(of: /key: handwerkerparkausweis\n[\s\S]*?signature: (\S+)/)?.output.1)
        let oldKey = try #require(text.firstMatch(of: /\{kty: EC, crv: P-256, kid: bottrop[^}]*\}/)?.output)
        text = text.replacing(old, with: signature).replacing(oldKey, with: jwk.text)
        let file = try here.folder.write("signed.yaml", text)
        let check = try await Program.run(Place.program("citizen-id"), ["region", "check", file])
        #expect(check.status == 0, "\(check)")
        let whole = try await Program.run(Place.program("citizen-id"), sign + ["--whole", "--json"]).json()
        let document = try #require(whole["signatures"]?.array?.first?.object?["signature"]?.string)
        let published = try await here.administer(
            "template", "publish", try here.folder.write("template.jwt", document), "--json")
        #expect(published.status == 1)
        #expect(try published.json()["error"] == "template_malformed", "the publisher's keys are others")
    }

    @Test func `region plan changes nothing, region diff needs no server, and a lower level needs a word`() async throws
    {
        let here = try await Self.installation.value
        let file = try here.folder.write(
            "lower.yaml",
            """
            clients:
              - id: lower-portal
                tenant: marl
                name: Portal
                redirect_uris: ["\(here.portalURL)/x"]
                scopes: [openid]
                required_level: LEVEL

            """)
        let text = try String(contentsOfFile: file, encoding: .utf8)
        let high = try here.folder.write("high.yaml", text.replacing("LEVEL", with: "substantiell"))
        let low = try here.folder.write("low.yaml", text.replacing("LEVEL", with: "normal"))
        func region(_ arguments: [String]) async throws -> ProgramResult {
            try await Program.run(Place.program("citizen-id"), ["region"] + arguments)
        }
        let plan = try await region(["plan"] + here.regionFiles + [high, "--data", here.data])
        #expect(plan.status == 2 && plan.output.contains("+ client lower-portal"), "\(plan)")
        let diff = ["diff", "--from"] + here.regionFiles + [high, "--to"] + here.regionFiles + [low]
        let refused = try await region(diff)
        #expect(refused.status == 2, "\(refused)")
        #expect(refused.output.contains("~ client lower-portal: required_level substantiell → normal"), "\(refused)")
        #expect(refused.output.contains("--lower-levels"), "\(refused)")
        let meant = try await region(diff + ["--lower-levels", "--json"]).json()
        #expect(meant["objections"]?.array?.isEmpty == true)
        let same = try await region(["diff", "--from"] + here.regionFiles + ["--to"] + here.regionFiles)
        #expect(same.status == 0 && same.output == "No difference.\n", "\(same)")
    }
}
