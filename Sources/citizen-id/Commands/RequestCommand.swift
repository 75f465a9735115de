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
            Over the local socket these are the requests to the region and to every town; show and decide name the account \
            that `citizen-id desk` takes. With --at TENANT an administrator with the role clerk or dpo reaches those to the \
            town, with the `sub` that its portals know.
            """, subcommands: [List.self, Receive.self, Show.self, Identify.self, Decide.self])

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

    struct Receive: AsyncParsableCommand {
        private static let kinds = DataSubjectRequestKind.allCases.filter { $0.isDecided(atTenant: true) }
            .map(\.rawValue).joined(separator: ", ")

        static let configuration = CommandConfiguration(
            abstract: "Write down a request that came by letter, by mail or at a counter.",
            discussion: """
                The account, or with --at the candidate, is whom desk find shows for the names and the birth date that the \
                letter gives; without one there is nothing to write down here, and the answer is that nothing is stored. The \
                month runs from the day on which it came. Until request identify it can be refused alone.
                """)

        @Argument(help: "What is asked for: \(kinds). To erase is asked of a town; the region closes the account.")
        var kind: String

        @Option(help: ArgumentHelp("The day on which it came, e.g. 2026-11-30.", valueName: "day"))
        var received: String

        @Option(help: "The town that is asked; without it the region is. A command that has --at does without it.")
        var tenant: String?

        @Option(help: "A claim that it is about, e.g. address; may be repeated. Without it all.")
        var claim: [String] = []

        @Option(help: "The account, as desk find names it.")
        var account: String?

        @Option(help: "With --at: the candidate, as desk find --at names them.")
        var candidate: String?

        @Option(help: "With --at: the file (JSON) of the person whom the letter names; - reads standard input.")
        var person: String?

        @OptionGroup var options: AdministrationOptions
        @OptionGroup var network: NetworkOptions

        func validate() throws {
            try network.validate(against: tenant)
            let isSocket = network.at == nil
            guard (account != nil) == isSocket, (candidate == nil) == isSocket, (person == nil) == isSocket else {
                throw ValidationError("--account says whose request it is; with --at it is --candidate and --person.")
            }
        }

        func run() async throws {
            var body: JSONObject = ["kind": .string(kind), "received_on": .string(received)]
            if !claim.isEmpty { body["claims"] = .strings(claim) }
            try await network.run(options) { [body] client in
                var body = body
                body["account"] = account.map { .string($0) }
                body["tenant"] = tenant.map { .string($0) }
                return try await client.post("/requests", body)
            } network: { [body] session, path in
                var body = body
                body["person"] = .object(try VisitOptions.person(person ?? "", json: options.json))
                body["candidate"] = candidate.map { .string($0) }
                return try await session.call(.POST, path + "/requests", body).object
            } text: {
                Listing.lines($0)
            }
        }
    }

    struct Identify: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say that the person of such a request was identified; then it runs.",
            discussion: "At the account's level or above. --tenant says at whose desk that was.")

        @Argument(help: "The request, as the list names it.")
        var request: String

        @OptionGroup var visit: VisitOptions
        @OptionGroup var options: AdministrationOptions
        @OptionGroup var network: NetworkOptions

        func validate() throws { try network.validate(against: visit.tenant) }

        func run() async throws {
            let step = "/requests/\(request.part)/identification"
            try await network.run(options) { client in
                try await client.post(step, visit.request(json: options.json))
            } network: { session, path in
                try await session.call(.POST, path + step, visit.networkRequest(json: options.json)).object
            } text: {
                Listing.lines($0)
            }
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show a request, and whose it is. The person reads that somebody looked.")

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
