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
                return Self.report(request, needsCallCode: try await phone.needsCallCode())
            }
            guard wait else { return Self.report(code: code, portal: portal) }
            for line in RequestText.lines(code: code, portal: portal) { console.note(line) }
            return Self.report(try await phone.waitForRequest())
        }
    }

    static func report(_ request: LoginRequestStatement, needsCallCode: Bool = false) -> Report {
        Report(
            json: [
                "state": needsCallCode ? "awaiting_code" : "awaiting_user", "request": .object(request.json),
            ],
            lines: RequestText.lines(request) + (needsCallCode ? [RequestText.callCode] : []) + [RequestText.answers])
    }

    static func report(code: String, portal: ClaimedPortal) -> Report {
        Report(
            json: ["state": "awaiting_code", "code": .string(code), "portal": .object(portal.json)],
            lines: RequestText.lines(code: code, portal: portal))
    }
}
