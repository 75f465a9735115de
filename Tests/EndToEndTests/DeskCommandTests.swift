import Foundation
import OpenIDMessages
import Testing

@Suite("citizen-id desk ticket", .inTurn, .endsInTime)
struct DeskCommandTests {
    static let installation = Task { try await Installation.start(withPortal: false) }

    @Test func `a ticket is a link, a picture and a masked name`() async throws {
        let here = try await Self.installation.value
        let file = try here.personFile(family: "Kanarienvogel")
        let result = try await here.administer("desk", "ticket", "--tenant", "marl", "--person", file)
        #expect(result.status == 0)
        #expect(result.output.contains(here.issuer + "/app/e/"), "\(result)")
        #expect(result.output.contains("█"))
        #expect(!result.output.contains("Kanarienvogel"), "the screen of a desk can be seen by others")
    }

    @Test(
        arguments: [
            ("not JSON", 2, "file"), ("[]", 2, "file"), ("{}", 1, "invalid_request"),
            (#"{"given_name": "Erika"}"#, 1, "invalid_request"),
            (#"{"given_name": "Erika", "family_name": ""}"#, 1, "invalid_request"),
            (#"{"given_name": "Erika", "family_name": "M", "shoe_size": 38}"#, 1, "invalid_request"),
            (#"{"given_name": "Erika", "family_name": "M", "birthdate": "12.8.1964"}"#, 1, "invalid_request"),
            (#"{"given_name": "E", "given_name": "F", "family_name": "M"}"#, 2, "file"),
        ] as [(String, Int32, String)])
    func `a person's file that cannot be used`(text: String, status: Int32, code: String) async throws {
        let here = try await Self.installation.value
        let file = try here.folder.write("bad-\(UInt32.random(in: 0 ... .max)).json", text)
        let result = try await here.administer("desk", "ticket", "--tenant", "marl", "--person", file, "--json")
        #expect(result.status == status, "\(result)")
        #expect(try result.json()["error"]?.string == code, "\(result)")
        #expect(!result.errors.isEmpty)
    }

    @Test(arguments: [
        ("atlantis", "substantiell", "unknown_tenant"), ("MARL", "substantiell", "invalid_request"),
        ("marl", "hoch", "unknown_level"), ("marl", "high", "unknown_level"),
    ])
    func `a town or a level that is none`(tenant: String, level: String, code: String) async throws {
        let here = try await Self.installation.value
        let result = try await here.administer(
            "desk", "ticket", "--tenant", tenant, "--level", level, "--person", try here.personFile(family: "Level"),
            "--json")
        #expect(result.status == 1, "\(result)")
        #expect(try result.json()["error"]?.string == code, "\(result)")
    }
}
