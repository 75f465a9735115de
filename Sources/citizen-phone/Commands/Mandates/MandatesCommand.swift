import ArgumentParser
import DeviceAuthenticator
import OpenIDMessages

/// `citizen-phone mandates`
struct MandatesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mandates", abstract: "Mandates: what somebody may do for a company.",
        subcommands: [
            MandatesListCommand.self, MandatesProposeCommand.self, MandatesCosignCommand.self,
            MandatesRevokeCommand.self, MandatesSuspendCommand.self, MandatesResumeCommand.self,
        ], defaultSubcommand: MandatesListCommand.self)
}

/// `citizen-phone mandates list`
struct MandatesListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the mandates that you hold, or those of a company.")

    @OptionGroup var shared: SharedOptions

    @Option(help: "The company, as `companies` names it.")
    var company: String?

    func run() async throws {
        try await shared.run { (phone, _, console) in
            let path =
                try company.map { "/companies/\(try PathPart.checked($0))/mandates" } ?? "/mandates"
            let answer = try await phone.accountView(path)
            let mandates = answer.objects("mandates")
            let names = mandates.isEmpty ? [:] : Self.names(try await phone.accountView("/companies"))
            let lines = mandates.map { Self.line($0, names: names, console.language) }
            return Report(
                json: answer,
                lines: lines.isEmpty
                    ? [console.language.say("Es gibt keine Vollmacht.", "There is no mandate.")] : lines)
        }
    }

    /// One mandate, for a terminal: what it is, for which company, for what, where, up to what and until when.
    static func line(_ mandate: JSONObject, names: [String: String], _ language: Language) -> String {
        let company = mandate.shown("company")
        let towns =
            mandate["tenants"]?.array == ["*"] ? language.say("überall", "everywhere") : mandate.shown("tenants")
        let limit = mandate["limits"]?.object.map { limits in
            let amount = "\(limits.shown("amount")) \(limits.shown("currency"))"
            return language.say("bis zu \(amount.replacing(".", with: ","))", "up to \(amount)")
        }
        let (from, until) = (mandate.shown("valid_from"), mandate.shown("valid_until"))
        return JSONObject.line(
            mandate.shown("mandate"), mandate.shownWord("state", of: .mandate, language), names[company] ?? company,
            mandate.shown("scopes"), towns, limit ?? language.say("ohne Grenze", "no limit"),
            language.say("\(from) bis \(until)", "\(from) to \(until)"))
    }

    /// The person's companies by their identifiers.
    private static func names(_ companies: JSONObject) -> [String: String] {
        let names = companies.objects("companies").map { ($0.shown("company"), $0.shown("name")) }
        return Dictionary(names, uniquingKeysWith: { first, _ in first })
    }
}

/// `citizen-phone mandates propose COMPANY`
struct MandatesProposeCommand: ActCommand {
    static let configuration = CommandConfiguration(
        commandName: "propose", abstract: "Give somebody a mandate, or ask for one.",
        discussion: "It counts at once when you may grant it alone; else others must `cosign` it.")

    @OptionGroup var shared: SharedOptions
    @OptionGroup var confirmation: ConfirmationOptions

    @Argument(help: "The company that gives it, as `companies` names it.")
    var company: String

    @Option(help: "The membership that is to hold it, as `companies show` names it.")
    var to: String?

    @Option(help: "The company that is to hold it.")
    var toCompany: String?

    @Option(help: "What it is for, e.g. parking.permit; several times for several.")
    var scope: [String]

    @Option(
        help: "A town in which it counts; several times for several. Without the option: everywhere.")
    var tenant: [String] = []

    @Option(
        help:
            "An establishment for which it counts; several times for several. Without the option: for all."
    )
    var establishment: [String] = []

    @Option(help: "The highest amount, e.g. 500.00, or `none` for no limit.")
    var amount: String

    @Option(help: "The currency of the amount.")
    var currency = "EUR"

    @Option(help: "The first day, e.g. 2026-01-01.")
    var from: String

    @Option(help: "The last day.")
    var until: String

    @Option(help: "What it is for, in your words.")
    var reason: String

    @Flag(help: "Its holder may pass it on.")
    var mayDelegate = false

    @Option(help: "The mandate that this one is delegated from.")
    var parent: String?

    @Option(help: "The mandate whose place it takes.")
    var replaces: String?

    @Option(help: "How many people must agree.")
    var approvals: Int64 = 1

    func validate() throws {
        guard (to == nil) != (toCompany == nil) else {
            throw ValidationError("Give --to or --to-company.")
        }
    }

