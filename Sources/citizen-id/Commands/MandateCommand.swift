internal import ArgumentParser
internal import NIOHTTP1
internal import OpenIDMessages

/// `citizen-id mandate …`
struct MandateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mandate", abstract: "Mandates of companies: what an office may see of them, and end.",
        discussion: """
            Over the local socket a clerk reaches the mandates of every company. With --at TENANT an administrator with the \
            role company_clerk reaches those of the companies that the tenant looks after. Nobody sees here who holds a \
            mandate; the company's own people do: citizen-phone mandates.
            """,
        subcommands: [List.self, Show.self, Revoke.self])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the mandates by which somebody acts for a company, also those that are over.")

        @Argument(help: "The company, as `citizen-id company list` names it.")
        var company: String

        @OptionGroup var options: AdministrationOptions
        @OptionGroup var network: NetworkOptions

        func run() async throws {
            let list = "/companies/\(company.part)/mandates"
            try await network.run(options) { client in
                try await client.all(list, "mandates")
            } network: { session, path in
                try await session.all(path + list, "mandates")
            } text: {
                Listing.table(
                    $0, "mandates",
                    [
                        ("MANDATE", "mandate"), ("STATE", "state"), ("HOLDER", "holder"), ("FOR", "scopes"),
                        ("WHERE", "tenants"), ("UNTIL", "valid_until"),
                    ])
            }
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show a mandate: what it lets its holder do, and how far it is approved.")

        @OptionGroup var mandate: MandateArgument
        @OptionGroup var options: AdministrationOptions
        @OptionGroup var network: NetworkOptions

        func run() async throws {
            try await network.run(options) { client in
                try await client.get(mandate.path)
            } network: { session, path in
                try await session.call(.GET, path + mandate.path).object
            } text: {
                Listing.lines($0)
            }
        }
    }

    struct Revoke: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "End a mandate and what was delegated from it: nobody acts by them from the next request on.",
            discussion: """
                Its holder and the administrators of the companies that take part are told. What is over stays so; the \
                company may give a new mandate.
                """)

        @OptionGroup var mandate: MandateArgument

        @Option(help: "The town whose office it is, e.g. herten; without it the region's own clerk acts.")
        var tenant: String?

        @OptionGroup var options: AdministrationOptions
        @OptionGroup var network: NetworkOptions

        func validate() throws { try network.validate(against: tenant) }

        func run() async throws {
            let step = mandate.path + "/revocation"
            try await network.run(options) { client in
                var body: JSONObject = [:]
                body["tenant"] = tenant.map { .string($0) }
                return try await client.post(step, body)
            } network: { session, path in
                try await session.call(.POST, path + step, [:]).object
            } text: { answer in
                "The mandate is revoked. Those whom it concerns are told.\n\n" + Listing.lines(answer)
            }
        }
    }
}

/// The mandate that a command is about.
struct MandateArgument: ParsableArguments {
    @Argument(help: "The mandate, as `citizen-id mandate list` names it.")
    var mandate: String

    var path: String { "/mandates/\(mandate.part)" }
}
