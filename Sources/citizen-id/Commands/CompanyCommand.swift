internal import AccountDirectory
internal import ArgumentParser
internal import Foundation
internal import NIOHTTP1
internal import OpenIDMessages

/// `citizen-id company …`
struct CompanyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "company", abstract: "Companies: what a clerk of a trade office does.",
        discussion: """
            Over the local socket a clerk reaches every company of the region. With --at TENANT an administrator with the \
            role company_clerk reaches those that the tenant looks after: the town whose trade register names the \
            company, else the one that recorded its first evidence; and every application that no town has taken up, by \
            the identifier that its applicant brings.
            """,
        subcommands: [
            List.self, Show.self, CompanyVerifyCommand.self, CompanyFreezeCommand.self, CompanyUnfreezeCommand.self,
            CompanyCloseCommand.self,
        ])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List companies that were submitted and are not closed.")
        @OptionGroup var options: AdministrationOptions
        @OptionGroup var network: NetworkOptions

        func run() async throws {
            try await network.run(options) { client in
                try await client.all("/companies", "companies")
            } network: { session, path in
                try await session.all(path + "/companies", "companies")
            } text: {
                Listing.table(
                    $0, "companies",
                    [
                        ("COMPANY", "company"), ("STATE", "state"), ("REASON", "freeze_reason"), ("LEVEL", "level"),
                        ("SINCE", "changed_at"), ("NAME", "name"),
                    ])
            }
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show a company: its facts and how far it is proved. Of people only how many there are.",
            discussion: "A verified company can be named by --euid, --w-idnr or --trade, over the local socket.")

        @Argument(help: "The company, as its applicant or the list names it.")
        var company: String?

        @Option(help: "The European Unique Identifier, e.g. DEX1517R.HRB395KI.")
        var euid: String?

        @Option(help: "The Wirtschafts-Identifikationsnummer, e.g. DE123456788.")
        var wIdnr: String?

        @Option(help: ArgumentHelp("The number at a town's trade office.", valueName: "tenant:number"))
        var trade: String?

        @OptionGroup var options: AdministrationOptions
        @OptionGroup var network: NetworkOptions

        func validate() throws {
            guard [company, euid, wIdnr, trade].compactMap(\.self).count == 1 else {
                throw ValidationError("Name the company, or give one of --euid, --w-idnr and --trade.")
            }
            if network.at != nil, company == nil {
                throw ValidationError("With --at a company is named; there is no search.")
            }
            if let trade, trade.split(separator: ":", maxSplits: 1).count != 2 {
                throw ValidationError("--trade is TENANT:NUMBER.")
            }
        }

        func run() async throws {
            try await network.run(options) { client in
                guard let company else { return try await client.post("/companies/find", identity) }
                return try await client.get("/companies/" + company.part)
            } network: { session, path in
                try await session.call(.GET, path + "/companies/" + (company ?? "").part).object
            } text: {
                CompanyText.lines($0)
            }
        }

        private var identity: JSONObject {
            var identity: JSONObject = [:]
            identity["euid"] = euid.map { .string($0) }
            identity["w_idnr"] = wIdnr.map { .string($0) }
            if let parts = trade?.split(separator: ":", maxSplits: 1).map(String.init), parts.count == 2 {
                identity["trade"] = .object(["tenant": .string(parts[0]), "number": .string(parts[1])])
            }
            return identity
        }
    }
}

/// A company, and who acts on it.
struct CompanyActOptions: ParsableArguments {
    @Argument(help: "The company, as its applicant or the list names it.")
    var company: String

    @Option(help: "The town whose office it is, e.g. herten; without it the region's own clerk acts.")
    var tenant: String?

    @OptionGroup var options: AdministrationOptions
    @OptionGroup var network: NetworkOptions

    func validate() throws { try network.validate(against: tenant) }

    /// Does the act, over the socket or over the network, and prints the company as it is then.
    func perform(_ act: String, _ body: JSONObject) async throws {
        let step = "/companies/\(company.part)/\(act)"
        try await network.run(options) { client in
            var body = body
            body["tenant"] = tenant.map { .string($0) }
            return try await client.post(step, body)
        } network: { session, path in
            try await session.call(.POST, path + step, body).object
        } text: { answer in
            CompanyText.outcome(answer) + "\n\n" + CompanyText.lines(answer)
        }
    }
}

/// What a company looks like to a clerk.
enum CompanyText {
    /// Where the company stands, and what comes next.
    static func outcome(_ company: JSONObject) -> String {
        let (named, signed) = (company["powers_named"]?.integer ?? 0, company["powers_signed"]?.integer ?? 0)
        switch company["state"]?.string {
        case "verifying":
            return
                "Recorded. The register names \(named), of whom \(signed) signed. It is active when those who represent "
                + "it have signed: citizen-phone companies sign \(company["company"]?.string ?? "COMPANY")"
        case "active": return "The company is active."
        case "frozen": return "The company is frozen (\(company["freeze_reason"]?.string ?? "-")): nobody acts for it."
        case "closing":
            return
                "The company is closing: nobody acts for it any more, and its mandates are over. In "
                + "\(CompanyRules.closingGrace / 86_400) days its memberships end, and it is closed."
        case let state: return "The company is \(state ?? "-")."
        }
    }

    /// One member a line; the facts and the evidence below.
    static func lines(_ company: JSONObject) -> String {
        var rest = company
        rest["details"] = nil
        rest["evidence"] = nil
        let facts = Listing.lines(company["details"]?.object ?? [:])
        let evidence = Listing.table(
            company, "evidence",
            [
                ("EVIDENCE", "method"), ("OF", "as_of"), ("LEVEL", "level"), ("BY", "performer"),
                ("RECORDED", "recorded_at"),
            ])
        return [Listing.lines(rest), "What the applicant says:\n" + facts, evidence].joined(separator: "\n\n")
    }
}
