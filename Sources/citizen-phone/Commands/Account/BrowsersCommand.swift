import ArgumentParser
import DeviceAuthenticator
import OpenIDMessages

/// `citizen-phone browsers`
struct BrowsersCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "browsers", abstract: "The browsers that know you: logins there need no digits.",
        subcommands: [BrowsersListCommand.self, BrowsersForgetCommand.self],
        defaultSubcommand: BrowsersListCommand.self)
}

/// `citizen-phone browsers list`
struct BrowsersListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the browsers that you had remembered.")

    @OptionGroup var shared: SharedOptions

    func run() async throws {
        try await shared.run { (phone, _, console) in
            let answer = try await phone.accountView("/browsers")
            let lines = answer.objects("browsers").map { browser in
                JSONObject.line(
                    browser.shown("browser"), browser.shown("name"), browser.shownTime("created_at", console.language),
                    browser.shownTime("last_used_at", console.language))
            }
            return Report(json: answer, lines: lines.isEmpty ? [Self.none.text(console.language)] : lines)
        }
    }
}

extension BrowsersListCommand {
    private static let none = BilingualText(
        "Kein Browser kennt Sie: Jede Anmeldung darin braucht Ziffern.",
        "No browser knows you: every login in one needs digits.")
}

/// `citizen-phone browsers forget BROWSER`
struct BrowsersForgetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "forget", abstract: "Have a browser forgotten: the next login there needs digits again.")

    @OptionGroup var shared: SharedOptions

    @Argument(help: "The browser, as the list names it.")
    var browser: String

    func run() async throws {
        try await shared.run { (phone, _, console) in
            let answer = try await phone.accountChange("DELETE", "/browsers/\(try PathPart.checked(browser))")
            return Report(
                json: answer, lines: [console.language.say("Der Browser ist vergessen.", "The browser is forgotten.")])
        }
    }
}
