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
            var lines = Self.lines(explained.explanation, console.language)
            for company in explained.companies {
                let name = company.explanation.shown("company_name")
                lines += ["", console.language == .german ? "Für \(name):" : "For \(name):"]
                lines += Self.lines(company.explanation, console.language)
            }
            var json = explained.json
            json["companies"] = .array(explained.companies.map { .object($0.json) })
            return Report(json: json, lines: lines)
        }
    }

    /// The sentence, a line for each reason, and what would lift the level.
    private static func lines(_ explanation: JSONObject, _ language: Language) -> [String] {
        func said(_ name: String, in object: JSONObject) -> String {
            object[name]?.object?.shown(language.rawValue) ?? ""
        }
        var lines = [said("summary", in: explanation)]
        lines += explanation.objects("reasons").map { reason in
            let mark = reason["limits"] == true ? "*" : " "
            let level = reason.shown("level").padding(toLength: 12, withPad: " ", startingAt: 0)
            let basis = said("basis", in: reason)
            return "\(mark) \(level)  \(said("name", in: reason))" + (basis.isEmpty ? "" : ": \(basis)")
        }
        lines.append(said("advice", in: explanation))
        return lines.filter { !$0.isEmpty }
    }
}

extension ExplainedLevel {
    fileprivate var json: JSONObject {
        ["explanation": .object(explanation), "statement": .string(statement)]
    }
}
