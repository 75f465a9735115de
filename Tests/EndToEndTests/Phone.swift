import Foundation
import OpenIDMessages
import Testing

@testable import citizen_phone

/// A profile of `citizen-phone` at an installation.
struct Phone: Sendable {
    let here: Installation
    let profile: String
    let pinFile: String

    var home: String { here.folder.path + "/phones" }
    var files: String { home + "/" + profile }
    var options: [String] { ["--home", home, "--profile", profile, "--ca", here.ca] }

    /// A command with the options that say which phone.
    func run(_ arguments: String...) async throws -> ProgramResult { try await run(arguments) }

    func run(_ arguments: [String], atOnce: Bool = false) async throws -> ProgramResult {
        try await Program.run(Place.program("citizen-phone"), arguments + options, atOnce: atOnce)
    }

    /// The same under strace (`Strace.command`).
    func run(_ arguments: [String], under strace: [String]) async throws -> ProgramResult {
        let command = strace + [Place.program("citizen-phone")] + arguments + options
        return try await Program.run(command[0], Array(command.dropFirst()), atOnce: true)
    }

    /// A browser at the login page whose login waits on the phone, and the page's way to give it up.
    func waitingLogin() async throws -> (Browser, LoginPage.Form) {
        let browser = try Browser(here)
        let page = try await browser.open(here.loginURL)
        let scanned = try await run("scan", try #require(page.sameDeviceLink), "--json")
        try #require(scanned.status == 0, "\(scanned)")
        return (browser, try #require(page.cancelForm))
    }

    /// Enrols with simulated hardware.
    func enrol(_ link: String, atOnce: Bool = false) async throws -> ProgramResult {
        try await run(
            [
                "enrol", link, "--pin-file", pinFile, "--evidence", "simulator", "--simulator-key",
                here.certificates + "/simulator-attester-key.pem", "--simulator-certificate",
                here.certificates + "/simulator-attester.pem", "--json",
            ], atOnce: atOnce)
    }

    /// Logs in; at the demo portal unless another address is given.
    func login(at url: String? = nil, _ more: String...) async throws -> ProgramResult {
        try await run(["login", url ?? here.loginURL, "--pin-file", pinFile, "--json"] + more)
    }

    /// Copies the profile as an interrupted command leaves it, and says where.
    func leaveCopy() throws -> String {
        let path = files + ".copy-interrupted"
        try FileManager.default.copyItem(atPath: files, toPath: path)
        return path
    }

    /// Logs in at the portal that the test plays and gives the callback's query. At once: what the portal pushed before lives
    /// for a minute.
    func callbackQuery(at url: String, _ more: String...) async throws -> [UInt8] {
        let result = try await run(
            ["login", url, "--pin-file", pinFile, "--json", "--stop-at-callback"] + more, atOnce: true)
        try #require(result.status == 0, "\(result)")
        return try Self.query(ofCallback: result)
    }

    static func query(ofCallback result: ProgramResult) throws -> [UInt8] {
        let callback = try #require(try result.json()["callback"]?.string)
        let mark = try #require(callback.firstIndex(of: "?"))
        return Array(callback[callback.index(after: mark)...].utf8)
    }
}

/// Expects a failed command: its exit status, the name of the status in `--json`, and the provider's code.
func expectFailure(
    _ result: ProgramResult, _ status: Int32, _ name: String, code: String? = nil,
    sourceLocation: SourceLocation = #_sourceLocation
) throws {
    #expect(result.status == status, "\(result)", sourceLocation: sourceLocation)
    let error = try #require(try result.json()["error"]?.object, "\(result)", sourceLocation: sourceLocation)
    #expect(error["status"]?.integer == Int64(status), sourceLocation: sourceLocation)
    #expect(error["name"]?.string == name, sourceLocation: sourceLocation)
    #expect(error["code"]?.string == code, sourceLocation: sourceLocation)
    #expect(!result.errors.isEmpty, "a person is told on standard error", sourceLocation: sourceLocation)
}
