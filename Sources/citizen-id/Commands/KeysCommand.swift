internal import ArgumentParser
internal import OpenIDMessages

struct KeysCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys", abstract: "Look at the provider's signing keys and rotate them.",
        subcommands: [List.self, Rotate.self])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the published keys.")
        @OptionGroup var options: AdministrationOptions

        func run() async throws {
            try await options.run { client in
                try await client.get("/keys")
            } text: {
                KeysCommand.table($0)
            }
        }
    }

    struct Rotate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Let the next key sign; the current one stays published until all that it signed has expired.",
            discussion: """
                Keys rotate by themselves every 90 days. The next key signs only after it has been published for a day, so \
                that portals know it by then; earlier the rotation is refused, and the refusal says when it will be done.
                """)

        @Option(help: "ES256, RS256, PS256 or EdDSA.")
        var alg = "ES256"

        @Flag(
            help: """
                Even if the next key has not been published for a day yet. For emergencies: portals that have not fetched \
                the new key refuse logins until they fetch the keys again.
                """)
        var now = false

        @OptionGroup var options: AdministrationOptions

        func run() async throws {
            try await options.run { client in
                try await client.post("/keys/rotate", ["alg": .string(alg), "now": .bool(now)])
            } text: {
                KeysCommand.table($0)
            }
        }
    }

    private static func table(_ answer: JSONObject) -> String {
        Output.table(
            ["KEY", "ALG", "STAGE", "SINCE"],
            (answer["keys"]?.array ?? []).compactMap(\.object).map { key in
                ["kid", "alg", "stage"].map { key[$0]?.string ?? "" } + [Output.time(key["since"]?.integer)]
            })
    }
}
