import ArgumentParser
import DeviceAuthenticator
import Foundation
import IdentityCrypto
import OpenIDMessages
import Synchronization

/// `citizen-phone fleet`
struct FleetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fleet",
        abstract: "Many phones that log in at a given rate: load for an installation of your own.",
        discussion:
            "First `fleet people` and `citizen-id desk tickets`, then `fleet enrol`, then `fleet login URL`. The "
            + "provider limits the calls of one address; an installation for such a test is given higher limits "
            + "(docs/citizen-phone.md).",
        subcommands: [FleetPeopleCommand.self, FleetEnrolCommand.self, FleetLoginCommand.self],
        defaultSubcommand: FleetLoginCommand.self)
}

/// `citizen-phone fleet people COUNT`
struct FleetPeopleCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "people", abstract: "Make people up, a JSON object a line, for `citizen-id desk tickets`.")

    @Argument(help: "How many.")
    var count: Int

    @Option(help: "The same people for the same number.")
    var seed: UInt64 = 1

    @Flag(help: "A JSON object a line, as without it.")
    var json = false

    func validate() throws {
        guard (1...100_000).contains(count) else { throw ValidationError("From 1 to 100000 people.") }
    }

    func run() {
        for person in MadeUpPeople(seed: seed).prefix(count) { print(person.text) }
    }
}

/// `citizen-phone fleet enrol FILE`
struct FleetEnrolCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "enrol", abstract: "Enrol a phone with each enrolment link of a file, a link a line.")

    @OptionGroup var shared: SharedOptions
    @OptionGroup var pinOptions: PINOptions
    @OptionGroup var simulator: SimulatorOptions

    @Argument(help: "The file with the links that `citizen-id desk tickets` printed.")
    var links: String

    func run() async throws {
        let shared = shared
        try await shared.run(fleetOf: FleetLoginCommand.connections) { (folder, console) in
            let lines = try PublicFile.text(links).split(whereSeparator: \.isNewline).map(String.init)
            guard !lines.isEmpty else { throw CommandFailure(.usage, developer: "\(links) has no links.") }
            let evidence = try simulator.evidence()
            let progress = ProgressLine(console)
            defer { progress.end() }
            try await folder.enrol(lines, pin: try pinOptions.read(), evidence: evidence) { done in
                progress.show("\(done) of \(lines.count) phones enrolled", isLast: done == lines.count)
            }
            return Report(
                json: ["enrolled": .integer(Int64(lines.count))], lines: ["\(lines.count) phones enrolled."])
        }
    }
}

