internal import ArgumentParser
internal import OpenIDMessages

@main
struct CitizenID: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "citizen-id",
        abstract: "The OpenID provider whose password is a phone, and its administration.",
        discussion: """
            Exit codes: 0 done; 1 failed, the message says why; 2 a file has mistakes, a change was not applied, or a \
            doctor's check failed; 3 the running server was not reached or did not answer; 4 no administrator \
            is logged in; 64 wrong use.
            """,
        version: ProductVersion.text,
        subcommands: [
            Serve.self, RegionCommand.self, TemplateCommand.self, Desk.self, ClientCommand.self, KeysCommand.self,
            AuditCommand.self, AdminCommand.self, TenantCommand.self, ServiceCommand.self, PersonCommand.self,
            SessionCommand.self, DeviceCommand.self, CompanyCommand.self, MandateCommand.self, RequestCommand.self,
        ])
}
