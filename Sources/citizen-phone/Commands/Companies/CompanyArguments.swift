import ArgumentParser
import DeviceAuthenticator
import OpenIDMessages

/// The company that a command is about.
struct CompanyArgument: ParsableArguments {
    @Argument(help: "The company, as the list names it.")
    var company: String

    /// The act at `/companies/COMPANY/STEP`.
    func act(
        _ action: ConfirmedAction, _ step: String, body: JSONObject = [:]
    ) throws(CommandFailure) -> AccountAct {
        let company = try PathPart.checked(company)
        return AccountAct(
            action, path: "/companies/\(company)/\(step)", pathParameters: ["company": .string(company)], body: body)
    }

    /// The act at `/companies/COMPANY/COLLECTION/ITEM/STEP`; `name` is the item's name among the parameters.
    fileprivate func act(
        _ action: ConfirmedAction, in collection: String, _ name: String, _ item: String, _ step: String,
        body: JSONObject = [:]
    ) throws(CommandFailure) -> AccountAct {
        let company = try PathPart.checked(company)
        let item = try PathPart.checked(item)
        return AccountAct(
            action, path: "/companies/\(company)/\(collection)/\(item)/\(step)",
            pathParameters: ["company": .string(company), name: .string(item)], body: body)
    }
}

/// The member of a company that a command is about.
struct MemberArguments: ParsableArguments {
    @OptionGroup var company: CompanyArgument

    @Argument(help: "The membership, as `companies show` names it.")
    var membership: String

    func act(
        _ action: ConfirmedAction, _ step: String, body: JSONObject = [:]
    ) throws(CommandFailure) -> AccountAct {
        try company.act(action, in: "members", "membership", membership, step, body: body)
    }
}

/// The invitation into a company that a command is about.
struct InvitationArguments: ParsableArguments {
    @OptionGroup var company: CompanyArgument

    @Argument(help: "The invitation, as `companies show` names it.")
    var invitation: String

    func act(
        _ action: ConfirmedAction, _ step: String, body: JSONObject = [:]
    ) throws(CommandFailure) -> AccountAct {
        try company.act(action, in: "invitations", "invitation", invitation, step, body: body)
    }
}

/// Who is invited.
struct GuestOptions: ParsableArguments {
    @Option(help: "The given name.")
    var givenName: String

    @Option(help: "The family name.")
    var familyName: String

    @Option(help: "The day of birth, e.g. 1964-08-12.")
    var birthdate: String

    var identity: JSONValue {
        .object([
            "given_name": .string(givenName), "family_name": .string(familyName), "birthdate": .string(birthdate),
        ])
    }
}

/// The establishment of a company that a command is about.
struct EstablishmentArguments: ParsableArguments {
    @OptionGroup var company: CompanyArgument

    @Argument(help: "The establishment, as `companies show` names it.")
    var establishment: String

    func act(_ action: ConfirmedAction, _ step: String) throws(CommandFailure) -> AccountAct {
        try company.act(action, in: "establishments", "establishment", establishment, step)
    }
}
