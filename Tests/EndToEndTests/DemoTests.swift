import ChildProcesses
import Foundation
import Glibc
import OpenIDMessages
import Testing

/// One after the other: each takes the first ports that are free.
@Suite("The demo, as the README starts it", .serialized, .inTurn, .endsInTime)
struct DemoTests {
    @Test func `the demo runs from nothing to the end of the sample and leaves nothing behind`() async throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let result = try await Program.run(
            Place.source("Scripts/demo"), [],
            environment: ["CITIZENID_BIN": Place.products, "TMPDIR": folder.path, "LC_ALL": "de_DE.UTF-8"],
            timeout: .seconds(300), atOnce: true)
        try #require(result.status == 0, "\(result)")
        let times = result.lines.compactMap { $0.firstMatch(of: /^\s+([0-9]+\.[0-9]{2})\ss\s/) }.compactMap {
            Double($0.output.1)
        }
        #expect(times.count >= 9 && times.contains { $0 != $0.rounded() }, "\(times)")
        let steps = result.lines.filter { $0.hasPrefix("== ") }
        #expect(steps.count >= 9, "\(steps)")
        // One decoded ID token for each flow.
        #expect(result.lines.filter { $0.contains(#""id_token": {"#) }.count == 2)
        #expect(
            result.lines.filter { $0.contains(#""acr": "sim:http://bsi.bund.de/eID/LoA/substantiell""#) }.count == 2)
        #expect(result.lines.filter { $0.contains(#""family_name": "Mustermann""#) }.count == 2)
        #expect(result.lines.filter { $0.contains("let in by the session") }.count == 2)
        #expect(result.lines.contains("You are logged out of this portal and of the login service"))
        #expect(result.lines.filter { $0.contains("has ended her session") }.count == 2)
        // The sample of the region: an employee under a mandate, the last administrator, another town's administrator.
        #expect(result.lines.contains { $0.hasPrefix("Max hears at Bottrop: ") }, "the limit of a mandate refuses")
        let permits = result.lines.filter { $0.contains("for Muster Elektrotechnik GmbH") && $0.contains("500.00 EUR") }
        #expect(permits.map { $0.prefix(14) } == ["Stadt Herten  ", "Stadt Bottrop "], "\(permits)")
        #expect(Set(permits.compactMap { $0.split(separator: " ").dropFirst(3).first }).count == 2, "\(permits)")
        #expect(result.output.contains("Let a successor accept, close the company"), "the ways out are named")
        #expect(result.lines.contains("Rosa reads Herten:  Stadt Herten"))
        #expect(result.lines.contains("Rosa reads Marl:    404, There is no such thing."))
        #expect(result.lines.contains("Marl's audit trail: admin.cross_tenant_probe"))
        #expect(result.output.contains("Everything that was started has been stopped."))
        for match in Set(result.output.matches(of: /https:\/\/localhost:([0-9]+)/).compactMap { Int($0.output.1) }) {
            #expect(!Port.isListening(match), "port \(match)")
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
    }

    @Test func `the demo that goes on says what to type, and stops all that it started when it is told to`()
        async throws
    {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let (output, data) = (folder.path + "/output", folder.path + "/data")
        let demo = try Program.start(
            Place.source("Scripts/demo"), ["--keep", "--data", data], environment: ["CITIZENID_BIN": Place.products],
            output: output, errors: folder.path + "/errors")
        let deadline = ContinuousClock.now + .seconds(300)
        while try !Program.text(of: output).contains("The data      stay in") {
            guard demo.isRunning, ContinuousClock.now < deadline else {
                Issue.record("the demo did not come so far: \(try Program.text(of: output))")
                return
            }
            try await Task.sleep(for: .milliseconds(50))
        }
        let said = try Program.text(of: output)
        // What it says is typed as it stands, in the end with --json.
        let pin = try folder.write("pin", "135790")
        for (what, adding) in [("Both at once", ["--pin-file", pin]), ("Her account", [])] {
            let line = try #require(said.split(separator: "\n").first { $0.hasPrefix(what) })
            let words = line.dropFirst(what.count).prefix { $0 != "(" }.split(separator: " ").map(String.init)
            let result = try await Program.run(words[0], Array(words.dropFirst()) + adding, atOnce: true)
            #expect(result.status == 0, "\(what): \(result)")
        }
        // Both sides of every attack, and every situation but those that wait until time is over.
        let slow = ["expired", "back-channel-silence"].map { Place.source("Scenarios/\($0).yaml") }
        for what in ["Attack it", "Play all"] {
            let line = try #require(said.split(separator: "\n").first { $0.hasPrefix(what) }).dropFirst(what.count)
            let result = try await Program.run(
                "/bin/bash", ["-c", "GLOBIGNORE='\(slow.joined(separator: ":"))'; \(line) --json"],
                timeout: .seconds(300), atOnce: true)
            #expect(result.status == 0, "\(what): \(result)")
            let attacks = try (result.json()["attacks"]?.array ?? []).compactMap(\.object)
            #expect(attacks.allSatisfy { $0["result"] == "resisted" } && (what != "Attack it" || attacks.count == 15))
            let scenarios = try (result.json()["scenarios"]?.array ?? []).compactMap(\.object)
            #expect(what != "Play all" || scenarios.count { $0["result"] == "met" } >= 19, "\(scenarios)")
        }
        demo.send(SIGINT)
        while demo.isRunning { try await Task.sleep(for: .milliseconds(10)) }
        for match in Set(said.matches(of: /https:\/\/localhost:([0-9]+)/).compactMap { Int($0.output.1) }) {
            #expect(!Port.isListening(match), "port \(match)")
        }
        #expect(FileManager.default.fileExists(atPath: data + "/provider/citizen-id.sqlite"))
    }
}
