internal import ArgumentParser
internal import Foundation
internal import NIOHTTP1
internal import OpenIDMessages
internal import QRCode

struct Desk: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "What a clerk does at a town's desk.",
        subcommands: [
            Ticket.self, DeskTicketsCommand.self, Find.self, Reactivate.self, Renew.self, Rename.self, Block.self,
            BlockCode.self, Close.self, Export.self, Cases.self,
        ])

    struct Ticket: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Record a person whose identity was proved, and show the link that enrols their phone.",
            discussion: """
                The file is a JSON object: given_name, family_name, birthdate, and optionally title, birth_family_name, \
                place_of_birth, address {street, house_number, postal_code, locality, country}, email, phone_number. \
                The link is good once, for ten minutes. When somebody with these names and this birth date has an \
                account, nothing is done: compare, then say who it is. What was looked at (--document, --method) stands \
                behind the person's data, for a further phone of a known person as well.
                """)

        @OptionGroup var visit: VisitOptions
        @OptionGroup var evidence: DeskEvidenceOptions

        @Option(help: "The person has this account: the link enrols a further phone of theirs.")
        var samePerson: String?

        @Flag(help: "The person at the desk is none of those who were shown.")
        var new = false

        @OptionGroup var options: AdministrationOptions

        func validate() throws {
            if new, samePerson != nil { throw ValidationError("--same-person and --new contradict each other.") }
        }

        func run() async throws {
            var request = try visit.request(json: options.json)
            request["evidence"] = evidence.object
            request["same_person"] = samePerson.map { .string($0) }
            if new { request["new"] = true }
            try await options.run { [request] client in
                try await client.post("/desk/tickets", request)
            } text: { answer in
                var text = Desk.show(answer)
                if let code = answer["block_code"]?.string { text += "\n\n" + Desk.blockCode(code) }
                if let account = answer["account"]?.string { text += "\n\nAccount \(account)" }
                return text
            }
        }
    }

    struct Find: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Find the account of the person at the desk, by names and birth date or an identity elsewhere.")

        @OptionGroup var visit: VisitOptions
        @OptionGroup var options: AdministrationOptions
        @OptionGroup var network: NetworkOptions

        func validate() throws { try network.validate(against: visit.tenant) }

        func run() async throws {
            try await network.run(options) { client in
                try await client.post("/desk/find", visit.request(json: options.json))
            } network: { session, path in
                try await session.call(.POST, path + "/people/find", visit.networkRequest(json: options.json)).object
            } text: { answer in
                let found = (answer["candidates"] ?? answer["people"])?.array ?? []
                let devices = (answer["devices"]?.array ?? []).compactMap(\.object)
                let rows = found.compactMap(\.object).map { candidate in
                    [candidate["account"]?.string ?? candidate["candidate"]?.string ?? "-"]
                        + ["name", "state", "lock_reason", "level", "locality"].map { candidate[$0]?.string ?? "-" }
                        + [
                            "\(candidate["devices"]?.array?.count ?? devices.count { $0["candidate"] == candidate["candidate"] })"
                        ]
                }
                let first = network.at == nil ? "ACCOUNT" : "CANDIDATE"
                return rows.isEmpty
                    ? "Nobody." : Output.table([first, "NAME", "STATE", "LOCK", "LEVEL", "TOWN", "DEVICES"], rows)
            }
        }
    }

    struct Reactivate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Give a locked account back to its person, or cancel its closing.",
            discussion: "The person is identified at the account's level or above; nothing less gives an account back.")

        @OptionGroup var account: DeskAccountOptions

        @Option(help: "A suspended or locked device that the person has again.")
        var foundDevice: String?

        @Flag(help: "The authority that ordered the lock has lifted it.")
        var orderLifted = false

        @Flag(help: "The person stands here whom papers called dead by mistake; the phones of before count no more.")
        var alive = false

        func run() async throws {
            var members = JSONObject()
            members["found_device"] = foundDevice.map { .string($0) }
            if orderLifted { members["order_lifted"] = true }
            if alive { members["alive"] = true }
            try await account.act("reactivate", members) { answer in
                answer["link"] == nil
                    ? "The account is active." : "The account becomes active with this phone.\n\n" + Desk.show(answer)
            }
        }
    }

    struct Renew: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Record that a known person proved anew who they are, e.g. by a new passport.",
            discussion: """
                For the document that takes the place of one that expires or has expired. Names and birth date are those \
                of the account; for a new name there is desk rename.
                """)

        @OptionGroup var account: DeskAccountOptions
        @OptionGroup var evidence: DeskEvidenceOptions

        func validate() throws {
            guard evidence.object != nil else { throw ValidationError("--document or --method says what was shown.") }
        }

        func run() async throws {
            try await account.act("renew", ["evidence": evidence.object ?? .null]) { answer in
                "The identity was proved anew.\n" + Desk.changes(answer)
            }
        }
    }

    struct Rename: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Record what new evidence proved, for instance a new name.",
            discussion: """
                The file holds what was proved now. What it leaves out stays, and counts as stale when the identity \
                changed. With a document the same data may be proved anew, e.g. when the earlier one has expired. With --at \
                the account is found by --former: the person as the account has them.
                """)

        @OptionGroup var account: DeskAccountOptions
        @OptionGroup var evidence: DeskEvidenceOptions

        @Option(help: "With --at: the file of the person as the account has them (names and birth date).")
        var former: String?

        func validate() throws {
            guard (former != nil) == (account.network.at != nil) else {
                throw ValidationError("--former goes with --at, and --at with --former.")
            }
        }

        func run() async throws {
            var members = JSONObject()
            if let former {
                members["former"] = .object(try VisitOptions.person(former, json: account.options.json))
            }
            members["evidence"] = evidence.object
            try await account.act("rename", members) { answer in
                let question = answer["case"]?.string.map {
                    "\nSomebody else with these names and this birth date has an account: case \($0)."
                }
                return Desk.changes(answer) + (question ?? "")
            }
        }
    }

    /// What new evidence changed.
    private static func changes(_ answer: JSONObject) -> String {
        func list(_ name: String) -> String {
            let names = answer[name]?.strings ?? []
            return names.isEmpty ? "nothing" : names.joined(separator: ", ")
        }
        return "Changed: \(list("superseded"))\nTo be proved anew: \(list("stale"))"
    }

    static func blockCode(_ code: String) -> String {
        "On paper for the person: block code \(code). It locks the account without a phone."
    }

    /// Shows a ticket's link.
    static func show(_ answer: JSONObject) -> String {
        let link = answer["link"]?.string ?? ""
        let code = QRCode(link)?.terminalText ?? ""
        return """
            Ticket for \(answer["name"]?.string ?? "?"), good until \(Output.time(answer["expires_at"]?.integer)).

            \(code)
            \(link)

            On the phone: scan the code. On Linux: citizen-phone enrol 'LINK'
            """
    }
}

