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
            abstract: "Let the next key sign; the current one stays published until all that it signed has expired.")

        @Option(help: "ES256 or RS256.")
        var alg = "ES256"

        @OptionGroup var options: AdministrationOptions

        func run() async throws {
            try await options.run { client in
                try await client.post("/keys/rotate", ["alg": .string(alg)])
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
