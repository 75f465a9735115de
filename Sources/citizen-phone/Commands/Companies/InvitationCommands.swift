import ArgumentParser
import DeviceAuthenticator
import OpenIDMessages

/// `citizen-phone companies invite COMPANY`
struct CompaniesInviteCommand: ActCommand {
    static let configuration = CommandConfiguration(
        commandName: "invite", abstract: "Invite somebody into a company.",
        discussion: "Say whom you mean: given name, family name and day of birth. The code that comes back opens for "
            + "that person alone.")

    @OptionGroup var shared: SharedOptions
    @OptionGroup var confirmation: ConfirmationOptions

    @OptionGroup var company: CompanyArgument

    @Option(help: "org_admin, rights_admin, user_admin or member; several times for several roles.")
    var role: [String] = ["member"]

    @OptionGroup var guest: GuestOptions

    func act() throws -> AccountAct {
        try company.act(.inviteMember, "invitations", body: ["roles": .strings(role), "identity": guest.identity])
    }

    func lines(_ answer: JSONObject, _ language: Language) -> [String] {
        var lines = [
            language.row("Code", "Code", answer.shown("code")),
            language.row("Gültig bis", "Valid until", answer.shownTime("expires_at", language)),
            language.say(
                "Übergeben Sie den Code; er wird nur dieses eine Mal gezeigt.",
                "Hand the code over; it is shown this once."),
        ]
        if answer["outcome"] == "awaiting_others" {
            lines.append(
                language.say("Er gilt, wenn andere zugestimmt haben.", "It counts when others have agreed."))
        }
        return lines
    }
}

/// `citizen-phone companies approve COMPANY INVITATION`
struct CompaniesApproveCommand: ActCommand {
    static let configuration = CommandConfiguration(
        commandName: "approve", abstract: "Agree to an invitation that needs several administrators.",
        discussion: "Say to whose: the provider keeps no names of people who are invited, and refuses another one.")

    @OptionGroup var shared: SharedOptions
    @OptionGroup var confirmation: ConfirmationOptions

    @OptionGroup var invitation: InvitationArguments
    @OptionGroup var guest: GuestOptions

    func act() throws -> AccountAct {
        try invitation.act(.approveInvitation, "approval", body: ["identity": guest.identity])
    }
}

/// `citizen-phone companies withdraw COMPANY INVITATION`
struct CompaniesWithdrawCommand: ActCommand {
    static let configuration = CommandConfiguration(
        commandName: "withdraw", abstract: "Withdraw an invitation.")

    @OptionGroup var shared: SharedOptions
    @OptionGroup var confirmation: ConfirmationOptions

    @OptionGroup var invitation: InvitationArguments

    func act() throws -> AccountAct { try invitation.act(.withdrawInvitation, "withdrawal") }
}

/// `citizen-phone companies open CODE`
struct CompaniesOpenCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "open", abstract: "Read what an invitation's code stands for.")

    @OptionGroup var shared: SharedOptions

    @Argument(help: "The code that the inviter gave you.")
    var code: String

    func run() async throws {
        try await shared.run { (phone, _, console) in
            let answer = try await phone.accountChange("POST", "/invitations/opening", body: ["code": .string(code)])
            return Report(
                json: answer,
                lines: [
                    console.language.row("Unternehmen", "Company", answer.shown("company_name")),
                    console.language.row(
                        "Rollen", "Roles", answer.shownWord("roles", of: .company, console.language)),
                    console.language.row(
                        "Gültig bis", "Valid until", answer.shownTime("expires_at", console.language)),
                ])
        }
    }
}

/// `citizen-phone companies join CODE`
struct CompaniesJoinCommand: ActCommand {
    static let configuration = CommandConfiguration(
        commandName: "join", abstract: "Join a company with an invitation's code.")

    @OptionGroup var shared: SharedOptions
    @OptionGroup var confirmation: ConfirmationOptions

    @Argument(help: "The code that the inviter gave you.")
    var code: String

    func act() throws -> AccountAct {
        AccountAct(.acceptInvitation, path: "/invitations/acceptance", body: ["code": .string(code)])
    }

    func lines(_ answer: JSONObject, _ language: Language) -> [String] {
        let company = answer.shown("company")
        return [language.say("Sie gehören zum Unternehmen \(company).", "You belong to the company \(company).")]
    }
}

/// `citizen-phone companies decline CODE`
struct CompaniesDeclineCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "decline", abstract: "Decline an invitation.")

    @OptionGroup var shared: SharedOptions

    @Argument(help: "The code that the inviter gave you.")
    var code: String

    func run() async throws {
        try await shared.run { (phone, _, console) in
            let answer = try await phone.accountChange("POST", "/invitations/refusal", body: ["code": .string(code)])
            return Report(json: answer, lines: [console.language.say("Abgelehnt.", "Declined.")])
        }
    }
}
