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

    private static let kinds = ["access", "rectify", "restrict", "object", "erase"]

    func validate() throws {
        guard Self.kinds.contains(kind) else {
            throw ValidationError("KIND is one of: \(Self.kinds.joined(separator: ", ")).")
        }
    }

    func run() async throws {
        try await shared.run { (phone, _, console) in
            var body: JSONObject = ["kind": .string(kind)]
            body["tenant"] = tenant.map { .string($0) }
            if !claims.isEmpty { body["claims"] = .strings(claims) }
            let answer = try await phone.accountChange("POST", "/requests", body: body)
            return Report(
                json: answer,
                lines: [Self.received(answer, console.language)])
        }
    }
}

extension AccountRequestCommand {
    private static func received(_ answer: JSONObject, _ language: Language) -> String {
        let (request, end) = (answer.shown("request"), answer.shownTime("due_at", language))
        return language.say(
            "Ihr Antrag \(request) ist eingegangen. Er wird beantwortet bis: \(end).",
            "Your request \(request) is received. It is answered until \(end).")
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
        try await shared.run { (phone, _, console) in
            if let withdraw {
                let path = "/requests/\(try PathPart.checked(withdraw))/withdrawal"
                let answer = try await phone.accountChange("POST", path, body: [:])
                return Report(
                    json: answer,
                    lines: [console.language.say("Der Antrag ist zurückgezogen.", "The request is taken back.")])
            }
            let answer = try await phone.accountView("/requests")
            let lines = answer.objects("requests").map { Self.line($0, console.language) }
            let none = console.language.say("Sie haben nichts beantragt.", "You asked for nothing.")
            return Report(json: answer, lines: lines.isEmpty ? [none] : lines)
        }
    }
    private static func line(_ request: JSONObject, _ language: Language) -> String {
        JSONObject.line(
            request.shown("request"), request.shownWord("kind", of: .request, language), request.shown("tenant"),
            request.shownClaims("claims", language), request.shownWord("state", of: .request, language),
            request.shownWord("refusal", of: .request, language),
            language.say("bis ", "due ") + request.shownTime("due_at", language))
    }
}
