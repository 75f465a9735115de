import ArgumentParser
import DeviceAuthenticator
import OpenIDMessages

/// `citizen-phone companies leave COMPANY`
struct CompaniesLeaveCommand: ActCommand {
    static let configuration = CommandConfiguration(
        commandName: "leave", abstract: "Leave a company.")

    @OptionGroup var shared: SharedOptions
    @OptionGroup var confirmation: ConfirmationOptions

    @Argument(help: "The company, as the list names it.")
    var company: String

    func act() throws -> AccountAct {
        let company = try PathPart.checked(company)
        return AccountAct(
            .leaveCompany, path: "/companies/\(company)/leaving",
            pathParameters: ["company": .string(company)])
    }
}

/// `citizen-phone companies remove COMPANY MEMBERSHIP`
struct CompaniesRemoveCommand: ActCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove", abstract: "Remove a member.")

    @OptionGroup var shared: SharedOptions
    @OptionGroup var confirmation: ConfirmationOptions

    @Argument(help: "The company, as the list names it.")
    var company: String

    @Argument(help: "The membership, as `companies show` names it.")
    var membership: String

    func act() throws -> AccountAct {
        let company = try PathPart.checked(company)
        let membership = try PathPart.checked(membership)
        return AccountAct(
            .removeMember, path: "/companies/\(company)/members/\(membership)/removal",
            pathParameters: ["company": .string(company), "membership": .string(membership)])
    }
}

/// `citizen-phone companies suspend COMPANY MEMBERSHIP`
struct CompaniesSuspendCommand: ActCommand {
    static let configuration = CommandConfiguration(
        commandName: "suspend", abstract: "Suspend a member for now.")

    @OptionGroup var shared: SharedOptions
    @OptionGroup var confirmation: ConfirmationOptions

    @Argument(help: "The company, as the list names it.")
    var company: String

    @Argument(help: "The membership, as `companies show` names it.")
    var membership: String

    func act() throws -> AccountAct {
        let company = try PathPart.checked(company)
        let membership = try PathPart.checked(membership)
        return AccountAct(
            .suspendMember, path: "/companies/\(company)/members/\(membership)/suspension",
            pathParameters: ["company": .string(company), "membership": .string(membership)])
    }
}

/// `citizen-phone companies resume COMPANY MEMBERSHIP`
struct CompaniesResumeCommand: ActCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume", abstract: "Let a suspended member act again.")

    @OptionGroup var shared: SharedOptions
    @OptionGroup var confirmation: ConfirmationOptions

    @Argument(help: "The company, as the list names it.")
    var company: String

    @Argument(help: "The membership, as `companies show` names it.")
    var membership: String

    func act() throws -> AccountAct {
        let company = try PathPart.checked(company)
        let membership = try PathPart.checked(membership)
        return AccountAct(
            .resumeMember, path: "/companies/\(company)/members/\(membership)/resumption",
            pathParameters: ["company": .string(company), "membership": .string(membership)])
    }
}

/// `citizen-phone companies roles COMPANY MEMBERSHIP`
struct CompaniesRolesCommand: ActCommand {
    static let configuration = CommandConfiguration(
        commandName: "roles", abstract: "Change the roles of a member.")

    @OptionGroup var shared: SharedOptions
    @OptionGroup var confirmation: ConfirmationOptions

    @Argument(help: "The company, as the list names it.")
    var company: String

    @Argument(help: "The membership, as `companies show` names it.")
    var membership: String

    @Option(help: "rights_admin, user_admin or member; several times for several roles.")
    var role: [String]

    func act() throws -> AccountAct {
        let company = try PathPart.checked(company)
        let membership = try PathPart.checked(membership)
        return AccountAct(
            .changeRoles, path: "/companies/\(company)/members/\(membership)/roles",
            pathParameters: ["company": .string(company), "membership": .string(membership)],
            body: ["roles": .strings(role)])
    }
}

/// `citizen-phone companies consent COMPANY give|withdraw`
struct CompaniesConsentCommand: ActCommand {
    static let configuration = CommandConfiguration(
        commandName: "consent", abstract: "Let your private identity be used for a company, or no more.")

    enum Wish: String, ExpressibleByArgument, CaseIterable { case give, withdraw }

    @OptionGroup var shared: SharedOptions
    @OptionGroup var confirmation: ConfirmationOptions

    @Argument(help: "The company, as the list names it.")
    var company: String

    @Argument(help: "give or withdraw.")
    var wish: Wish

    func act() throws -> AccountAct {
        let company = try PathPart.checked(company)
        return AccountAct(
            .changeConsent, path: "/companies/\(company)/consent", pathParameters: ["company": .string(company)],
            body: ["given": .bool(wish == .give)])
    }
}
