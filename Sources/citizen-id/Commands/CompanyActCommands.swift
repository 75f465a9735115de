internal import AccountDirectory
internal import ArgumentParser
internal import Foundation
internal import OpenIDMessages

/// The day and the level of evidence.
struct EvidenceOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("The day of which the evidence speaks, e.g. 2026-01-31. Default: today.", valueName: "day"))
    var asOf: String?

    @Option(help: "The level to which it was checked: normal or substantiell. Default: substantiell.")
    var level: String?

    var json: JSONObject {
        let today = CalendarDate(inGermanyAt: Timestamp(seconds: Int64(Date().timeIntervalSince1970))).rawValue
        return ["as_of": .string(asOf ?? today), "level": .string(level ?? "substantiell")]
    }
}

/// `citizen-id company verify COMPANY`
struct CompanyVerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Record what proves a company: whom its register names, or the town's trade register.",
        discussion: """
            --register-extract takes a JSON file, or - for standard input:
              {"as_of": "2026-01-31", "level": "substantiell",
               "company": {"register": {"type": "HRB", "number": "12345", "court": "Amtsgericht Gelsenkirchen"}},
               "powers": [{"given_name": "Ada", "family_name": "Muster", "birthdate": "1970-01-31",
                           "kind": "geschaeftsfuehrer", "representation": "sole"}]}
            as_of is the day of the extract. company is what the extract says (register or euid; name, w_idnr, ust_idnr, \
            lei): it must agree with what the applicant said. kind is geschaeftsfuehrer, vorstand, inhaber, \
            gesellschafter or prokurist; who represents the company only together with others has "representation": \
            "joint" and "signatories": how many sign. The company is active when those who may represent it have signed \
            with their phones. For a company that is active or frozen a new extract takes the place of the earlier one. What the register says \
            otherwise by now stands in "changed": name, legal_form, register, euid, w_idnr, ust_idnr, lei, address; company \
            names what is known here.

            --desk takes a file of the same form without company, for a company in no register: the office compared it with \
            the town's trade register, and powers are the people whom that names. A sole trader is named alone, as inhaber \
            with "representation": "sole", must be the applicant, and is active. Other companies are active when those \
            who may represent them have signed.
            """)

    @OptionGroup var act: CompanyActOptions

    @Option(help: ArgumentHelp("The register's extract (JSON); - reads standard input.", valueName: "file"))
    var registerExtract: String?

    @Option(
        help: ArgumentHelp("Whom the town's trade register names (JSON); - reads standard input.", valueName: "file"))
    var desk: String?

    func validate() throws {
        guard (desk == nil) != (registerExtract == nil) else {
            throw ValidationError("Give --register-extract or --desk.")
        }
    }

    func run() async throws {
        let (path, step, name) =
            registerExtract.map { ($0, "register-extract", "The extract") } ?? (desk ?? "-", "desk-proof", "The proof")
        try await act.perform(step, try JSONFile.read(path, called: name, json: act.options.json))
    }
}

/// `citizen-id company freeze COMPANY`
struct CompanyFreezeCommand: AsyncParsableCommand {
    private static let reasons = FreezeReason.allCases.filter(\.isClerks).map(\.rawValue).joined(separator: ", ")

    static let configuration = CommandConfiguration(
        commandName: "freeze", abstract: "Freeze a company: at once nobody acts for it, and its mandates rest.",
        discussion: """
            Every reason but a dispute needs what says so: --method register_extract for the register's entry, desk for the \
            order of a court or an authority, with its day.
            """)

    @OptionGroup var act: CompanyActOptions

    @Option(help: ArgumentHelp("Why: \(reasons)."))
    var reason: String

    @Option(help: "What was looked at that says so: register_extract or desk.")
    var method: String?

    @OptionGroup var evidence: EvidenceOptions

    func validate() throws {
        guard method != nil || (evidence.asOf == nil && evidence.level == nil) else {
            throw ValidationError("--as-of and --level go with --method.")
        }
    }

    func run() async throws {
        var body: JSONObject = method == nil ? [:] : evidence.json
        body["method"] = method.map { .string($0) }
        body["reason"] = .string(reason)
        try await act.perform("freeze", body)
    }
}

/// `citizen-id company unfreeze COMPANY`
struct CompanyUnfreezeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "unfreeze", abstract: "End a freeze with new proof (cure): the company is active again.",
        discussion: """
            A company that has no administrator left gets one whom the office appoints, and who stands before the clerk.
            """, aliases: ["cure"])

    @OptionGroup var act: CompanyActOptions

    @Option(help: "What was looked at: register_extract or desk.")
    var method: String

    @OptionGroup var evidence: EvidenceOptions

    @Option(
        help: """
            Whom to appoint as administrator: the account, as `citizen-id desk find` shows it; with --at the `sub` that \
            the tenant's portals know.
            """)
    var administrator: String?

    func run() async throws {
        var body = evidence.json
        body["method"] = .string(method)
        body["administrator"] = administrator.map { .string($0) }
        try await act.perform("cure", body)
    }
}

/// `citizen-id company close COMPANY`
struct CompanyCloseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "close", abstract: "Close a frozen company with proof that it is over. Nothing brings it back.",
        discussion: """
            For a company that is frozen as dissolved or by an authority, or because it has no administrator left. Its \
            mandates and invitations end at once, and its members are told; when the grace is over its memberships end, and \
            what is known of a sole trader is erased. An active company is closed by its own administrators: \
            citizen-phone companies close.
            """)

    @OptionGroup var act: CompanyActOptions

    @Option(help: "What was looked at: register_extract or desk.")
    var method: String

    @OptionGroup var evidence: EvidenceOptions

    func run() async throws {
        var body = evidence.json
        body["method"] = .string(method)
        try await act.perform("closing", body)
    }
}

/// JSON files that clerks give.
enum JSONFile {
    /// - Parameters:
    ///   - path: `-` reads standard input.
    ///   - name: the beginning of a sentence about it.
    static func read(_ path: String, called name: String, json: Bool) throws -> JSONObject {
        let data =
            path == "-" ? FileHandle.standardInput.readDataToEndOfFile() : FileManager.default.contents(atPath: path)
        guard let data else { throw Output.fail("\(name) \(path) cannot be read.", code: "file", exit: 2, json: json) }
        do { return try StrictJSON.parseObject(Array(data)) } catch {
            let place = if case .syntax(let offset) = error { "at byte \(offset)" } else { "\(error)" }
            throw Output.fail("\(name) is not a JSON object: \(place).", code: "file", exit: 2, json: json)
        }
    }
}
