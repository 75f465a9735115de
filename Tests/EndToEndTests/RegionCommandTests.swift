import Foundation
import IdentityCrypto
import OpenIDMessages
import Testing

@Suite("citizen-id region and client", .inTurn, .endsInTime)
struct RegionCommandTests {
    static let installation = Task { try await Installation.start(withPortal: false) }

    /// A region with a mistake in each of four lines.
    static let mistaken = """
        clients:
          - id: new-portal
            tenant: atlantis
            name: Neues Portal
            redirect_uris: ["ftp://portal.example/callback"]
            colour: blue
            scopes: [openid, everything]

        """
    static let mistakenLines = [3, 5, 6, 7]

    private func check(_ files: [String], _ more: String...) async throws -> ProgramResult {
        try await Program.run(Place.program("citizen-id"), ["region", "check"] + files + more)
    }

    @Test func `good files are counted`() async throws {
        let here = try await Self.installation.value
        let text = try await check(here.regionFiles)
        #expect(text.status == 0)
        #expect(text.output.hasPrefix("Emscher-Lippe: 14 tenants, "), "\(text)")
        #expect(text.output.hasSuffix(" No mistakes.\n"), "\(text)")
        let json = try await check(here.regionFiles, "--json").json()
        #expect(json["valid"] == true)
        #expect(json["tenants"]?.integer == 14)
    }

    @Test func `every mistake is listed with its line`() async throws {
        let here = try await Self.installation.value
        let file = try here.folder.write("mistaken-check.yaml", Self.mistaken)
        let text = try await check(here.regionFiles + [file])
        #expect(text.status == 2)
        #expect(text.lines.count == Self.mistakenLines.count, "\(text)")
        for (line, said) in zip(Self.mistakenLines, text.lines) {
            #expect(said.hasPrefix("\(file):\(line):"), "\(said)")
        }
        let json = try await check(here.regionFiles + [file], "--json")
        #expect(json.status == 2)
        #expect(try json.json()["valid"] == false)
        #expect(try json.json()["mistakes"]?.strings == text.lines)
    }

    @Test func `a file that is not there is a mistake`() async throws {
        let result = try await check(["/nowhere/region.yaml"])
        #expect(result.status == 2)
        #expect(result.output.contains("/nowhere/region.yaml:1:"), "\(result)")
    }

    @Test func `a plan is shown, applied only with --yes, live at once and still there after a restart`() async throws {
        let here = try await Installation.start(withPortal: false)
        let key = here.portalKey.publicKey.listedJWK(identifier: "new").text
        let file = try here.folder.write(
            "new-portal.yaml",
            """
            clients:
              - id: new-portal
                tenant: marl
                name: Neues Portal
                redirect_uris: ["\(here.portalURL)/new/callback"]
                jwks: {keys: [\(key)]}
                scopes: [openid]

            """)
        let apply = ["region", "apply"] + here.regionFiles + [file, "--data", here.data]

        let shown = try await Program.run(Place.program("citizen-id"), apply)
        #expect(shown.status == 2, "\(shown)")
        #expect(shown.output.contains("new-portal"), "\(shown)")
        #expect(shown.output.contains("Nothing was changed. Apply it with --yes."))
        #expect(try await !here.administer("client", "list").output.contains("new-portal"))

        let applied = try await Program.run(Place.program("citizen-id"), apply + ["--yes"])
        #expect(applied.status == 0, "\(applied)")
        #expect(applied.output.hasSuffix("Applied.\n"))
        #expect(try await here.administer("client", "list").output.contains("new-portal"))
        #expect(try await here.administer("client", "show", "new-portal").output.contains("tenant: marl"))

        let again = try await Program.run(Place.program("citizen-id"), apply + ["--json"])
        #expect(again.status == 0, "\(again)")
        #expect(try again.json()["plan"]?.array?.isEmpty == true)

        try await here.killProvider()
        try await here.startProvider()
        #expect(try await here.administer("client", "list").output.contains("new-portal"))
        let log = try Program.text(of: here.providerLog)
        #expect(log.contains("which stays in force"), "the start says that its files are no longer what counts")
    }

