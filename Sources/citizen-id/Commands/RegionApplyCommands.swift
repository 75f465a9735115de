internal import ArgumentParser
internal import OpenIDMessages
internal import RegionFile

/// Which files the running server is asked about, and what is said beside them.
struct RegionChangeOptions: ParsableArguments {
    @Argument(help: "The region files; together they are the whole region.")
    var files: [String]

    @Flag(help: "Levels of tenants, services and clients may become lower.")
    var lowerLevels = false

    @OptionGroup var options: AdministrationOptions

    /// Asks the server and prints its answer; false when something is left to do.
    func ask(_ path: String) async throws -> Bool {
        var isSettled = false
        try await options.run { client in
            do {
                var document = RegionDocument.json(try RegionFile.sources(files))
                if lowerLevels { document["lower_levels"] = true }
                let answer = try await client.post(path, document)
                isSettled =
                    answer["applied"] == true
                    || (answer["plan"]?.array?.isEmpty == true && answer["objections"]?.array?.isEmpty == true)
                return answer
            } catch let error as RegionFileError {
                return ["mistakes": .strings(error.mistakes.map(\.description))]
            }
        } text: { answer in
            Self.describe(answer)
        }
        return isSettled
    }

    private static func describe(_ answer: JSONObject) -> String {
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

extension RegionCommand {
    struct Plan: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show what region files would change on the running server.",
            discussion: "Changes nothing. Exit code 2 when the files have mistakes or would change something.")

        @OptionGroup var change: RegionChangeOptions

        func run() async throws { if try await !change.ask("/region/plan") { throw ExitCode(2) } }
    }

    struct Apply: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show what region files would change, and change it with --yes.",
            discussion: "Exit code 2 when the files have mistakes, or when a change was shown and not applied.")

        @OptionGroup var change: RegionChangeOptions

        @Flag(help: "Apply the plan.")
        var yes = false

        func run() async throws {
            if try await !change.ask(yes ? "/region/apply" : "/region/plan") { throw ExitCode(2) }
        }
    }

    struct Diff: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show how a region differs from another one, without a server.",
            discussion: """
                Give each side's files with --from and --to. Exit code 0 when there is no difference, 2 when there is one or a \
                file has mistakes.
                """)

        @Option(parsing: .upToNextOption, help: "The files of the earlier region.")
        var from: [String]

        @Option(parsing: .upToNextOption, help: "The files of the later region.")
        var to: [String]

        @Flag(help: "Levels of tenants, services and clients may become lower.")
        var lowerLevels = false

        @Flag(help: "Print one JSON object.")
        var json = false

        func run() async throws {
            let plan: RegionPlan
            do {
                plan = RegionPlan(
                    from: try RegionFile.load(paths: from), to: try RegionFile.load(paths: to),
                    rules: RegionChangeRules(allowsLowerLevels: lowerLevels))
            } catch {
                throw Output.fail(error.description, code: "mistakes", exit: 2, json: json)
            }
            let objections = plan.objections.isEmpty ? [] : ["", "This could not be applied:"] + plan.objections
            print(
                json
                    ? (["plan": .strings(plan.lines), "objections": .strings(plan.objections)] as JSONObject).text
                    : plan.isEmpty ? "No difference." : (plan.lines + objections).joined(separator: "\n"))
            if !plan.isEmpty { throw ExitCode(2) }
        }
    }
}
