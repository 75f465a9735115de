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
                let lines = answer.members.filter { $0.name != "logouts" }.map { member in
                    let value = member.value.strings?.joined(separator: " ") ?? member.value.string
                    return "\(member.name): \(value ?? String(decoding: member.value.serialized, as: UTF8.self))"
                }
                return (lines + ["", Self.logouts(answer)]).joined(separator: "\n")
            }
        }

        /// Logout tokens, the newest first: whether the portal has taken them, and if not, why.
        private static func logouts(_ answer: JSONObject) -> String {
            let deliveries = (answer["logouts"]?.array ?? []).compactMap(\.object)
            guard !deliveries.isEmpty else { return "No logout was sent to this client yet." }
            return Output.table(
                ["LOGOUT", "STATE", "ATTEMPTS", "NEXT", "FAILURE"],
                deliveries.map { delivery in
                    [
                        Output.time(delivery["created_at"]?.integer), delivery["state"]?.string ?? "",
                        delivery["attempts"]?.integer.map { String($0) } ?? "",
                        Output.time(delivery["next_attempt_at"]?.integer), delivery["last_failure"]?.string ?? "-",
                    ]
                })
        }
    }
}