    @Test("each change of the file is in the trail of the town whose it is: names of what changed, no values")
    func trail() async throws {
        let here = try await Installation.start(withPortal: false)
        let shipped = try String(contentsOfFile: Place.source("Config/emscher-lippe.yaml"), encoding: .utf8)
        func change(_ text: String, _ more: (String, String)...) throws -> String {
            try more.reduce(text) { text, pair in
                try #require(text.contains(pair.0), "\(pair.0)")
                return text.replacing(pair.0, with: pair.1, maxReplacements: 1)
            }
        }
        func apply(_ text: String) async throws {
            let file = try here.folder.write("region-\(UInt32.random(in: 0 ... .max)).yaml", text)
            let files = [file] + here.regionFiles.dropFirst()
            let applied = try await here.administer(["region", "apply"] + files + ["--yes"])
            #expect(applied.status == 0, "\(applied)")
        }
        func events(_ tenant: String?) async throws -> [String] {
            let shown = try await here.administer(
                ["audit", "show", "--json"] + (tenant.map { ["--tenant", $0] } ?? []))
            return try (shown.json()["events"]?.array ?? []).compactMap(\.object).filter {
                $0["kind"]?.string != "key.created"
            }.compactMap { event in
                guard tenant != nil || event["chain"] == "(region)" else { return nil }
                return event["kind"]?.string.map { $0 + " " + (event["object"]?.string ?? "") }
            }.reversed()
        }
        #expect(try await events("dorsten").isEmpty, "the first region is nobody's change")

        let moved = try change(
            shipped,
            (
                "[serviceportal.dorsten.de] # confirmed\n    floor: normal",
                "[serviceportal.dorsten.de]\n    floor: substantiell"
            ),
            ("ags: \"05562014\"\n    operator: gkd-re", "ags: \"05562014\"\n    operator: krzn"),
            ("short_name: gkd-el", "short_name: GKD-EL"),
            ("parken@herten.example", "bewohnerparken@herten.example"),
            (
                "contexts: [citizen, company]\n    required_level: normal",
                "contexts: [citizen, company]\n    required_level: substantiell"
            ),
            (
                "name: Serviceportal Stadt Bottrop\n",
                "name: Serviceportal Stadt Bottrop\n    state: suspended\n"
            ))
        try await apply(moved)
        // What follows from the floor is a change of the client as well.
        #expect(
            try await events("dorsten") == [
                "tenant.changed floor", "service.changed hundeanmeldung: required_level",
                "client.changed dorsten-portal: required_level",
            ])
        #expect(try await events("gladbeck").contains("tenant.changed operator"))
        #expect(try await events("gelsenkirchen").contains("operator.changed gkd-el: short_name"))
        #expect(try await events(nil).contains("operator.changed gkd-el: short_name"))
        #expect(try await events("herten").contains("template.upgraded bewohnerparken: contact"))
        #expect(try await events("bottrop").contains("client.changed bottrop-portal: state suspended"))
        #expect(try await events("marl") == ["service.changed hundeanmeldung: required_level"])