    func act() throws -> AccountAct {
        var grantee = JSONObject()
        grantee["membership"] = to.map { .string($0) }
        grantee["company"] = toCompany.map { .string($0) }
        var body: JSONObject = ["company": .string(company), "grantee": .object(grantee)]
        body["parent"] = parent.map { .string($0) }
        body["replaces"] = replaces.map { .string($0) }
        body["scopes"] = .strings(scope)
        body["tenants"] = .strings(tenant.isEmpty ? ["*"] : tenant)
        body["establishments"] = .strings(establishment.isEmpty ? ["*"] : establishment)
        body["limits"] =
            amount == "none"
            ? .null : .object(["amount": .string(amount), "currency": .string(currency)])
        body["valid_from"] = .string(from)
        body["valid_until"] = .string(until)
        body["may_delegate"] = .bool(mayDelegate)
        body["approvals"] = .integer(approvals)
        body["reason"] = .string(reason)
        return AccountAct(.proposeMandate, path: "/mandates", body: body)
    }

    func lines(_ answer: JSONObject, _ language: Language) -> [String] { MandateLines.make(answer, language) }
}

/// `citizen-phone mandates cosign MANDATE`
struct MandatesCosignCommand: ActCommand {
    static let configuration = CommandConfiguration(
        commandName: "cosign", abstract: "Agree to a mandate that waits for it.")

    @OptionGroup var shared: SharedOptions
    @OptionGroup var confirmation: ConfirmationOptions

    @Argument(help: "The mandate, as the list names it.")
    var mandate: String

    func act() throws -> AccountAct { try .ofMandate(.cosignMandate, mandate, "approval") }
    func lines(_ answer: JSONObject, _ language: Language) -> [String] { MandateLines.make(answer, language) }
}

/// `citizen-phone mandates revoke MANDATE`
struct MandatesRevokeCommand: ActCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke", abstract: "End a mandate, and what was delegated from it.")

    @OptionGroup var shared: SharedOptions
    @OptionGroup var confirmation: ConfirmationOptions

    @Argument(help: "The mandate, as the list names it.")
    var mandate: String

    func act() throws -> AccountAct { try .ofMandate(.revokeMandate, mandate, "revocation") }
    func lines(_ answer: JSONObject, _ language: Language) -> [String] { MandateLines.make(answer, language) }
}

/// `citizen-phone mandates suspend MANDATE`
struct MandatesSuspendCommand: ActCommand {
    static let configuration = CommandConfiguration(
        commandName: "suspend", abstract: "Let a mandate rest.")

    @OptionGroup var shared: SharedOptions
    @OptionGroup var confirmation: ConfirmationOptions

    @Argument(help: "The mandate, as the list names it.")
    var mandate: String

    func act() throws -> AccountAct { try .ofMandate(.suspendMandate, mandate, "suspension") }
    func lines(_ answer: JSONObject, _ language: Language) -> [String] { MandateLines.make(answer, language) }
}

/// `citizen-phone mandates resume MANDATE`
struct MandatesResumeCommand: ActCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume", abstract: "Let a mandate count again.")

    @OptionGroup var shared: SharedOptions
    @OptionGroup var confirmation: ConfirmationOptions

    @Argument(help: "The mandate, as the list names it.")
    var mandate: String

    func act() throws -> AccountAct { try .ofMandate(.resumeMandate, mandate, "resumption") }
    func lines(_ answer: JSONObject, _ language: Language) -> [String] { MandateLines.make(answer, language) }
}

/// What came of an act on a mandate.
private enum MandateLines {
    static func make(_ answer: JSONObject, _ language: Language) -> [String] {
        let (mandate, state) = (answer.shown("mandate"), answer.shownWord("state", of: .mandate, language))
        let (agreed, needed) = (answer.shown("approvals"), answer.shown("approvals_needed"))
        let now = language.say(
            "Zustand der Vollmacht \(mandate): \(state).", "The mandate \(mandate) is now: \(state).")
        // Of one that is over, or that counts, nobody asks who else must agree.
        guard ["draft", "awaiting_cosign"].contains(answer["state"]?.string) else { return [now] }
        return [now, language.say("Zugestimmt: \(agreed) von \(needed).", "Agreed: \(agreed) of \(needed).")]
    }
}

extension AccountAct {
    fileprivate static func ofMandate(
        _ action: ConfirmedAction, _ mandate: String, _ step: String
    ) throws(CommandFailure) -> AccountAct {
        let mandate = try PathPart.checked(mandate)
        return AccountAct(
            action, path: "/mandates/\(mandate)/\(step)", pathParameters: ["mandate": .string(mandate)])
    }
}
