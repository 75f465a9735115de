import ArgumentParser
import DeviceAuthenticator
import OpenIDMessages

/// `citizen-phone account contact`
struct AccountContactCommand: ActCommand {
    static let configuration = CommandConfiguration(
        commandName: "contact", abstract: "Change your e-mail address and telephone number.",
        discussion: "Both are replaced: what is not given is gone afterwards.")

    @OptionGroup var shared: SharedOptions
    @OptionGroup var confirmation: ConfirmationOptions

    @Option(help: "The new e-mail address.")
    var email: String?

    @Option(help: "The new telephone number.")
    var phoneNumber: String?

    func act() throws -> AccountAct {
        var body = JSONObject()
        body["email"] = email.map { .string($0) }
        body["phone_number"] = phoneNumber.map { .string($0) }
        return AccountAct(.changeContact, path: "/contact", body: body)
    }
}

/// `citizen-phone account lock`
struct AccountLockCommand: ActCommand {
    static let configuration = CommandConfiguration(
        commandName: "lock", abstract: "Lock your account at once. Only a town's desk unlocks it.")

    @OptionGroup var shared: SharedOptions
    @OptionGroup var confirmation: ConfirmationOptions

    func act() throws -> AccountAct { AccountAct(.lockAccount, path: "/lock") }

    func lines(_ answer: JSONObject, _ language: Language) -> [String] {
        [language.say("Das Konto ist gesperrt.", "The account is locked.")]
    }
}

/// `citizen-phone account close`
struct AccountCloseCommand: ActCommand {
    static let configuration = CommandConfiguration(
        commandName: "close", abstract: "Close your account.",
        discussion: "What this means for companies that you administer stands in the text that is shown before.")

    @OptionGroup var shared: SharedOptions
    @OptionGroup var confirmation: ConfirmationOptions

    func act() throws -> AccountAct { AccountAct(.closeAccount, path: "/closing") }

    func lines(_ answer: JSONObject, _ language: Language) -> [String] {
        let end = answer.shownTime("erase_at", language)
        return [
            language.say(
                "Das Konto wird geschlossen und gelöscht: \(end).",
                "The account is closing and will be erased on \(end)."),
            language.say(
                "Bis dahin kann ein Bürgerbüro das zurücknehmen, wenn Sie sich ausweisen.",
                "Until then a town's desk can take that back, when you prove who you are."),
        ]
    }
}

/// `citizen-phone account cancel`
struct AccountCancelCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cancel", abstract: "How to take back that an account is closing.",
        discussion:
            "A closing account has no device any more: it takes an identification at a town's desk, at least at "
            + "the level of the account.")

    @OptionGroup var shared: SharedOptions

    func run() async throws {
        try await shared.run { (_, _, console) in
            let text = console.language.say(
                "Gehen Sie zu einem Bürgerbüro und weisen Sie sich aus; dort wird es zurückgenommen, und dieses oder ein "
                    + "anderes Telefon wird neu eingerichtet.",
                "Go to a town's desk and prove who you are; the clerk takes it back and enrols this or another phone.")
            return Report(json: ["where": "desk", "text": .string(text)], lines: [text])
        }
    }
}

/// `citizen-phone account notices`
struct AccountNoticesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "notices", abstract: "What you were told about your account.")

    @OptionGroup var shared: SharedOptions

    @Option(help: ArgumentHelp("Put this notice aside.", valueName: "notice"))
    var read: String?

    func run() async throws {
        try await shared.run { (phone, _, console) in
            if let read {
                let answer = try await phone.accountChange(
                    "POST", "/notices/\(try PathPart.checked(read))/reading", body: [:])
                return Report(json: answer, lines: [console.language.say("Beiseitegelegt.", "Put aside.")])
            }
            let answer = try await phone.accountView("/notices")
            let lines = answer.objects("notices").map { notice in
                // A company has its name, and its identifier for other commands.
                JSONObject.line(
                    notice["read_at"] == nil ? "*" : " ", notice.shown("notice"),
                    notice.shownTime("time", console.language),
                    notice.shown("text"), notice.shown("company_name"), notice.shown("detail"))
            }
            return Report(json: answer, lines: lines)
        }
    }
}
