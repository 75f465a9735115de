import ArgumentParser
import DeviceAuthenticator
import OpenIDMessages

/// `citizen-phone stops`
struct StopsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stops", abstract: "The portals that ask you no more by themselves, because you reported one.",
        subcommands: [StopsListCommand.self, StopsLiftCommand.self], defaultSubcommand: StopsListCommand.self)
}

/// `citizen-phone stops list`
struct StopsListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the portals that you stopped by a report.")

    @OptionGroup var shared: SharedOptions

    func run() async throws {
        try await shared.run { (phone, _, console) in
            let answer = try await phone.accountView("/stops")
            let lines = answer.objects("stops").map { stop in
                JSONObject.line(
                    stop.shown("client_id"), stop.shown("name"), stop.shown("tenant_name"),
                    stop.shownTime("stopped_at", console.language))
            }
            return Report(json: answer, lines: lines.isEmpty ? [Self.none.text(console.language)] : lines)
        }
    }

    private static let none = BilingualText("Sie haben kein Portal gestoppt.", "You stopped no portal.")
}

/// `citizen-phone stops lift CLIENT`
struct StopsLiftCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lift", abstract: "The report was a mistake: let the portal ask you again.")

    @OptionGroup var shared: SharedOptions

    @Argument(help: "The portal, as the list names it.")
    var client: String

    func run() async throws {
        try await shared.run { (phone, _, console) in
            let answer = try await phone.accountChange("DELETE", "/stops/\(try PathPart.checked(client))")
            return Report(
                json: answer,
                lines: [console.language.say("Das Portal darf Sie wieder fragen.", "The portal may ask you again.")])
        }
    }
}
