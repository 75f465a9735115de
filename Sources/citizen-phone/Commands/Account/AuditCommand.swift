import ArgumentParser
import DeviceAuthenticator
import OpenIDMessages

/// `citizen-phone audit`
struct AuditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit", abstract: "What happened with your account and your data, in all towns.")

    @OptionGroup var shared: SharedOptions

    @Option(help: "Turn the page: the number that the last page ended with.")
    var before: Int64?

    func run() async throws {
        try await shared.run { (phone, _, console) in
            let answer = try await phone.accountView("/audit", query: before.map { "?before=\($0)" } ?? "")
            var lines = answer.objects("events").map { event in
                JSONObject.line(
                    event.shownTime("time", console.language), event.shown("chain"), event.shown("kind"),
                    event.shown("outcome"))
            }
            if let next = answer["next"]?.integer {
                lines.append(console.language.say("Weiter: ", "More: ") + "--before \(next)")
            }
            return Report(json: answer, lines: lines)
        }
    }
}
