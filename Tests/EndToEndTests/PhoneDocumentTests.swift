import ArgumentParser
import Foundation
import OpenIDMessages
import Testing

@testable import citizen_phone

@Suite("What citizen-phone says of itself", .inTurn, .endsInTime)
struct PhoneDocumentTests {
    @Test func `the documentation has every exit status with its word, and no other`() throws {
        let text = try Program.text(of: Place.source("docs/citizen-phone.md"))
        let section = try #require(text.components(separatedBy: "\n## Exit statuses\n").dropFirst().first)
            .components(separatedBy: "\n## ")[0]
        let rows = section.split(separator: "\n").compactMap { line in
            line.firstMatch(of: /^\| (\d+) \| `(\w+)` \| \S/).map { "\($0.output.1) \($0.output.2)" }
        }
        #expect(rows == ExitStatus.allCases.map { "\($0.rawValue) \($0.name)" })
    }

    @Test func `no help shows a value as a program's text writes it`() {
        let commands = Self.commands(CitizenPhone.self)
        #expect(commands.count > 40)
        for command in commands {
            let help = CitizenPhone.helpMessage(for: command, columns: 200)
            #expect(help.firstMatch(of: /default: \w+\(/) == nil, "\(help)")
        }
        #expect(CitizenPhone.helpMessage(for: FleetLoginCommand.self, columns: 200).contains("(default: 10.0/s)"))
    }

    private static func commands(_ command: any ParsableCommand.Type) -> [any ParsableCommand.Type] {
        [command] + command.configuration.subcommands.flatMap(commands)
    }

    @Test(arguments: ["citizen-phone", "citizen-id"])
    func `a program says its version`(program: String) async throws {
        let result = try await Program.run(Place.program(program), ["--version"])
        #expect(result.status == 0 && result.output == ProductVersion.text + "\n", "\(result)")
    }

    @Test func `people are printed as JSON, asked for or not`() async throws {
        for command in [["fleet", "people", "2"], ["personas", Place.source("Personas/erika.yaml")]] {
            let plain = try await Program.run(Place.program("citizen-phone"), command)
            let asked = try await Program.run(Place.program("citizen-phone"), command + ["--json"])
            #expect(plain.status == 0 && asked.status == 0 && plain.output == asked.output, "\(asked)")
            for line in asked.lines { _ = try StrictJSON.parseObject(Array(line.utf8)) }
        }
    }

    @Test(arguments: ["gone.png", "/nowhere/receipt.json", "receipts/gone.json", "gone.txt"])
    func `explain of a file that is not there says so`(source: String) async throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let result = try await Program.run(
            Place.program("citizen-phone"), ["explain", source, "--home", folder.path, "--json"])
        try expectFailure(result, 19, "file")
        #expect(result.errors.contains("ist nicht da") || result.errors.contains("is not there"), "\(result)")
        for text in ["https://id.example/app/s/a.b", "WIFI:S:cafe/bar;;", "eyJhbGciOiJub25lIn0.e30.AAAA", "a/b c"] {
            #expect(!ExplainCommand.looksLikePath(text), "\(text)")
        }
    }
}
