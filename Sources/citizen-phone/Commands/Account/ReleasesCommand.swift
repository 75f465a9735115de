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
        try await shared.run { (phone, _, _) in
            let answer = try await phone.accountView("/releases")
            let lines = answer.objects("releases").flatMap(Self.lines)
            return Report(json: answer, lines: lines.isEmpty ? ["You released nothing to any portal."] : lines)
        }
    }

    private static func lines(_ release: JSONObject) -> [String] {
        let version = release.shown("purpose_version")
        var lines = [
            JSONObject.line(
                release.shown("release"), release.shown("state"), release.shownTime("granted_at"),
                release.shown("tenant_name"), release.shown("portal"), release.shown("service_title"),
                version.isEmpty ? "" : "(purpose \(version))")
        ]
        for (name, title) in [("released", "released"), ("kept_back", "kept back")] {
            let claims = release.shown(name)
            if !claims.isEmpty { lines.append("  \(title): \(claims)") }
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

    func lines(_ answer: JSONObject) -> [String] { ["The release is taken back. The next login asks again."] }
}
