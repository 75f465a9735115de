import ArgumentParser
import DeviceAuthenticator
import Foundation
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

    func lines(_ answer: JSONObject, _ language: Language) -> [String] {
        let company = answer.shown("company")
        return [
            language.say(
                "Das Unternehmen ist \(company). Geben Sie als Nächstes seine Angaben zur Prüfung (submit).",
                "The company is \(company). Submit its facts next.")
        ]
    }
}

/// `citizen-phone companies change COMPANY FILE`
struct CompaniesChangeCommand: ActCommand {
    static let configuration = CommandConfiguration(
        commandName: "change", abstract: "Describe a draft otherwise: the file has all of its facts.")

    @OptionGroup var shared: SharedOptions
    @OptionGroup var confirmation: ConfirmationOptions

    @OptionGroup var company: CompanyArgument

    @Argument(help: "A JSON file, as for create.")
    var file: String

    func act() throws -> AccountAct { try company.act(.changeCompany, "facts", body: try JSONObject.file(file)) }
}

/// `citizen-phone companies assert COMPANY FILE`
struct CompaniesAssertCommand: ActCommand {
    static let configuration = CommandConfiguration(
        commandName: "assert", abstract: "Let another account for companies vouch for a company.")

    @OptionGroup var shared: SharedOptions
    @OptionGroup var confirmation: ConfirmationOptions

    @OptionGroup var company: CompanyArgument

    @Argument(help: "A file with the assertion, as the other account gave it.")
    var file: String

    func act() throws -> AccountAct {
        guard let data = FileManager.default.contents(atPath: file), let text = String(bytes: data, encoding: .utf8)
        else { throw ValidationError("The file \(file) cannot be read as text.") }
        let assertion = text.trimmingCharacters(in: .whitespacesAndNewlines)
        return try company.act(.verifyCompany, "assertion", body: ["assertion": .string(assertion)])
    }
}

/// `citizen-phone companies submit COMPANY`
struct CompaniesSubmitCommand: ActCommand {
    static let configuration = CommandConfiguration(
        commandName: "submit", abstract: "Submit the facts about a company for verification.")

    @OptionGroup var shared: SharedOptions
    @OptionGroup var confirmation: ConfirmationOptions

    @OptionGroup var company: CompanyArgument

    func act() throws -> AccountAct { try company.act(.submitCompany, "submission") }
}

/// `citizen-phone companies sign COMPANY`
struct CompaniesSignCommand: ActCommand {
    static let configuration = CommandConfiguration(
        commandName: "sign", abstract: "Sign for a company whose register names you.")

    @OptionGroup var shared: SharedOptions
    @OptionGroup var confirmation: ConfirmationOptions

    @OptionGroup var company: CompanyArgument

    func act() throws -> AccountAct { try company.act(.signForCompany, "signature") }
}

/// `citizen-phone companies close COMPANY`
struct CompaniesCloseCommand: ActCommand {
    static let configuration = CommandConfiguration(
        commandName: "close", abstract: "Close the account of a company.")

    @OptionGroup var shared: SharedOptions
    @OptionGroup var confirmation: ConfirmationOptions

    @OptionGroup var company: CompanyArgument

    func act() throws -> AccountAct { try company.act(.closeCompany, "closing") }
}

/// `citizen-phone companies add-establishment COMPANY FILE`
struct CompaniesAddEstablishmentCommand: ActCommand {
    static let configuration = CommandConfiguration(
        commandName: "add-establishment", abstract: "Add an establishment to a company.")

    @OptionGroup var shared: SharedOptions
    @OptionGroup var confirmation: ConfirmationOptions

    @OptionGroup var company: CompanyArgument

    @Argument(help: "A JSON file; docs/citizen-phone.md shows one.")
    var file: String

    func act() throws -> AccountAct {
        try company.act(.addEstablishment, "establishments", body: try JSONObject.file(file))
    }
}

/// `citizen-phone companies close-establishment COMPANY ESTABLISHMENT`
struct CompaniesCloseEstablishmentCommand: ActCommand {
    static let configuration = CommandConfiguration(
        commandName: "close-establishment", abstract: "Close an establishment of a company.")

    @OptionGroup var shared: SharedOptions
    @OptionGroup var confirmation: ConfirmationOptions

    @OptionGroup var establishment: EstablishmentArguments

    func act() throws -> AccountAct { try establishment.act(.closeEstablishment, "closing") }
}
