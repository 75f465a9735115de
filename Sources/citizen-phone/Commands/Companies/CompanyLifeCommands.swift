import ArgumentParser
import DeviceAuthenticator
import OpenIDMessages

/// `citizen-phone companies create FILE`
struct CompaniesCreateCommand: ActCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Create a company; you become its first administrator.")

    @OptionGroup var shared: SharedOptions
    @OptionGroup var confirmation: ConfirmationOptions

    @Argument(help: "A JSON file; docs/citizen-phone.md shows one.")
    var file: String

    func act() throws -> AccountAct {
        AccountAct(.createCompany, path: "/companies", body: try JSONObject.file(file))
    }

    func lines(_ answer: JSONObject) -> [String] {
        ["The company is \(answer.shown("company")). Submit its facts next."]
    }
}

/// `citizen-phone companies submit COMPANY`
struct CompaniesSubmitCommand: ActCommand {
    static let configuration = CommandConfiguration(
        commandName: "submit", abstract: "Submit the facts about a company for verification.")

    @OptionGroup var shared: SharedOptions
    @OptionGroup var confirmation: ConfirmationOptions

    @Argument(help: "The company, as the list names it.")
    var company: String

    func act() throws -> AccountAct {
        let company = try PathPart.checked(company)
        return AccountAct(
            .submitCompany, path: "/companies/\(company)/submission",
            pathParameters: ["company": .string(company)])
    }
}

/// `citizen-phone companies sign COMPANY`
struct CompaniesSignCommand: ActCommand {
    static let configuration = CommandConfiguration(
        commandName: "sign", abstract: "Sign for a company whose register names you.")

    @OptionGroup var shared: SharedOptions
    @OptionGroup var confirmation: ConfirmationOptions

    @Argument(help: "The company, as the list names it.")
    var company: String

    func act() throws -> AccountAct {
        let company = try PathPart.checked(company)
        return AccountAct(
            .signForCompany, path: "/companies/\(company)/signature",
            pathParameters: ["company": .string(company)])
    }
}

/// `citizen-phone companies close COMPANY`
struct CompaniesCloseCommand: ActCommand {
    static let configuration = CommandConfiguration(
        commandName: "close", abstract: "Close the account of a company.")

    @OptionGroup var shared: SharedOptions
    @OptionGroup var confirmation: ConfirmationOptions

    @Argument(help: "The company, as the list names it.")
    var company: String

    func act() throws -> AccountAct {
        let company = try PathPart.checked(company)
        return AccountAct(
            .closeCompany, path: "/companies/\(company)/closing",
            pathParameters: ["company": .string(company)])
    }
}

/// `citizen-phone companies add-establishment COMPANY FILE`
struct CompaniesAddEstablishmentCommand: ActCommand {
    static let configuration = CommandConfiguration(
        commandName: "add-establishment", abstract: "Add an establishment to a company.")

    @OptionGroup var shared: SharedOptions
    @OptionGroup var confirmation: ConfirmationOptions

    @Argument(help: "The company, as the list names it.")
    var company: String

    @Argument(help: "A JSON file; docs/citizen-phone.md shows one.")
    var file: String

    func act() throws -> AccountAct {
        let company = try PathPart.checked(company)
        return AccountAct(
            .addEstablishment, path: "/companies/\(company)/establishments",
            pathParameters: ["company": .string(company)], body: try JSONObject.file(file))
    }
}

/// `citizen-phone companies close-establishment COMPANY ESTABLISHMENT`
struct CompaniesCloseEstablishmentCommand: ActCommand {
    static let configuration = CommandConfiguration(
        commandName: "close-establishment", abstract: "Close an establishment of a company.")

    @OptionGroup var shared: SharedOptions
    @OptionGroup var confirmation: ConfirmationOptions

    @Argument(help: "The company, as the list names it.")
    var company: String

    @Argument(help: "The establishment, as `companies show` names it.")
    var establishment: String

    func act() throws -> AccountAct {
        let company = try PathPart.checked(company)
        let establishment = try PathPart.checked(establishment)
        return AccountAct(
            .closeEstablishment, path: "/companies/\(company)/establishments/\(establishment)/closing",
            pathParameters: ["company": .string(company), "establishment": .string(establishment)])
    }
}