        let added =
            moved + """

                  - id: second-portal
                    tenant: bottrop
                    name: Zweites Portal
                    redirect_uris: [https://serviceportal.bottrop.example/zweites]
                    jwks: {keys: [\(here.portalKey.publicKey.listedJWK(identifier: "new").text)]}
                    scopes: [openid]

                """
        try await apply(added)
        try await apply(moved)
        let ends = try await events("bottrop").suffix(2)
        #expect(ends == ["client.registered second-portal", "client.removed second-portal"])
        // Whose approvals are taken out of the file is in force no more.
        let approvals =
            "    approvals: {service_owner: gelsenkirchen-fachamt, dpo: gelsenkirchen-datenschutz, "
            + "version: 1.0.0}\n"
        let next = "  - template: bewohnerparken\n    version: 1.0.0\n    tenant: herten\n"
        try await apply(change(moved, (approvals + next, next)))
        try await apply(moved)
        let adoptions = try await events("gelsenkirchen").filter { $0.hasPrefix("template.") }.suffix(2)
        #expect(adoptions.map { $0.prefix { $0 != " " } } == ["template.withdrawn", "template.adopted"])
        #expect(try await here.administer("audit", "verify").status == 0)
    }

    @Test func `mistakes are listed and nothing is changed, even with --yes`() async throws {
        let here = try await Self.installation.value
        let file = try here.folder.write("mistaken-apply.yaml", Self.mistaken)
        let result = try await Program.run(
            Place.program("citizen-id"), ["region", "apply"] + here.regionFiles + [file, "--yes", "--data", here.data])
        #expect(result.status == 2, "\(result)")
        #expect(result.lines.count == Self.mistakenLines.count, "\(result)")
        #expect(try await !here.administer("client", "list").output.contains("new-portal"))
    }

    @Test func `clients are listed and shown`() async throws {
        let here = try await Self.installation.value
        let list = try await here.administer("client", "list")
        #expect(list.status == 0)
        #expect(list.lines.first?.hasPrefix("CLIENT") == true)
        #expect(list.lines.first?.contains(" PROFILE ") == true, "a legacy client is found without asking for each")
        for (name, profile) in [("test-portal", " baseline "), ("fapi2-portal", " fapi2 ")] {
            let line = list.lines.first { $0.hasPrefix(name + " ") } ?? ""
            #expect(line.contains(profile) && line.contains(" yes "), "\(list)")
        }
        let clients = try await here.administer("client", "list", "--json").json()["clients"]?.array
        #expect(clients?.allSatisfy { $0.object?["profile"]?.string != nil } == true)
        let show = try await here.administer("client", "show", "test-portal", "--json").json()
        #expect(show["redirect_uris"]?.strings == [here.portalURL + "/test/callback"])
        #expect(show["key_ids"]?.strings == [here.portalKey.thumbprint.rawValue])
    }

    @Test(arguments: ["nobody", "../keys", "a b", "ü"])
    func `a client that is unknown`(name: String) async throws {
        let here = try await Self.installation.value
        let result = try await here.administer("client", "show", name, "--json")
        #expect(result.status == 1, "\(result)")
        #expect(try result.json()["error"]?.string == "unknown_client", "\(result)")
        #expect(result.errors.contains("`citizen-id client list`"), "\(result)")
    }

    @Test(
        .enabled(if: Strace.isInstalled, "strace is needed"),
        arguments: [
            ["desk", "ticket", "--tenant", "marl", "--person", "-"], ["client", "list"], ["client", "show", "x"],
            ["keys", "list"], ["keys", "rotate"], ["audit", "show"], ["audit", "verify"],
        ])
    func `without a server each command says so, and tries the socket once`(arguments: [String]) async throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let person = try folder.write("person.json", "{}")
        let result = try await Program.run(
            "/usr/bin/strace",
            [
                "-f", "-qq", "-e", "trace=connect", "-o", folder.path + "/calls", Place.program("citizen-id"),
            ] + arguments + ["--data", folder.path, "--json"], input: person)
        #expect(result.status == 3, "\(result)")
        #expect(try result.json()["error"]?.string == "not_reached")
        #expect(result.errors.contains(folder.path + "/admin.sock"))
        let calls = try Program.text(of: folder.path + "/calls").split(separator: "\n")
        #expect(calls.count { $0.contains("admin.sock") } == 1, "\(calls)")
    }

    @Test func `administration over the network that hangs up is called once`() async throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let called = try await WrongServer.run(tls: nil, hangUp: .atOnce) { server in
            let result = try await Program.run(
                Place.program("citizen-id"),
                [
                    "admin", "login", "--issuer", "https://localhost:\(server.port)", "--url",
                    "https://localhost:\(server.port)", "--folder", folder.path + "/administrator", "--json",
                ])
            #expect(result.status == 3, "\(result)")
            return server.connections
        }
        #expect(called == 1)
    }
}
