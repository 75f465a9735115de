import ArgumentParser
import DeviceAuthenticator
import OpenIDMessages

/// `citizen-phone show`
struct ShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show the login that waits for an answer.")

    @OptionGroup var shared: SharedOptions

    @Flag(help: "Wait until the request is here.")
    var wait = false

    func run() async throws {
        try await shared.run { (phone, _, console) in
            guard let (code, portal) = try phone.currentCode() else {
                let request = try await phone.currentRequest()
                return Self.report(request, needsCallCode: try await phone.needsCallCode(), console.language)
            }
            guard wait else { return Self.report(code: code, portal: portal, console.language) }
            for line in RequestText.lines(code: code, portal: portal, console.language) { console.note(line) }
            return Self.report(try await phone.waitForRequest(), console.language)
        }
    }

    static func report(
        _ request: LoginRequestStatement, needsCallCode: Bool = false, _ language: Language
    ) -> Report {
        Report(
            json: [
                "state": needsCallCode ? "awaiting_code" : "awaiting_user", "request": .object(request.json),
            ],
            lines: RequestText.lines(request, language)
                + [needsCallCode ? RequestText.callCode : nil, RequestText.answers].compactMap { $0?.text(language) })
    }

    static func report(code: String, portal: ClaimedPortal, _ language: Language) -> Report {
        Report(
            json: ["state": "awaiting_code", "code": .string(code), "portal": .object(portal.json)],
            lines: RequestText.lines(code: code, portal: portal, language))
    }
}
