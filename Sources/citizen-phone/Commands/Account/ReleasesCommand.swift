import ArgumentParser
import DeviceAuthenticator
import OpenIDMessages

/// `citizen-phone releases`
struct ReleasesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "releases", abstract: "What you released to portals, in all towns.",
        subcommands: [ReleasesListCommand.self, ReleasesWithdrawCommand.self],
        defaultSubcommand: ReleasesListCommand.self)
}

/// `citizen-phone releases list`
struct ReleasesListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List what you released: to whom, for what, when, and which claims.",
        discussion: "Shows names of claims, never their values. `granted` is in force; what was withdrawn or replaced "
            + "by a newer release stays in the list.")

    @OptionGroup var shared: SharedOptions

    func run() async throws {
        try await shared.run { (phone, _, console) in
            let answer = try await phone.accountView("/releases")
            let lines = answer.objects("releases").flatMap { Self.lines($0, console.language) }
            return Report(json: answer, lines: lines.isEmpty ? [Self.none.text(console.language)] : lines)
        }
    }

    private static let none = BilingualText(
        "Sie haben keinem Portal etwas freigegeben.", "You released nothing to any portal.")

    private static func lines(_ release: JSONObject, _ language: Language) -> [String] {
        let version = release.shown("purpose_version")
        var lines = [
            JSONObject.line(
                release.shown("release"), release.shownWord("state", of: .release, language),
                release.shownTime("granted_at", language),
                release.shown("tenant_name"), release.shown("portal"), release.shown("service_title"),
                version.isEmpty ? "" : language.say("(Zweck \(version))", "(purpose \(version))"))
        ]
        for (name, title) in [
            ("released", language.say("freigegeben", "released")),
            ("kept_back", language.say("zurückbehalten", "kept back")),
        ] {
            let claims = release.shownClaims(name, language)
            if !claims.isEmpty { lines.append("  \(title): \(claims)") }
        }
        for (name, title) in [
            ("legal_basis", language.say("Rechtsgrundlage", "legal basis")),
            ("privacy_uri", language.say("Datenschutzhinweise", "privacy notice")),
            ("contact", language.say("Fragen an", "questions to")),
        ] {
            let text = release.shown(name)
            if !text.isEmpty { lines.append("  \(title): \(text)") }
        }
        return lines
    }
}

/// `citizen-phone releases withdraw RELEASE`
struct ReleasesWithdrawCommand: ActCommand {
    static let configuration = CommandConfiguration(
        commandName: "withdraw", abstract: "Take a release back: the portal gets nothing more on its ground.",
        discussion: "The next login asks again. What the portal has already it keeps; ask the town to erase it.")

    @OptionGroup var shared: SharedOptions
    @OptionGroup var confirmation: ConfirmationOptions

    @Argument(help: "The release, as the list names it.")
    var release: String

    func act() throws -> AccountAct {
        let release = try PathPart.checked(release)
        return AccountAct(
            .withdrawRelease, path: "/releases/\(release)/withdrawal", pathParameters: ["release": .string(release)])
    }

    func lines(_ answer: JSONObject, _ language: Language) -> [String] {
        [
            language.say(
                "Die Freigabe ist zurückgenommen. Die nächste Anmeldung fragt wieder.",
                "The release is taken back. The next login asks again.")
        ]
    }
}
