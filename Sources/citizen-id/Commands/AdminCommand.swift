internal import ArgumentParser
internal import NIOHTTP1
internal import OpenIDMessages

/// `citizen-id admin …`: who administers, and the login of administrators.
struct AdminCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "admin", abstract: "Administrators: their login, their roles, and emergencies.",
        discussion: """
            Administrators log in with their own phone and hold dated roles for the region or for one tenant. The \
            machine's operator makes the first one by a ticket. docs/administration.md tells the rest.
            """,
        subcommands: [
            Bootstrap.self, LogIn.self, LogOut.self, Accept.self, Me.self, List.self, Grant.self, Revoke.self,
            EmergencyCommand.self, Notices.self,
        ])

    struct Bootstrap: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make a ticket for the first administrator, good once and for 15 minutes.",
            discussion: """
                Speaks to the running server over its local socket. The person logs in with `citizen-id admin login` and \
                then gives the ticket to `citizen-id admin accept`.
                """)

        @Flag(help: "Although the region has an administrator, whom nobody can reach.")
        var recover = false

        @OptionGroup var options: AdministrationOptions

        func run() async throws {
            try await options.run { client in
                try await client.post("/admin/tickets", ["recover": .bool(recover)])
            } text: { answer in
                """
                \(answer["ticket"]?.string ?? "")

                Good once, until \(Output.time(answer["expires_at"]?.integer)). The administrator-to-be runs:
                  citizen-id admin login --issuer \(answer["issuer"]?.string ?? "?") --url \(answer["url"]?.string ?? "?")
                  citizen-id admin accept TICKET
                """
            }
        }
    }

    struct LogIn: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "login", abstract: "Log in with one's own phone.",
            discussion: """
                Prints an address. Open it in a browser on the device that holds your key, and approve there; a login by \
                QR code from another device does not count for administration. On the command line: \
                citizen-phone login ADDRESS --flow link
                """)

        @Option(help: "The provider, https://HOST[:PORT].")
        var issuer: String

        @Option(help: "Where administration listens, https://HOST[:PORT].")
        var url: String

        @Option(help: "A PEM file with CAs that are trusted besides the system's.")
        var ca: String?

        @OptionGroup var options: AdministratorOptions

        func validate() throws {
            for (name, text) in [("--issuer", issuer), ("--url", url)] where IssuerURL(rawValue: text) == nil {
                throw ValidationError("\(name) is https://HOST or https://HOST:PORT with nothing after it.")
            }
        }

        func run() async throws {
            guard let issuer = IssuerURL(rawValue: issuer), let url = IssuerURL(rawValue: url) else { return }
            let login = AdministratorLogin(
                folder: options.desk.administratorFolder, issuer: issuer, url: url, certificates: ca,
                show: { address in
                    Output.say("Open this address on the device that holds your key:\n\(address)")
                })
            do { try await login.run() } catch { throw options.desk.failure(error) }
            try await options.run { session in
                try await session.call(.GET, "/me").object
            } text: {
                AdminCommand.describe($0)
            }
        }
    }

    struct LogOut: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "logout", abstract: "End the login and forget its key.")
        @OptionGroup var options: AdministratorOptions

        func run() async throws {
            try await options.run { session in
                try await session.logOut()
                return ["logged_out": true]
            } text: { _ in
                "Logged out."
            }
        }
    }

    struct Accept: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Become the first administrator by a ticket.")

        @Argument(help: "The ticket.")
        var ticket: String

        @OptionGroup var options: AdministratorOptions

        func run() async throws {
            try await options.run { session in
                try await session.call(.POST, "/bootstrap", ["ticket": .string(ticket)]).object
            } text: { answer in
                "You administer the region until \(Output.time(answer["valid_until"]?.integer))."
            }
        }
    }

    struct Me: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Who I am in administration, and what I may do.")
        @OptionGroup var options: AdministratorOptions

        func run() async throws {
            try await options.run { session in
                try await session.call(.GET, "/me").object
            } text: {
                AdminCommand.describe($0)
            }
        }
    }

    static func describe(_ me: JSONObject) -> String {
        """
        Your name in administration: \(me["subject"]?.string ?? "?")

        \(assignments(me))
        """
    }

    static func assignments(_ answer: JSONObject) -> String {
        Listing.table(
            answer, "assignments",
            [
                ("ASSIGNMENT", "assignment"), ("ROLE", "role"), ("TENANT", "tenant"), ("ADMINISTRATOR", "subject"),
                ("FROM", "valid_from"), ("UNTIL", "valid_until"), ("REVOKED", "revoked_at"),
            ])
    }

    /// Where an assignment counts.
    static func path(_ tenant: String?) -> String { tenant.map { "/tenants/\($0.part)" } ?? "" }
}
