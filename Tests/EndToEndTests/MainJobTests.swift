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
}
