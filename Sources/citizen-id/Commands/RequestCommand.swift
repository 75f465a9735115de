internal import AccountDirectory
internal import ArgumentParser
internal import NIOHTTP1
internal import OpenIDMessages

/// `citizen-id request …`
struct RequestCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "request",
        abstract: "What people ask about their data (GDPR Art. 15 to 18, 21), due within a month.",
        discussion: """
            Over the local socket these are the requests to the region and to every town, with the account that `citizen-id \
            desk` takes. With --at TENANT an administrator with the role clerk or dpo reaches those to the town, with the \
            `sub` that its portals know.
            """, subcommands: [List.self, Show.self, Decide.self])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List requests, the most urgent first.")

        @Flag(help: "Those that are over, instead of those that wait.")
        var ended = false

        @OptionGroup var options: AdministrationOptions
        @OptionGroup var network: NetworkOptions

        func run() async throws {
            let query = ended ? "state=ended" : "state=open"
            try await network.run(options) { client in
                try await client.all("/requests", "requests", query: query)
            } network: { session, path in
                try await session.all(path + "/requests", "requests", query: query)
            } text: {
                Listing.table(
                    $0, "requests",
                    [
                        ("REQUEST", "request"), ("KIND", "kind"), ("TENANT", "tenant"), ("STATE", "state"),
                        ("DUE", "due_at"), ("OVERDUE", "overdue"), ("CLAIMS", "claims"),
                    ])
            }
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show a request, and whose it is. Over the network the person reads who looked.")

        @Argument(help: "The request, as the list names it.")
        var request: String

        @OptionGroup var options: AdministrationOptions
        @OptionGroup var network: NetworkOptions

        func run() async throws {
            try await network.run(options) { client in
                try await client.get("/requests/" + request.part)
            } network: { session, path in
                try await session.call(.GET, path + "/requests/" + request.part).object
            } text: {
                Listing.lines($0)
            }
        }
    }

    struct Decide: AsyncParsableCommand {
        private static let reasons = DataSubjectRefusal.ofDesks.map(\.rawValue).joined(separator: ", ")

        static let configuration = CommandConfiguration(
            abstract: "Say that what was asked for is done, or why it is not.",
            discussion: "Nothing is changed by that: correct, restrict or erase first, then say --done.")

        @Argument(help: "The request, as the list names it.")
        var request: String

        @Flag(help: "It is done.")
        var done = false

        @Option(help: ArgumentHelp("It is refused: \(reasons).", valueName: "reason"))
        var refuse: String?

        @OptionGroup var options: AdministrationOptions
        @OptionGroup var network: NetworkOptions

        func validate() throws {
            guard done == (refuse == nil) else { throw ValidationError("Give --done or --refuse REASON.") }
        }

        func run() async throws {
            let step = "/requests/\(request.part)/decision"
            var body: JSONObject = ["decision": done ? "done" : "refused"]
            body["reason"] = refuse.map { .string($0) }
            try await network.run(options) { client in
                try await client.post(step, body)
            } network: { session, path in
                try await session.call(.POST, path + step, body).object
            } text: {
                Listing.lines($0)
            }
        }
    }
}
