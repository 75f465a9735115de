import ArgumentParser
import DeviceAuthenticator
import OpenIDMessages

/// `citizen-phone companies`
struct CompaniesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "companies", abstract: "The companies for which you act.",
        subcommands: [
            CompaniesListCommand.self, CompaniesShowCommand.self, CompaniesAuditCommand.self,
            CompaniesCreateCommand.self, CompaniesChangeCommand.self, CompaniesAssertCommand.self,
            CompaniesSubmitCommand.self, CompaniesSignCommand.self, CompaniesCloseCommand.self,
            CompaniesInviteCommand.self, CompaniesApproveCommand.self, CompaniesWithdrawCommand.self,
            CompaniesOpenCommand.self, CompaniesJoinCommand.self, CompaniesDeclineCommand.self,
            CompaniesLeaveCommand.self, CompaniesConsentCommand.self, CompaniesRemoveCommand.self,
            CompaniesSuspendCommand.self, CompaniesResumeCommand.self, CompaniesRolesCommand.self,
            CompaniesAddEstablishmentCommand.self, CompaniesCloseEstablishmentCommand.self,
        ], defaultSubcommand: CompaniesListCommand.self)
}

/// `citizen-phone companies list`
struct CompaniesListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List your companies.")

    @OptionGroup var shared: SharedOptions

    func run() async throws {
        try await shared.run { (phone, _, console) in
            let language = console.language
            let answer = try await phone.accountView("/companies")
            let lines = answer.objects("companies").map { company in
                let own = company["own"]?.object ?? [:]
                return JSONObject.line(
                    company.shown("company"), company.shownWord("state", of: .company, language), company.shown("name"),
                    "(\(own.shownWord("roles", of: .company, language)), \(own.shownWord("state", of: .company, language)))"
                )
            }
            return Report(
                json: answer,
                lines: lines.isEmpty
                    ? [language.say("Sie gehören zu keinem Unternehmen.", "You belong to no company.")] : lines)
        }
    }
}

/// `citizen-phone companies show COMPANY`
struct CompaniesShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show a company: facts, colleagues, invitations and establishments.")

    @OptionGroup var shared: SharedOptions

    @Argument(help: "The company, as the list names it.")
    var company: String

    func run() async throws {
        try await shared.run { (phone, _, console) in
            let language = console.language
            let answer = try await phone.accountView("/companies/\(try PathPart.checked(company))")
            let facts = answer["facts"]?.object ?? [:]
            var lines = [
                language.row("Name", "Name", facts.shown("name")),
                language.row("Zustand", "State", answer.shownWord("state", of: .company, language)),
                language.row("Niveau", "Level", Self.level(answer.shown("level"), language)),
            ]
            for name in ["euid", "w_idnr", "ust_idnr", "lei"] where facts[name] != nil {
                lines.append(language.row(name, name, facts.shown(name)))
            }
            lines += answer.objects("people").map { person in
                "  "
                    + JSONObject.line(
                        person.shown("membership"), person.shownWord("state", of: .company, language),
                        person.shown("given_name"),
                        person.shown("family_name"), "(\(person.shownWord("roles", of: .company, language)))")
            }
            lines += answer.objects("invitations").map { invitation in
                language.say("  Einladung ", "  invitation ")
                    + JSONObject.line(
                        invitation.shown("invitation"), invitation.shownWord("state", of: .company, language),
                        "(\(invitation.shownWord("roles", of: .company, language)))")
            }
            lines += answer.objects("establishments").map { establishment in
                language.say("  Betriebsstätte ", "  establishment ")
                    + JSONObject.line(
                        establishment.shown("id"), establishment.shown("activity"), establishment.shown("name"))
            }
            return Report(json: answer, lines: lines)
        }
    }

    /// To which level the company was verified, in plain words.
    static func level(_ name: String, _ language: Language) -> String {
        guard let level = AssuranceLevel(name: name) else { return name }
        return level == .undefined ? language.say("noch nicht geprüft", "not yet verified") : level.title.text(language)
    }
}
