import ArgumentParser
import DeviceAuthenticator
import OpenIDMessages

/// `citizen-phone account request KIND`
struct AccountRequestCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "request",
        abstract:
            "Ask the region or a town about your data: to tell, correct, restrict or erase them, or object (GDPR).",
        discussion: """
            KIND is access, rectify, restrict, object, or with --tenant erase (GDPR Art. 15 to 18 and 21). A desk decides \
            within a month, and hears the grounds of an objection; `account requests` shows what became of it. Everything that the region keeps you get at once with `account export`, and \
            `account close` erases the account.
            """)

    @OptionGroup var shared: SharedOptions

    @Argument(help: "What you ask for: access, rectify, restrict, object or erase.")
    var kind: String

    @Option(help: "The town that you ask, e.g. herten; without it the region, which keeps your account.")
    var tenant: String?

    @Option(
        name: .customLong("claim"),
        help: ArgumentHelp("What it is about, e.g. family_name; can be given more than once.", valueName: "name"))
    var claims: [String] = []

    func run() async throws {
        try await shared.run { (phone, _, _) in
            var body: JSONObject = ["kind": .string(kind)]
            body["tenant"] = tenant.map { .string($0) }
            if !claims.isEmpty { body["claims"] = .strings(claims) }
            let answer = try await phone.accountChange("POST", "/requests", body: body)
            return Report(
                json: answer,
                lines: [
                    "Your request \(answer.shown("request")) is received. It is answered until "
                        + "\(answer.shownTime("due_at"))."
                ])
        }
    }
}

/// `citizen-phone account requests`
struct AccountRequestsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "requests", abstract: "What you asked for about your data, until when it is answered, and how.")

    @OptionGroup var shared: SharedOptions

    @Option(help: ArgumentHelp("Take this request back.", valueName: "request"))
    var withdraw: String?

    func run() async throws {
        try await shared.run { (phone, _, _) in
            if let withdraw {
                let path = "/requests/\(try PathPart.checked(withdraw))/withdrawal"
                let answer = try await phone.accountChange("POST", path, body: [:])
                return Report(json: answer, lines: ["The request is taken back."])
            }
            let answer = try await phone.accountView("/requests")
            let lines = answer.objects("requests").map { request in
                JSONObject.line(
                    request.shown("request"), request.shown("kind"), request.shown("tenant"), request.shown("claims"),
                    request.shown("state"), request.shown("refusal"), "due \(request.shownTime("due_at"))")
            }
            return Report(json: answer, lines: lines.isEmpty ? ["You asked for nothing."] : lines)
        }
    }
}
