import ChildProcesses
import Foundation
import OpenIDMessages
import Testing

@testable import citizen_phone

/// The library's articles, and the client that they quote.
@Suite("DeviceAuthenticator for others: articles and example", .inTurn, .endsInTime)
struct LibraryDocumentationTests {
    private static let catalogue = Place.source("Sources/DeviceAuthenticator/DeviceAuthenticator.docc")

    @Test func `the example enrols, logs in and says what is wrong`() async throws {
        let here = try await Installation.start()
        let pin = try here.folder.write("example.pin", "135790\nyes\n")
        let undecided = try here.folder.write("example-undecided.pin", "135790\n")
        let wrongPIN = try here.folder.write("example-wrong.pin", "999999\nyes\n")
        func client(_ link: String, pin: String) async throws -> ProgramResult {
            try await Program.run(
                Place.program("device-client"), [here.folder.path + "/example", link, here.ca], input: pin)
        }
        let enrolled = try await client(try await here.ticket(), pin: pin)
        #expect(enrolled.status == 0 && enrolled.output.contains("block code"), "\(enrolled)")

        let browser = try Browser(here)
        // With a session at the provider a browser would not ask any phone.
        func link() async throws -> String {
            try #require(try await Browser(here).open(here.loginURL).sameDeviceLink)
        }
        // On this device the login ends in the browser, and only there.
        let begun = try #require(try await browser.open(here.loginURL).sameDeviceLink)
        let approved = try await client(begun, pin: pin)
        #expect(approved.status == 0 && approved.output.contains("The login is awaiting_return."), "\(approved)")
        let back = try #require(approved.lines.last?.split(separator: " ").last)
        let account = try await browser.load(String(back))
        #expect(account.status == 200 && account.address == here.portalURL + "/account", "\(account)")
        let denied = try await client(try await link(), pin: undecided)
        #expect(denied.status == 0 && denied.output.contains("The login is denied."), "nobody said yes: \(denied)")

        // From another screen: the digits go into the browser, and then the person is asked.
        let other = try Browser(here)
        let loaded = try await other.load(here.loginURL)
        let page = try #require(LoginPage(html: loaded.text), "\(loaded)")
        let terminal = try PseudoTerminal()
        let process = try Program.start(
            Place.program("device-client"), [here.folder.path + "/example", try #require(page.qrLink), here.ca],
            at: terminal)
        terminal.type("135790\r")
        let digits = try await shown(/Type ([0-9]{8}) there/, at: terminal)
        let form = try #require(try await other.open(loaded.address).codeForm)
        _ = try await other.load(
            here.issuer + form.action, fields: form.hidden + [("code", digits)])
        _ = try await shown(/(\[yes\/no\])/, at: terminal)
        terminal.type("yes\r")
        #expect(try await shown(/The login is ([a-z_]+)\./, at: terminal) == "complete")
        while process.isRunning { try await Task.sleep(for: .milliseconds(5)) }
        #expect(process.status == 0, "\(terminal.transcript)")

        let refused = try await client(try await link(), pin: wrongPIN)
        #expect(refused.status == 1 && refused.output.contains("Tries left"), "\(refused)")
        let foreign = try await client("https://id.example/app/l/x#y", pin: pin)
        #expect(foreign.status == 1 && !foreign.output.isEmpty, "\(foreign)")
        let usage = try await Program.run(Place.program("device-client"), [])
        #expect(usage.status == 64 && usage.output.contains("usage"))
    }

    private func shown(_ pattern: Regex<(Substring, Substring)>, at terminal: PseudoTerminal) async throws -> String {
        let deadline = ContinuousClock.now + .seconds(60)
        while ContinuousClock.now < deadline {
            if let match = terminal.transcript.firstMatch(of: pattern) { return String(match.output.1) }
            try await Task.sleep(for: .milliseconds(5))
        }
        throw Program.Overdue(arguments: [terminal.transcript])
    }

    @Test func `every block of code in an article stands in the example`() throws {
        let example = try Program.text(of: Place.source("Examples/device-client/main.swift"))
        let lines = Set(example.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) })
        var quoted = 0
        for name in try FileManager.default.contentsOfDirectory(atPath: Self.catalogue) {
            let article = try Program.text(of: Self.catalogue + "/" + name)
            for block in article.matches(of: /```swift\n((?:.|\n)*?)```/) {
                for line in block.output.1.split(separator: "\n") {
                    quoted += 1
                    let code = line.trimmingCharacters(in: .whitespaces)
                    #expect(lines.contains(code), "\(name): \(code)")
                }
            }
        }
        #expect(quoted >= 10)
    }

    /// DocC over the module that the tests were built with: a link to a declaration that is gone is a warning.
    @Test func `the articles and the comments of public declarations build without a warning`() async throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let (graphs, output) = (folder.path + "/graphs", folder.path + "/output")
        try FileManager.default.createDirectory(atPath: graphs, withIntermediateDirectories: true)
        let products = Place.program("")
        var arguments = [
            "swift", "symbolgraph-extract", "-module-name", "DeviceAuthenticator", "-I", products + "Modules",
            "-target", Self.target, "-minimum-access-level", "public", "-output-dir", graphs,
        ]
        for map in try Self.moduleMaps(products) { arguments += ["-Xcc", "-fmodule-map-file=" + map] }
        let extracted = try await Program.run("/usr/bin/env", arguments, atOnce: true)
        try #require(extracted.status == 0, "\(extracted)")
        let built = try await Program.run(
            "/usr/bin/env",
            [
                "docc", "convert", Self.catalogue, "--additional-symbol-graph-dir", graphs, "--output-dir", output,
                "--fallback-display-name", "DeviceAuthenticator", "--fallback-bundle-identifier",
                "org.citizen-id.DeviceAuthenticator", "--warnings-as-errors",
            ], atOnce: true)
        #expect(built.status == 0, "\(built)")
        #expect(
            FileManager.default.fileExists(atPath: output + "/data/documentation/deviceauthenticator/enrolling.json"))
    }

    private static let target: String = {
        #if arch(arm64)
            "aarch64-unknown-linux-gnu"
        #else
            "x86_64-unknown-linux-gnu"
        #endif
    }()

    /// Of the C modules that the module was built with: SwiftPM's own, those of dependencies and those of this package.
    private static func moduleMaps(_ products: String) throws -> [String] {
        func below(_ folder: String, _ isWanted: (String) -> Bool) -> [String] {
            let paths = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
            return paths.filter { $0.hasSuffix("/module.modulemap") && isWanted($0) }.map { folder + "/" + $0 }
        }
        let made = try FileManager.default.contentsOfDirectory(atPath: products).filter { $0.hasSuffix(".build") }
            .map { products + $0 + "/module.modulemap" }.filter(FileManager.default.fileExists)
        let others = ["Tests/", "Benchmarks/", "SQLCipher"]
        let fetched = below(Place.source(".build/checkouts")) { path in
            path.hasSuffix("/include/module.modulemap") && !others.contains { path.contains($0) }
        }
        let own = below(Place.source("Sources")) { _ in true }
        return made + fetched + own
    }
}
