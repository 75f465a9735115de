internal import ArgumentParser
internal import NIOHTTP1
internal import OpenIDMessages

/// `citizen-id audit explain-login`
struct AuditExplainLoginCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain-login",
        abstract: "Why one login at a tenant has its level, for whoever may read the tenant's audit.",
        discussion:
            "The login is the txn of the portal's token and of the events. The level is the lowest of its reasons; "
            + "those that hold it down are marked with *. --json has what the provider signed. The person reads who looked."
    )

    @Argument(help: "The login (txn).")
    var login: String

    @Option(help: "The tenant at whose portal it was.")
    var tenant: String

    @OptionGroup var options: AdministratorOptions

    func run() async throws {
        try await options.run { session in
            try await session.call(.GET, "/tenants/\(tenant.part)/logins/\(login.part)/level").object
        } text: {
            PersonCommand.ExplainLevel.lines($0)
        }
    }
}
