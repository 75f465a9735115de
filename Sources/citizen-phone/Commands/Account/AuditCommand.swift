import ArgumentParser
import DeviceAuthenticator
import OpenIDMessages

/// `citizen-phone audit`
struct AuditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit", abstract: "What happened with your account and your data, in all towns, and who did it.",
        discussion: """
            Of an administrator the line ends with the name under which the town's own trail knows them: ask there.
            """)

    @OptionGroup var shared: SharedOptions

    @Flag(help: "Only who has seen your data, or got them.")
    var looks = false

    @Option(help: "Turn the page: the number that the last page ended with.")
    var before: Int64?

    func run() async throws {
        try await shared.run { (phone, _, console) in
            let query = [looks ? "only=looks" : nil, before.map { "before=\($0)" }].compactMap(\.self)
            let answer = try await phone.accountView(
                "/audit", query: query.isEmpty ? "" : "?" + query.joined(separator: "&"))
            var lines = answer.objects("events").map { Self.line($0, console.language) }
            if let next = answer["next"]?.integer {
                lines.append(console.language.say("Weiter: ", "More: ") + "--before \(next)")
            }
            return Report(json: answer, lines: lines)
        }
    }

    /// One event, for a terminal: when, where, what and who.
    static func line(_ event: JSONObject, _ language: Language) -> String {
        let (place, who) = (event.shown("tenant_name"), event.shown("who"))
        return JSONObject.line(
            event.shownTime("time", language), place.isEmpty ? language.say("Region", "region") : place,
            event.shown("text"), who.isEmpty ? "-" : who)
    }
}
