import ArgumentParser
import DeviceAuthenticator
import Foundation
import OpenIDMessages

/// `citizen-phone account export`
struct AccountExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Get everything that is kept about you, signed by the provider.",
        discussion: "The report goes into a folder that only you can read, never to the terminal.")

    @OptionGroup var shared: SharedOptions
    @OptionGroup var confirmation: ConfirmationOptions

    @Option(help: ArgumentHelp("A new folder for the report.", valueName: "folder"))
    var output: String

    func run() async throws {
        let shared = shared.playing(confirmation.pinOptions.persona)
        try await shared.run { (phone, _, console) in
            guard !FileManager.default.fileExists(atPath: output) else {
                throw CommandFailure(
                    .usage, "\(output) ist schon da. Nennen Sie einen neuen Ordner.", "\(output) is there already.")
            }
            let answer = try await confirmation.perform(
                AccountAct(.exportAccount, path: "/export"), with: phone, console)
            guard let signed = answer["signed"]?.string, let document = answer["document"]?.object,
                let page = answer["html"]?.string
            else {
                throw CommandFailure(
                    .providerRefused, "Der Bericht des Anbieters ist nicht verständlich.",
                    "The provider's report is not understood.")
            }
            let files = [
                ("report.jwt", signed), ("report.json", JSONValue.object(document).prettyText + "\n"),
                ("report.html", page),
            ]
            do {
                try FileManager.default.createDirectory(
                    atPath: output, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
            } catch {
                throw CommandFailure(
                    .file, "\(output) lässt sich nicht anlegen.", "\(output) cannot be made.")
            }
            for (name, text) in files {
                guard
                    FileManager.default.createFile(
                        atPath: output + "/" + name, contents: Data(text.utf8), attributes: [.posixPermissions: 0o600])
                else {
                    throw CommandFailure(
                        .file, "\(output)/\(name) lässt sich nicht schreiben.", "\(output)/\(name) cannot be written.")
                }
            }
            return Report(
                json: ["folder": .string(output), "files": .strings(files.map(\.0))],
                lines: [
                    console.language.say("Der Bericht liegt in ", "The report is in ") + TerminalText.visible(output)
                        + ": " + files.map(\.0).joined(separator: ", ")
                ])
        }
    }
}
