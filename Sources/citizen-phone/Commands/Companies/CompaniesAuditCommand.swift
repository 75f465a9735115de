import ArgumentParser
import DeviceAuthenticator
import OpenIDMessages

/// `citizen-phone companies audit COMPANY`
struct CompaniesAuditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit", abstract: "Who acted for a company, where and when, and what changed in it.",
        discussion: """
            For administrators of the company. Members are named while they belong to it; who left is known by the \
            membership alone. Of offices the town is named, of other companies' people nothing.
            """)

    @OptionGroup var shared: SharedOptions

    @OptionGroup var company: CompanyArgument

    @Option(help: "Turn the page: the number that the last page ended with.")
    var before: Int64?

    func run() async throws {
        try await shared.run { (phone, _, console) in
            let path = "/companies/\(try PathPart.checked(company.company))"
            let answer = try await phone.accountView(path + "/audit", query: before.map { "?before=\($0)" } ?? "")
            let names = Self.names(try await phone.accountView(path))
            var lines = answer.objects("events").map { Self.line($0, names: names, console.language) }
            if lines.isEmpty { lines = [console.language.say("Bisher ist nichts geschehen.", "Nothing happened yet.")] }
            if let next = answer["next"]?.integer {
                lines.append(console.language.say("Weiter: ", "More: ") + "--before \(next)")
            }
            return Report(json: answer, lines: lines)
        }
    }

    /// One event, for a terminal: when, where, what, who and to what, and what that means.
    static func line(_ event: JSONObject, names: [String: String], _ language: Language) -> String {
        let (tenant, member) = (event.shown("tenant"), event.shown("member"))
        return JSONObject.line(
            event.shownTime("time", language), tenant.isEmpty ? "-" : tenant, event.shown("kind"),
            names[member] ?? (member.isEmpty ? event.shown("actor") : member), event.shown("object"),
            event.shown("text"))
    }

    /// Colleagues by their memberships.
    private static func names(_ company: JSONObject) -> [String: String] {
        let people = company.objects("people").map { person in
            (person.shown("membership"), "\(person.shown("given_name")) \(person.shown("family_name"))")
        }
        return Dictionary(people, uniquingKeysWith: { first, _ in first })
    }
}
