import ArgumentParser
import DeviceAuthenticator
import OpenIDMessages

/// `citizen-phone sessions`
struct SessionsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sessions", abstract: "Where you are signed in.",
        subcommands: [SessionsListCommand.self, SessionsEndCommand.self],
        defaultSubcommand: SessionsListCommand.self)
}

/// `citizen-phone sessions list`
struct SessionsListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the browsers in which you are signed in.")

    @OptionGroup var shared: SharedOptions

    func run() async throws {
        try await shared.run { (phone, _, console) in
            let answer = try await phone.accountView("/sessions")
            let lines = answer.objects("sessions").flatMap { session in
                [
                    JSONObject.line(
                        session.shown("session"), session.shown("browser"),
                        session.shownTime("started_at", console.language),
                        RequestText.level(session.shown("acr"), console.language))
                ]
                    + session.objects("portals").map { portal in
                        "  " + JSONObject.line(portal.shown("name"), portal.shown("tenant_name"))
                    }
            }
            return Report(json: answer, lines: lines)
        }
    }
}

/// `citizen-phone sessions end SESSION`
struct SessionsEndCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "end", abstract: "Sign out of a session and all its portals.")

    @OptionGroup var shared: SharedOptions

    @Argument(help: "The session, as the list names it.")
    var session: String

    func run() async throws {
        try await shared.run { (phone, _, console) in
            let answer = try await phone.accountChange("DELETE", "/sessions/\(try PathPart.checked(session))")
            return Report(
                json: answer, lines: [console.language.say("Die Sitzung ist beendet.", "The session is over.")])
        }
    }
}