/// `citizen-phone fleet login URL`
struct FleetLoginCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "login", abstract: "Log in at a portal at a given rate, each time with another phone.",
        discussion:
            "Logins begin when they are due, whatever has become of those before, and their time counts from then. "
            + "The exit status is 0 when all came to the portal, and 23 when one did not.")

    static let connections = 4096

    @OptionGroup var shared: SharedOptions
    @OptionGroup var pinOptions: PINOptions
    @OptionGroup var faults: FaultOptions

    @Argument(help: "The address at the portal that begins the login.")
    var url: String

    @Option(help: "How many of the fleet's phones take part; all of them unless given.")
    var phones: Int?

    @Option(help: ArgumentHelp("How many logins begin, e.g. 50/s or 300/min.", valueName: "rate"))
    var rate = FleetRate(argument: "10/s")!

    @Option(help: ArgumentHelp("For how long logins begin.", valueName: "seconds"))
    var seconds = 30

    @Option(help: "How the phones learn of the login: qr (another screen) or link (the same device).")
    var flow = LoginCommand.Flow.qr

    func validate() throws {
        guard phones.map({ $0 > 0 }) ?? true else { throw ValidationError("At least one phone.") }
        guard (1...86_400).contains(seconds) else { throw ValidationError("From 1 second to a day.") }
    }

    func run() async throws {
        try await shared.run(fleetOf: Self.connections) { (folder, console) in
            guard let address = WebAddress(url) else {
                throw CommandFailure(
                    .usage, developer: "The address must begin with https:// (or http:// on this machine).")
            }
            let found = try folder.phones(atMost: phones ?? .max, faults: faults.fault)
            guard !found.isEmpty, found.count >= phones ?? 1 else {
                throw CommandFailure(
                    .notEnrolled,
                    developer: "The fleet has \(found.count) phones. Enrol more with `citizen-phone fleet enrol`.")
            }
            let load = FleetLoad(
                phones: found, address: address,
                plan: LoginJourney.Plan(
                    flow: flow, answer: .approve(try pinOptions.read()), released: nil, context: nil,
                    stopsAtCallback: false),
                rate: rate, count: rate.logins(in: seconds), transport: folder.transport,
                language: shared.language.rawValue)
            let figures = FleetFigures()
            let start = ContinuousClock.now
            let progress = ProgressLine(console)
            await withTaskGroup(of: Void.self) { group in
                group.addTask {
                    while (try? await Task.sleep(for: .seconds(1))) != nil {
                        progress.show(figures.summary.line(after: Int((.now - start) / .seconds(1))))
                    }
                }
                await load.run(figures)
                group.cancelAll()
            }
            progress.end()
            return Self.report(figures.summary, load: load, took: ContinuousClock.now - start)
        }
    }

    static func report(_ summary: FleetSummary, load: FleetLoad, took: Duration) -> Report {
        let milliseconds = Int64(took / .milliseconds(1))
        let begun = Double(load.count) / load.rate.perSecond
        let achieved = Double(summary.succeeded) / max(took / .seconds(1), begun)
        let rate = (achieved * 10).rounded() / 10
        var lines = [
            "\(load.count) logins with \(load.phones.count) phones, \(load.rate.perSecond) due each second.",
            "Logged in: \(summary.succeeded), \(rate) each second. Under way at once: \(summary.mostInFlight) at most.",
        ]
        lines += summary.timeLines
        if summary.latecomers > 0 {
            lines.append(
                "\(summary.latecomers) began later than they were due: the fleet has too few phones, or its machine is too slow."
            )
        }
        let failures = summary.failures.sorted { $0.value > $1.value }
        lines += failures.map { "Failed: \($0.value) with \(TerminalText.visible($0.key))" }
        if !failures.isEmpty { lines.append("From the due moment to the failure: \(summary.failedSinceDue.text)") }
        var kinds: JSONObject = [:]
        for failure in failures { kinds[failure.key] = .integer(Int64(failure.value)) }
        return Report(
            json: [
                "logins": .integer(Int64(load.count)), "phones": .integer(Int64(load.phones.count)),
                "succeeded": .integer(Int64(summary.succeeded)), "failed": .object(kinds),
                "took_ms": .integer(milliseconds), "most_under_way": .integer(Int64(summary.mostInFlight)),
                "late": .integer(Int64(summary.latecomers)), "since_due": .object(summary.sinceDue.json),
                "since_begin": .object(summary.sinceBegin.json),
                "failed_since_due": .object(summary.failedSinceDue.json),
            ], lines: lines, status: summary.failed == 0 ? .ok : .findings)
    }
}

extension SharedOptions {
    /// Runs a command with the fleet beside the profile.
    ///
    /// - Parameter connections: how many may be open at a time.
    func run(fleetOf connections: Int, _ body: (FleetFolder, Console) async throws -> Report) async throws {
        try await finishing {
            guard passphraseFile == nil else {
                throw CommandFailure(.usage, developer: "A fleet has no passphrase: it is for load and nothing else.")
            }
            let transport = try TLSTransport(
                additionalCA: extraCA, maximumLength: 1_048_576, connectionsAtOnce: connections)
            let folder = FleetFolder(
                path: folderPath + ".fleet", transport: transport, clock: clock, language: language.rawValue)
            let report: Report
            do { report = try await body(folder, console) } catch {
                await transport.close()
                throw error
            }
            await transport.close()
            return report
        }
    }
}
