import ArgumentParser
import DeviceAuthenticator
import Foundation
import IdentityCrypto
import OpenIDMessages

/// Options of every command.
struct SharedOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The folder of all profiles. Else $CITIZEN_PHONE_HOME, else $XDG_DATA_HOME/citizen-phone.",
            valueName: "dir"))
    var home: String?

    @Option(
        name: .customLong("profile"),
        help: ArgumentHelp(
            "The profile: one device at one provider; `default` unless named, or that of the persona.",
            valueName: "name"))
    var profileName: String?
    var profile: String { profileName ?? "default" }

    @Option(
        help: ArgumentHelp(
            "A PEM file with a further CA, for development. Else $CITIZEN_PHONE_CA.", valueName: "file"))
    var ca: String?

    @Option(
        help: ArgumentHelp(
            "A file (mode 0600) whose first line is the passphrase of the profile.", valueName: "file"))
    var passphraseFile: String?

    @Option(
        name: .customLong("language"),
        help: ArgumentHelp(
            "The language of the texts: de or en. Else that of $LC_ALL, $LC_MESSAGES or $LANG, else de.",
            valueName: "language"))
    var chosenLanguage: Language?
    var language: Language { chosenLanguage ?? Language(environment: ProcessInfo.processInfo.environment) }

    @Option(
        help: ArgumentHelp(
            "The time on this device, which stands still: 2026-03-02T09:15:00Z. For exact repetition.",
            valueName: "time"))
    var now: ChosenTime?

    @Flag(help: "Print one JSON object to standard output, also on failure.")
    var json = false

    func validate() throws { try Self.validate(profile: profile) }

    static func validate(profile: String) throws {
        let allowed = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_")
        guard (1...64).contains(profile.count), profile.allSatisfy(allowed.contains) else {
            throw ValidationError("A profile's name has 1 to 64 letters, digits, hyphens and underscores.")
        }
    }

    var console: Console { Console(isJSON: json, language: language) }

    var homeFolder: String {
        let environment = ProcessInfo.processInfo.environment
        if let home { return home }
        if let home = environment["CITIZEN_PHONE_HOME"], !home.isEmpty { return home }
        if let data = environment["XDG_DATA_HOME"], data.hasPrefix("/") { return data + "/citizen-phone" }
        return NSHomeDirectory() + "/.local/share/citizen-phone"
    }

    var extraCA: String? {
        ca ?? ProcessInfo.processInfo.environment["CITIZEN_PHONE_CA"].flatMap { $0.isEmpty ? nil : $0 }
    }

    /// The path of the profile's folder.
    var folderPath: String { homeFolder + "/" + profile }

    /// The profile's folder, or a copy of it at `path`, opened with the passphrase if one is given.
    func folder(at path: String? = nil) throws -> SealedFolder {
        var passphrase = try passphraseFile.map { (path) throws(FileRefusal) in
            try SecretInput.line(ofFile: path)
        }
        defer { if passphrase != nil { SecretBytes.wipe(&passphrase!) } }
        guard passphrase?.isEmpty != true else {
            throw CommandFailure(.usage, "Die Passphrase ist leer.", "The passphrase is empty.")
        }
        return SealedFolder(path: path ?? folderPath, passphrase: passphrase)
    }

    /// Runs a command with the profile's device and tells how it ended.
    ///
    /// - Parameters:
    ///   - alone: false for what signs no answer, and so waits for no other command of this profile.
    ///   - creating: for what makes the profile: its folder is there before the work begins, so that two at once do not make
    ///     one profile.
    ///   - faults: what is wrong with the way between phone and provider, and with the phone's clock.
    func run(
        alone: Bool = true, creating: Bool = false, holdingLogin: Bool = false, faults: Faults? = nil,
        _ body: (DeviceAuthenticator, TLSTransport, Console) async throws -> Report
    ) async throws {
        try await finishing {
            let folder = try folder()
            // One command after the other: two that answer with one counter look like a copied device.
            let use = alone ? try folder.use(creating: creating, holdingLogin: holdingLogin) : nil
            defer { withExtendedLifetime(use) {} }
            // After what can fail: a transport must be closed.
            let transport = try TLSTransport(additionalCA: extraCA, maximumLength: 1_048_576)
            let report: Report
            do {
                let phone = try phone(in: folder, over: transport, faults: faults)
                report = try await body(phone, transport, console)
            } catch {
                await transport.close()
                throw error
            }
            await transport.close()
            return report
        }
    }

    /// The device of these files, with what is wrong with it and its way to the provider.
    func phone(
        in folder: SealedFolder, over transport: any HTTPTransport, faults: Faults?
    ) throws -> DeviceAuthenticator {
        DeviceAuthenticator(
            folder: folder, transport: faults.map { FaultyWire(transport, faults: $0) } ?? transport,
            clock: faults?.skewed(clock) ?? clock, random: try randomSource(of: folder), language: language.rawValue)
    }

    /// Where the device's random values come from. A person is told where they can be known beforehand.
    func randomSource(of folder: SealedFolder) throws -> RandomSource {
        let random = try folder.randomSource()
        if let seed = random.seed {
            console.note(
                language.say(
                    "Ein simuliertes Gerät: Seine Schlüssel kommen aus der Zahl \(seed), und jeder kann sie machen.",
                    "A simulated device: its keys come from the seed \(seed), and anybody can make them."))
        }
        return random
    }

    /// Does the work of a command and tells how it ended.
    func finishing(_ body: () async throws -> Report) async throws {
        let report: Report
        do {
            report = try await body()
            // Before the next command: what this one could not do then is told again.
            if console.finish(report) { try? report.whenTold?() }
        } catch {
            let failure = CommandFailure(error)
            if console.fail(failure) { try? failure.found?.whenTold?() }
            throw ExitCode(failure.status.rawValue)
        }
        guard report.status == .ok else { throw ExitCode(report.status.rawValue) }
    }
}
