import Foundation
import Testing

@Suite("The main job, done by the programs that citizens and towns use", .inTurn, .endsInTime)
struct MainJobTests {
    static let installation = Task { try await Installation.start() }

    /// Both flows at once, each with a phone of its own, as two citizens would.
    @Test(arguments: ["qr", "link"])
    func `a hundred logins in a row succeed`(flow: String) async throws {
        let phone = try await Self.installation.value.enrolledPhone(atOnce: true)
        let result = try await Program.run(
            Place.source("Tests/login-100-times"),
            [
                phone.here.loginURL, "--ca", phone.here.ca, "--home", phone.home, "--profile", phone.profile,
                "--pin-file", phone.pinFile, "--flow", flow, "--phone", Place.program("citizen-phone"),
            ], timeout: .seconds(600), atOnce: true)
        #expect(result.status == 0, "\(result)")
        #expect(result.lines.contains("\(flow): 100 logins without a failure"), "\(result)")
        print(result.lines.suffix(2).joined(separator: " "))
    }

    @Test func `the script stops at the first login that fails`() async throws {
        let here = try await Self.installation.value
        let phone = try here.newPhone()
        let result = try await Program.run(
            Place.source("Tests/login-100-times"),
            [
                here.loginURL, "--ca", here.ca, "--home", phone.home, "--profile", phone.profile, "--pin-file",
                phone.pinFile, "--phone", Place.program("citizen-phone"),
            ])
        #expect(result.status == 1)
        #expect(result.errors.contains("login 1 of 100 (qr) failed"), "\(result)")
    }

    @Test(arguments: [[], ["--count", "many", "https://localhost/"], ["--fast"]])
    func `the script says how it is used`(arguments: [String]) async throws {
        let result = try await Program.run(Place.source("Tests/login-100-times"), arguments)
        #expect(result.status == 64)
        #expect(result.errors.hasPrefix("usage: Tests/login-100-times URL"))
    }

    @Test func `the demo runs from nothing to the end of the sample and leaves nothing behind`() async throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let result = try await Program.run(
            Place.source("Scripts/demo"), [],
            environment: ["CITIZENID_BIN": Place.products, "TMPDIR": folder.path], timeout: .seconds(300), atOnce: true)
        try #require(result.status == 0, "\(result)")
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
        let permits = result.lines.filter { $0.contains("for Muster Elektrotechnik GmbH") && $0.contains("500.00 EUR") }
        #expect(permits.map { $0.prefix(14) } == ["Stadt Herten  ", "Stadt Bottrop "], "\(permits)")
        #expect(Set(permits.compactMap { $0.split(separator: " ").dropFirst(3).first }).count == 2, "\(permits)")
        #expect(result.output.contains("let a successor accept, close the company"), "the ways out are named")
        #expect(result.lines.contains("Rosa reads Herten:  Stadt Herten"))
        #expect(result.lines.contains("Rosa reads Marl:    404, There is no such thing."))
        #expect(result.lines.contains("Marl's audit trail: admin.cross_tenant_probe"))
        #expect(result.output.contains("Everything that was started has been stopped."))
        for match in Set(result.output.matches(of: /https:\/\/localhost:([0-9]+)/).compactMap { Int($0.output.1) }) {
            #expect(!Port.isListening(match), "port \(match)")
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
    }
}
