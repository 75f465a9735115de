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
        #expect(list.lines.contains { $0.hasPrefix("test-portal") && $0.contains(" yes ") }, "\(list)")
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

    @Test(arguments: [
        ["desk", "ticket", "--tenant", "marl", "--person", "-"], ["client", "list"], ["client", "show", "x"],
        ["keys", "list"], ["keys", "rotate"],
    ])
    func `without a server each command says so`(arguments: [String]) async throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let person = try folder.write("person.json", "{}")
        let result = try await Program.run(
            Place.program("citizen-id"), arguments + ["--data", folder.path, "--json"], input: person)
        #expect(result.status == 3, "\(result)")
        #expect(try result.json()["error"]?.string == "not_reached")
        #expect(result.errors.contains(folder.path + "/admin.sock"))
    }
}
