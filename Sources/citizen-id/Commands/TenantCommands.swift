internal import ArgumentParser
internal import NIOHTTP1
internal import OpenIDMessages

/// `citizen-id tenant …`
struct TenantCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tenant", abstract: "The towns and portals of the region, as an administrator sees them.",
        subcommands: [List.self, Show.self])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "The tenants at which I administer anything.")
        @OptionGroup var options: AdministratorOptions

        func run() async throws {
            try await options.run { session in
                try await session.call(.GET, "/tenants").object
            } text: {
                Listing.table(
                    $0, "tenants",
                    [("TENANT", "tenant"), ("NAME", "name"), ("KIND", "kind"), ("STATE", "state"), ("FLOOR", "floor")])
            }
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "One tenant, and how many people know it.")
        @Argument(help: "The tenant, e.g. herten.")
        var tenant: String
        @OptionGroup var options: AdministratorOptions

        func run() async throws {
            try await options.run { session in
                try await session.call(.GET, "/tenants/\(tenant.part)").object
            } text: {
                Listing.lines($0)
            }
        }
    }
}

/// `citizen-id service …`
struct ServiceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "service", abstract: "The services that a tenant offers.", subcommands: [List.self, Show.self])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "A tenant's services.")
        @Option(help: "The tenant.")
        var tenant: String
        @OptionGroup var options: AdministratorOptions

        func run() async throws {
            try await options.run { session in
                try await session.call(.GET, "/tenants/\(tenant.part)/services").object
            } text: {
                Listing.table(
                    $0, "services",
                    [
                        ("SERVICE", "service"), ("TITLE", "title"), ("CONTEXTS", "contexts"),
                        ("LEVEL", "required_level"), ("FROM", "publisher"), ("VERSION", "version"),
                    ])
            }
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "One service.")
        @Argument(help: "The service.")
        var service: String
        @Option(help: "The tenant.")
        var tenant: String
        @OptionGroup var options: AdministratorOptions

        func run() async throws {
            try await options.run { session in
                try await session.call(.GET, "/tenants/\(tenant.part)/services/\(service.part)").object
            } text: {
                Listing.lines($0)
            }
        }
    }
}
