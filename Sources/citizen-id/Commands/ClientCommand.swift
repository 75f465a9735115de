internal import ArgumentParser
internal import NIOHTTP1
internal import OpenIDMessages

struct ClientCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "client", abstract: "The portals that may ask for logins.",
        subcommands: [
            List.self, Show.self, ClientDoctorCommand.self, Token.self, Tokens.self, RevokeToken.self, Remove.self,
        ])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List all clients.")
        @OptionGroup var options: AdministrationOptions
        @OptionGroup var network: NetworkOptions

        func run() async throws {
            try await network.run(options) { client in
                try await client.get("/clients")
            } network: { session, path in
                try await session.call(.GET, path + "/clients").object
            } text: { answer in
                Output.table(
                    ["CLIENT", "TENANT", "NAME", "PROFILE", "AUTHENTICATION", "READY", "FROM"],
                    (answer["clients"]?.array ?? []).compactMap(\.object).map { client in
                        ["client_id", "tenant", "name", "profile", "authentication"].map { client[$0]?.string ?? "" }
                            + [client["can_authenticate"] == true ? "yes" : "no key yet"]
                            + [client["registered"] == true ? "registration" : "region file"]
                    })
            }
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show one client.")

        @Argument(help: "The client_id.")
        var client: String

        @OptionGroup var options: AdministrationOptions
        @OptionGroup var network: NetworkOptions

        func run() async throws {
            try await network.run(options) { server in
                try await server.get("/clients/" + client.part)
            } network: { session, path in
                try await session.call(.GET, path + "/clients/" + client.part).object["client"]?.object ?? [:]
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

    struct Token: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Let somebody register clients of a tenant: prints an initial access token, once.")

        @Option(help: "How many clients may be registered with it, 1 to 1000.")
        var uses: Int64 = 1

        @Option(help: "For how many hours it is good, 1 to 720.")
        var validFor: Int64 = 24

        @OptionGroup var town: RegistrationTenant

        func validate() throws {
            guard (1...1000).contains(uses) else { throw ValidationError("--uses is a number from 1 to 1000.") }
            guard (1...720).contains(validFor) else {
                throw ValidationError("--valid-for is a number of hours from 1 to 720.")
            }
        }

        func run() async throws {
            try await town.network.run(town.options) { server in
                try await server.post(
                    "/clients/tokens",
                    ["tenant": .string(town.tenant), "uses": .integer(uses), "seconds": .integer(validFor * 3600)])
            } network: { session, path in
                try await session.call(
                    .POST, path + "/registration-tokens",
                    ["uses": .integer(uses), "seconds": .integer(validFor * 3600)]
                ).object
            } text: { answer in
                """
                \(answer["initial_access_token"]?.string ?? "")

                Good for \(uses) registration\(uses == 1 ? "" : "s") at \(answer["registration_endpoint"]?.string ?? "?") \
                until \(Output.time(answer["expires_at"]?.integer)). It is not shown again; its name is \
                \(answer["token"]?.string ?? "?").
                """
            }
        }
    }

    /// The tenant whose clients are registered, and how it is reached.
    struct RegistrationTenant: ParsableArguments {
        @Option(help: "The tenant, e.g. marl.")
        var tenant: String

        @OptionGroup var options: AdministrationOptions
        @OptionGroup var network: NetworkOptions

        func validate() throws { try network.validate(against: tenant) }
    }

    struct Tokens: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List what is good for registering clients of a tenant: names, not the tokens themselves.")

        @OptionGroup var town: RegistrationTenant

        func run() async throws {
            try await town.network.run(town.options) { server in
                try await server.get("/registration-tokens/" + town.tenant.part)
            } network: { session, path in
                try await session.call(.GET, path + "/registration-tokens").object
            } text: {
                Listing.table(
                    $0, "tokens", [("TOKEN", "token"), ("USES LEFT", "uses_left"), ("EXPIRES", "expires_at")])
            }
        }
    }

    struct RevokeToken: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "revoke-token",
            abstract: "End what is good for registering clients. Clients that it registered stay.")

        @Argument(help: "Its name, as client tokens lists it: it_….")
        var token: String

        @OptionGroup var town: RegistrationTenant

        func run() async throws {
            try await town.network.run(town.options) { server in
                try await server.delete("/registration-tokens/\(town.tenant.part)/\(token.part)")
            } network: { session, path in
                _ = try await session.call(.DELETE, path + "/registration-tokens/" + token.part)
                return ["revoked": .string(token)]
            } text: { _ in
                "It registers no client any more."
            }
        }
    }

    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Remove a client that registered itself, with its grants and tokens.")

        @Argument(help: "The client_id.")
        var client: String

        @OptionGroup var options: AdministrationOptions
        @OptionGroup var network: NetworkOptions

        func run() async throws {
            try await network.run(options) { server in
                try await server.delete("/clients/" + client.part)
            } network: { session, path in
                _ = try await session.change(.DELETE, path + "/clients/" + client.part)
                return ["removed": .string(client)]
            } text: { answer in
                "Removed \(answer["removed"]?.string ?? client)."
            }
        }
    }
}
