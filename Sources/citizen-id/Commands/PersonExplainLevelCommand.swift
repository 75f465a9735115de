internal import ArgumentParser
internal import NIOHTTP1
internal import OpenIDMessages

extension PersonCommand {
    /// `citizen-id person explain-level`
    struct ExplainLevel: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "explain-level",
            abstract: "Why logins of a person whom a tenant knows have their level, for each device that can log in.",
            discussion: "The level is the lowest of its reasons; those that hold it down are marked with *. --json has "
                + "the words in German and English, the facts, and what the provider signed.")

        @OptionGroup var person: SubjectOptions
        @OptionGroup var options: AdministratorOptions

        func run() async throws {
            try await options.run { session in
                try await session.call(.GET, person.path + "/level").object
            } text: { answer in
                let levels = (answer["levels"]?.array ?? []).compactMap(\.object)
                return levels.isEmpty ? "No device can log in." : levels.map(Self.lines).joined(separator: "\n")
            }
        }

        /// The level, and the reasons of which it is the lowest.
        static func lines(_ level: JSONObject) -> String {
            let explanation = level["explanation"]?.object ?? [:]
            let reasons = (explanation["reasons"]?.array ?? []).compactMap(\.object).map { reason in
                let basis = reason["basis"]?.object?["en"]?.string.map { ": \($0)" } ?? ""
                return (reason["limits"] == true ? "  * " : "    ")
                    + "\(reason["level"]?.string ?? "")  \(reason["kind"]?.string ?? "")\(basis)"
            }
            let head = "\(level["device"]?.string ?? "")  \(explanation["acr"]?.string ?? "")"
            return ([head] + reasons).joined(separator: "\n")
        }
    }
}
