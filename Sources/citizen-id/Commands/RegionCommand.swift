internal import AccountDirectory
internal import ArgumentParser
internal import Foundation
internal import OpenIDMessages
internal import RegionFile

struct RegionCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "region", abstract: "Check region files and apply them to the running server.",
        subcommands: [Check.self, Apply.self])

    struct Check: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say every mistake in region files, with its line.",
            discussion: "Several files are read as one region. Needs no server. Exit code 2 when there are mistakes.")

        @Argument(help: "The region files.")
        var files: [String]

        @Flag(help: "Print one JSON object.")
        var json = false

        func run() async throws {
            do {
                let region = try RegionFile.load(paths: files)
                let summary: JSONObject = [
                    "valid": true, "region": .string(region.name),
                    "tenants": .integer(Int64(region.tenants.count)),
                    "services": .integer(Int64(region.services.count)),
                    "clients": .integer(Int64(region.clients.count)),
                ]
                print(
                    json
                        ? summary.text
                        : "\(region.name): \(region.tenants.count) tenants, \(region.services.count) services, "
                            + "\(region.clients.count) clients. No mistakes.")
            } catch {
                let lines = error.mistakes.map(\.description)
                print(
                    json
                        ? (["valid": false, "mistakes": .strings(lines)] as JSONObject).text
                        : lines.joined(separator: "\n"))
                throw ExitCode(2)
            }
        }
    }

    struct Apply: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show what region files would change, and change it with --yes.",
            discussion: "Exit code 2 when the files have mistakes, or when a change was shown and not applied.")

        @Argument(help: "The region files; together they are the whole region.")
        var files: [String]

        @Flag(help: "Apply the plan.")
        var yes = false

        @OptionGroup var options: AdministrationOptions

        func run() async throws {
            var isSettled = false
            try await options.run { client in
                do {
                    let document = RegionDocument.json(try RegionDocument.read(files))
                    let answer = try await client.post(yes ? "/region/apply" : "/region/plan", document)
                    isSettled =
                        answer["applied"] == true
                        || (answer["plan"]?.array?.isEmpty == true && answer["objections"]?.array?.isEmpty == true)
                    return answer
                } catch let error as RegionFileError {
                    return ["mistakes": .strings(error.mistakes.map(\.description))]
                }
            } text: { answer in
                describe(answer)
            }
            guard isSettled else { throw ExitCode(2) }
        }

        private func describe(_ answer: JSONObject) -> String {
            if let mistakes = answer["mistakes"]?.strings { return mistakes.joined(separator: "\n") }
            let plan = answer["plan"]?.strings ?? []
            let objections = answer["objections"]?.strings ?? []
            guard !plan.isEmpty || !objections.isEmpty else { return "Nothing to change." }
            var lines = plan
            if !objections.isEmpty {
                lines += ["", "This cannot be applied:"] + objections
            } else if answer["applied"] == true {
                lines += ["", "Applied."]
            } else {
                lines += ["", "Nothing was changed. Apply it with --yes."]
            }
            return lines.joined(separator: "\n")
        }
    }
}
