internal import AccountDirectory
internal import ArgumentParser
internal import Foundation
internal import NIOHTTP1
internal import OpenIDMessages

extension AdminCommand {
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Who administers the region, or one tenant.")

        @Option(help: "The tenant; the region when absent.")
        var tenant: String?

        @OptionGroup var options: AdministratorOptions

        func run() async throws {
            try await options.run { session in
                try await session.all(AdminCommand.path(tenant) + "/assignments", "assignments")
            } text: {
                AdminCommand.assignments($0)
            }
        }
    }

    struct Grant: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Give a role to somebody who has logged in to administration once.",
            discussion: "Nobody gives more than their own role gives, nor to themselves.")

        @Argument(help: "The person's name in administration, as `citizen-id admin me` shows it to them.")
        var subject: String

        @Option(
            help: ArgumentHelp(
                "The role: "
                    + AdministrationRole.allCases.filter { $0 != .emergency }.map(\.rawValue).joined(separator: ", ")
                    + "."))
        var role: String

        @Option(help: "The tenant; the region when absent.")
        var tenant: String?

        @Option(help: "For how many days, 1 to 366.")
        var days: Int64

        @OptionGroup var options: AdministratorOptions

        func validate() throws {
            guard (1...366).contains(days) else { throw ValidationError("--days is a number from 1 to 366.") }
        }

        func run() async throws {
            let until = Int64(Date().timeIntervalSince1970) + days * 86_400
            try await options.run { session in
                try await session.call(
                    .POST, AdminCommand.path(tenant) + "/assignments",
                    ["subject": .string(subject), "role": .string(role), "valid_until": .integer(until)]
                ).object
            } text: { answer in
                "Granted \(answer["assignment"]?.string ?? "?") until \(Output.time(answer["valid_until"]?.integer))."
            }
        }
    }

    struct Revoke: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "End a role at once.")

        @Argument(help: "The assignment.")
        var assignment: String

        @Option(help: "The tenant; the region when absent.")
        var tenant: String?

        @OptionGroup var options: AdministratorOptions

        func run() async throws {
            try await options.run { session in
                _ = try await session.change(
                    .DELETE, AdminCommand.path(tenant) + "/assignments/\(assignment.part)")
                return ["revoked": .string(assignment)]
            } text: { _ in
                "Revoked."
            }
        }
    }

    /// `citizen-id admin emergency …`
    struct EmergencyCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "emergency",
            abstract: "Access to a tenant's personal data in an emergency: two people, a few hours.",
            subcommands: [ListEmergencies.self, Ask.self, Approve.self, Refuse.self])
    }

    struct ListEmergencies: AsyncParsableCommand {
        static let configuration = CommandConfiguration(commandName: "list", abstract: "Emergencies at a tenant.")
        @Option(help: "The tenant.")
        var tenant: String
        @OptionGroup var options: AdministratorOptions

        func run() async throws {
            try await options.run { session in
                try await session.all("/tenants/\(tenant.part)/emergencies", "emergencies")
            } text: {
                Listing.table(
                    $0, "emergencies",
                    [
                        ("EMERGENCY", "emergency"), ("STATE", "state"), ("ASKED", "requested_at"),
                        ("BY", "requested_by"), ("SECONDS", "seconds"), ("REASON", "reason"),
                    ])
            }
        }
    }

    struct Ask: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Ask for access; another person has 15 minutes to approve.")
        @Option(help: "The tenant.")
        var tenant: String
        @Option(help: "Why; no names of people.")
        var reason: String
        @Option(help: "For how many minutes, 1 to 240.")
        var minutes: Int64 = 60
        @OptionGroup var options: AdministratorOptions

        func validate() throws {
            guard (1...240).contains(minutes) else { throw ValidationError("--minutes is a number from 1 to 240.") }
        }

        func run() async throws {
            try await options.run { session in
                try await session.call(
                    .POST, "/tenants/\(tenant.part)/emergencies",
                    ["reason": .string(reason), "seconds": .integer(minutes * 60)]
                ).object
            } text: { answer in
                "Asked for: \(answer["emergency"]?.string ?? "?"). Another person approves it within 15 minutes."
            }
        }
    }

    struct Approve: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Approve another person's emergency.")
        @Argument(help: "The emergency.")
        var emergency: String
        @Option(help: "The tenant.")
        var tenant: String
        @OptionGroup var options: AdministratorOptions

        func run() async throws {
            try await options.run { session in
                try await session.call(
                    .POST, "/tenants/\(tenant.part)/emergencies/\(emergency.part)/approve"
                ).object
            } text: { answer in
                "Approved until \(Output.time(answer["valid_until"]?.integer)). "
                    + "The tenant's data protection officer is told."
            }
        }
    }

    struct Refuse: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Refuse an emergency.")
        @Argument(help: "The emergency.")
        var emergency: String
        @Option(help: "The tenant.")
        var tenant: String
        @OptionGroup var options: AdministratorOptions

        func run() async throws {
            try await options.run { session in
                _ = try await session.call(.POST, "/tenants/\(tenant.part)/emergencies/\(emergency.part)/refuse")
                return ["refused": .string(emergency)]
            } text: { _ in
                "Refused."
            }
        }
    }

    struct Notices: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "What a tenant's data protection officer must hear of.")
        @Option(help: "The tenant.")
        var tenant: String
        @OptionGroup var options: AdministratorOptions

        func run() async throws {
            try await options.run { session in
                try await session.all("/tenants/\(tenant.part)/notices", "notices")
            } text: {
                Listing.table(
                    $0, "notices", [("NOTICE", "notice"), ("WHAT", "kind"), ("OBJECT", "object"), ("AT", "at")])
            }
        }
    }
}
