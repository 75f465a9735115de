import ChildProcesses
import Foundation
import OpenIDMessages
import Testing

@Suite("citizen-phone fleet: load at a given rate", .inTurn, .endsInTime)
struct FleetTests {
    @Test func `people are made up, get tickets and phones, and log in at a rate`() async throws {
        // Twelve phones at once are more than one address may enrol, elsewhere.
        let here = try await Installation.start(environment: [
            "CITIZEN_ID_LIMITS_CODES_PER_MINUTE": "6000", "CITIZEN_ID_LIMITS_LOGINS_PER_MINUTE": "60000",
        ])
        let fleet = try here.newPhone()
        let made = try await fleet.fleet("people", "12", "--seed", "7")
        let again = try await fleet.fleet("people", "12", "--seed", "7")
        #expect(made.status == 0 && made.output == again.output, "the same seed, the same people")
        #expect(Set(made.output.split(separator: "\n")).count == 12)
        let people = try here.folder.write("people.jsonl", made.output)
        let tickets = try await here.administer("desk", "tickets", "--tenant", "marl", "--people", people)
        #expect(tickets.status == 0 && tickets.output.split(separator: "\n").count == 12, "\(tickets)")
        let links = try here.folder.write("links.txt", tickets.output)
        // What was made before a person is refused is printed all the same.
        let more = #"{"given_name": "Uwe", "family_name": "Neu", "birthdate": "1981-01-01"}"# + "\n" + made.output
        let refused = try await here.administer(
            "desk", "tickets", "--tenant", "marl", "--people", try here.folder.write("more.jsonl", more), "--json")
        #expect(refused.status == 1 && refused.errors.contains("Line 2"), "\(refused)")
        #expect(try StrictJSON.parseObject(Array((refused.lines.first ?? "").utf8))["link"] != nil, "\(refused)")
        // Whoever knows that they are all new says so, also where somebody among them is like nobody.
        let mixed = #"{"given_name": "Ida", "family_name": "Neu", "birthdate": "1982-02-02"}"# + "\n" + more
        let allNew = try await here.administer(
            "desk", "tickets", "--tenant", "marl", "--people", try here.folder.write("mixed.jsonl", mixed), "--new")
        #expect(allNew.status == 0 && allNew.output.split(separator: "\n").count == 14, "\(allNew)")

        let empty = try await fleet.run("fleet", here.loginURL, "--pin-file", fleet.pinFile, "--json")
        try expectFailure(empty, 10, "not_enrolled")
        let enrolled = try await fleet.run([
            "fleet", "enrol", links, "--pin-file", fleet.pinFile, "--simulator-key",
            here.certificates + "/simulator-attester-key.pem", "--simulator-certificate",
            here.certificates + "/simulator-attester.pem", "--json",
        ])
        #expect(try enrolled.status == 0 && enrolled.json()["enrolled"] == 12, "\(enrolled)")

        for flow in ["qr", "link"] {
            let load = try await fleet.run([
                "fleet", here.loginURL, "--phones", "12", "--rate", "300/min", "--seconds", "4", "--flow", flow,
                "--pin-file", fleet.pinFile, "--json",
            ])
            #expect(load.status == 0, "\(load)")
            let figures = try load.json()
            #expect(figures["logins"] == 20 && figures["succeeded"] == 20 && figures["phones"] == 12)
            #expect((figures["failed"]?.object?.members.count) == 0)
            #expect((figures["failed_since_due"]?.object?.members.count) == 0)
            let times = try #require(figures["since_due"]?.object)
            let median = try #require(times["p50_us"]?.integer)
            #expect(median > 0 && median <= (times["max_us"]?.integer ?? 0))
            #expect((figures["took_ms"]?.integer ?? 0) >= 3_800, "the last login is due in the fourth second")
        }

        // A wrong PIN is told by its code, and the phones go on being usable.
        let wrong = try here.folder.write("wrong.pin", "999999\n")
        let failed = try await fleet.run([
            "fleet", here.loginURL, "--phones", "1", "--rate", "1/s", "--seconds", "1", "--pin-file", wrong, "--json",
        ])
        #expect(try failed.status == 23 && failed.json()["failed"]?.object?["not_accepted"] == 1, "\(failed)")
        let lost = try #require(try failed.json()["failed_since_due"]?.object?["max_us"]?.integer)
        #expect(lost > 0, "how long those took that failed is told, too")
        let text = try await fleet.run([
            "fleet", here.loginURL, "--phones", "2", "--rate", "2/s", "--seconds", "1", "--pin-file", fleet.pinFile,
        ])
        #expect(text.status == 0 && text.output.contains("Logged in: 2"), "\(text)")
        try await watched(fleet)
        try await here.stopProvider()
    }

    /// On a terminal the figures are one line that changes.
    private func watched(_ fleet: Phone) async throws {
        let terminal = try PseudoTerminal()
        let process = try Program.start(
            Place.program("citizen-phone"),
            [
                "fleet", fleet.here.loginURL, "--phones", "2", "--rate", "2/s", "--seconds", "2", "--pin-file",
                fleet.pinFile,
            ] + fleet.options, at: terminal)
        while process.isRunning {
            _ = terminal.transcript
            try await Task.sleep(for: .milliseconds(20))
        }
        let shown = terminal.transcript
        #expect(process.status == 0, "\(shown)")
        // The terminal makes "\r\n" of "\n": what returns without a new line is the line that changes.
        let returns = shown.unicodeScalars.split(separator: "\n").count { $0.dropLast().contains("\r") }
        #expect(returns > 0, "\(shown.debugDescription)")
    }

    @Test(arguments: [
        ["--rate", "0/s"], ["--rate", "-1/s"], ["--rate", "5"], ["--rate", "5/h"], ["--rate", "1e9/s"],
        ["--rate", "nan/s"], ["--phones", "0"], ["--seconds", "0"],
    ])
    func `options that make no sense are refused before anything is done`(options: [String]) async throws {
        let result = try await Program.run(
            Place.program("citizen-phone"), ["fleet", "https://portal.example/login", "--json"] + options)
        try expectFailure(result, 64, "usage")
    }

    @Test func `a file of people with a line that is none records nobody`() async throws {
        let folder = try TemporaryFolder()
        let people = try folder.write("people.jsonl", "{\"given_name\": \"Ada\", \"family_name\": \"Eins\"}\nAda\n")
        let result = try await Program.run(
            Place.program("citizen-id"),
            ["desk", "tickets", "--tenant", "marl", "--people", people, "--data", folder.path, "--json"])
        // Before the server is looked for, which is not there.
        #expect(try result.status == 2 && result.json()["error"] == "file", "\(result)")
        #expect(result.errors.contains("Line 2") || result.output.contains("Line 2"), "\(result)")
    }
}

extension Phone {
    /// A command of the fleet that needs none of a phone's options.
    func fleet(_ arguments: String...) async throws -> ProgramResult {
        try await Program.run(Place.program("citizen-phone"), ["fleet"] + arguments)
    }
}
