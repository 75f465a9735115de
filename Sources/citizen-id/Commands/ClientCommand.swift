internal import ArgumentParser
internal import OpenIDMessages

struct ClientCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "client", abstract: "Look at the portals that may ask for logins.",
        subcommands: [List.self, Show.self])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List all clients.")
        @OptionGroup var options: AdministrationOptions

        func run() async throws {
            try await options.run { client in
                try await client.get("/clients")
            } text: { answer in
                Output.table(
                    ["CLIENT", "TENANT", "NAME", "AUTHENTICATION", "READY"],
                    (answer["clients"]?.array ?? []).compactMap(\.object).map { client in
                        ["client_id", "tenant", "name", "authentication"].map { client[$0]?.string ?? "" }
                            + [client["can_authenticate"] == true ? "yes" : "no key yet"]
                    })
            }
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show one client.")

        @Argument(help: "The client_id.")
        var client: String

        @OptionGroup var options: AdministrationOptions

        func run() async throws {
            try await options.run { server in
                try await server.get("/clients/" + FormParameters.percentEncode(client))
            } text: { answer in
                answer.members.map { member in
                    let value = member.value.strings?.joined(separator: " ") ?? member.value.string
                    return "\(member.name): \(value ?? String(decoding: member.value.serialized, as: UTF8.self))"
                }.joined(separator: "\n")
            }
        }
    }
}
