import ArgumentParser
import DeviceAuthenticator
import OpenIDMessages

/// `citizen-phone companies leave COMPANY`
struct CompaniesLeaveCommand: ActCommand {
    static let configuration = CommandConfiguration(
        commandName: "leave", abstract: "Leave a company.")

    @OptionGroup var shared: SharedOptions
    @OptionGroup var confirmation: ConfirmationOptions

    @OptionGroup var company: CompanyArgument

    func act() throws -> AccountAct { try company.act(.leaveCompany, "leaving") }
}

/// `citizen-phone companies remove COMPANY MEMBERSHIP`
struct CompaniesRemoveCommand: ActCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove", abstract: "Remove a member.")

    @OptionGroup var shared: SharedOptions
    @OptionGroup var confirmation: ConfirmationOptions

    @OptionGroup var member: MemberArguments

    func act() throws -> AccountAct { try member.act(.removeMember, "removal") }
}

/// `citizen-phone companies suspend COMPANY MEMBERSHIP`
struct CompaniesSuspendCommand: ActCommand {
    static let configuration = CommandConfiguration(
        commandName: "suspend", abstract: "Suspend a member for now.")

    @OptionGroup var shared: SharedOptions
    @OptionGroup var confirmation: ConfirmationOptions

    @OptionGroup var member: MemberArguments

    func act() throws -> AccountAct { try member.act(.suspendMember, "suspension") }
}

/// `citizen-phone companies resume COMPANY MEMBERSHIP`
struct CompaniesResumeCommand: ActCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume", abstract: "Let a suspended member act again.")

    @OptionGroup var shared: SharedOptions
    @OptionGroup var confirmation: ConfirmationOptions

    @OptionGroup var member: MemberArguments

    func act() throws -> AccountAct { try member.act(.resumeMember, "resumption") }
}

/// `citizen-phone companies roles COMPANY MEMBERSHIP`
struct CompaniesRolesCommand: ActCommand {
    static let configuration = CommandConfiguration(
        commandName: "roles", abstract: "Change the roles of a member.")

    @OptionGroup var shared: SharedOptions
    @OptionGroup var confirmation: ConfirmationOptions

    @OptionGroup var member: MemberArguments

    @Option(help: "rights_admin, user_admin or member; several times for several roles.")
    var role: [String]

    func act() throws -> AccountAct { try member.act(.changeRoles, "roles", body: ["roles": .strings(role)]) }
}

/// `citizen-phone companies consent COMPANY give|withdraw`
struct CompaniesConsentCommand: ActCommand {
    static let configuration = CommandConfiguration(
        commandName: "consent", abstract: "Let your private identity be used for a company, or no more.")

    enum Wish: String, ExpressibleByArgument, CaseIterable { case give, withdraw }

    @OptionGroup var shared: SharedOptions
    @OptionGroup var confirmation: ConfirmationOptions

    @OptionGroup var company: CompanyArgument

    @Argument(help: "give or withdraw.")
    var wish: Wish

    func act() throws -> AccountAct {
        try company.act(.changeConsent, "consent", body: ["given": .bool(wish == .give)])
    }
}
