import ArgumentParser
import DeviceAuthenticator
import Foundation
import OpenIDMessages

/// `citizen-phone explain-level`
struct ExplainLevelCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain-level", abstract: "Say which level your logins with this phone reach, and why.",
        discussion: "The level is the lowest of its reasons; those that hold it down are marked with *. --json has the "
            + "words in German and English, the facts, and the statement that the provider signed.")

    @OptionGroup var shared: SharedOptions

    func run() async throws {
        try await shared.run { (phone, _, console) in
            let explained = try await phone.explainLevel()
            let explanation = explained.explanation
            func said(_ name: String, in object: JSONObject) -> String {
                object[name]?.object?.shown(console.language.rawValue) ?? ""
            }
            var lines = [said("summary", in: explanation)]
            lines += explanation.objects("reasons").map { reason in
                let mark = reason["limits"] == true ? "*" : " "
                let level = reason.shown("level").padding(toLength: 12, withPad: " ", startingAt: 0)
                let basis = said("basis", in: reason)
                return "\(mark) \(level)  \(said("name", in: reason))" + (basis.isEmpty ? "" : ": \(basis)")
            }
            lines.append(said("advice", in: explanation))
            return Report(
                json: ["explanation": .object(explanation), "statement": .string(explained.statement)],
                lines: lines.filter { !$0.isEmpty })
        }
    }
}