/// Whose account an act at the desk is about: the account of the local socket, or the candidate of a town's own desk.
struct DeskAccountOptions: ParsableArguments {
    @OptionGroup var visit: VisitOptions

    @Option(help: "The account, as desk find names it.")
    var account: String?

    @Option(help: "With --at: the candidate, as desk find --at names them.")
    var candidate: String?

    @OptionGroup var options: AdministrationOptions
    @OptionGroup var network: NetworkOptions

    func validate() throws {
        try network.validate(against: visit.tenant)
        guard (account == nil) == (network.at != nil), (candidate == nil) == (network.at == nil) else {
            throw ValidationError("--account says whose account it is; with --at --candidate does.")
        }
    }

    /// Does it one way or the other, and prints what came of it.
    func act(_ step: String, _ members: JSONObject = [:], text: (JSONObject) -> String) async throws {
        try await network.run(options) { client in
            var request = try visit.request(json: options.json)
            request["account"] = account.map { .string($0) }
            for member in members.members { request[member.name] = member.value }
            return try await client.post("/desk/\(step)", request)
        } network: { session, path in
            var request = try visit.networkRequest(json: options.json)
            request["candidate"] = candidate.map { .string($0) }
            for member in members.members { request[member.name] = member.value }
            return try await session.call(.POST, path + "/people/\(step)", request).object
        } text: {
            text($0)
        }
    }
}
