internal import ArgumentParser
internal import Foundation
internal import OpenIDMessages
internal import QRCode

struct Desk: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "What a clerk does at a town's desk.",
        subcommands: [
            Ticket.self, DeskTicketsCommand.self, Find.self, Reactivate.self, Rename.self, Block.self, BlockCode.self,
            Close.self, Export.self,
            Cases.self,
        ])

    struct Ticket: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Record a person whose identity was proved, and show the link that enrols their phone.",
            discussion: """
                The file is a JSON object: given_name, family_name, and optionally title, birth_family_name, birthdate, \
                place_of_birth, address {street, house_number, postal_code, locality, country}, email, phone_number. \
                The link is good once, for ten minutes. When somebody with these names and this birth date has an \
                account, nothing is done: compare, then say who it is.
                """)

        @OptionGroup var visit: VisitOptions

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

        func run() async throws {
            let request = try visit.request(json: options.json)
            try await options.run { client in
                try await client.post("/desk/find", request)
            } text: { answer in
                let rows = (answer["candidates"]?.array ?? []).compactMap(\.object).map { candidate in
                    ["account", "name", "state", "lock_reason", "level", "locality"]
                        .map { candidate[$0]?.string ?? "-" }
                        + ["\(candidate["devices"]?.array?.count ?? 0)"]
                }
                return rows.isEmpty
                    ? "Nobody." : Output.table(["ACCOUNT", "NAME", "STATE", "LOCK", "LEVEL", "TOWN", "DEVICES"], rows)
            }
        }
    }

    struct Reactivate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Give a locked account back to its person, or cancel its closing.",
            discussion: "The person is identified at the account's level or above; nothing less gives an account back.")

        @OptionGroup var visit: VisitOptions

        @Option(help: "The account.")
        var account: String

        @Option(help: "A suspended or locked device that the person has again.")
        var foundDevice: String?

        @Flag(help: "The authority that ordered the lock has lifted it.")
        var orderLifted = false

        @OptionGroup var options: AdministrationOptions

        func run() async throws {
            var request = try visit.request(json: options.json)
            request["account"] = .string(account)
            request["found_device"] = foundDevice.map { .string($0) }
            if orderLifted { request["order_lifted"] = true }
            try await options.run { [request] client in
                try await client.post("/desk/reactivate", request)
            } text: { answer in
                answer["link"] == nil
                    ? "The account is active." : "The account becomes active with this phone.\n\n" + Desk.show(answer)
            }
        }
    }

    struct Rename: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Record what new evidence proved, for instance a new name.",
            discussion: """
                The file holds what was proved now. What it leaves out stays, and counts as stale when the identity \
                changed.
                """)

        @OptionGroup var visit: VisitOptions

        @Option(help: "The account.")
        var account: String

        @OptionGroup var options: AdministrationOptions

        func run() async throws {
            var request = try visit.request(json: options.json)
            request["account"] = .string(account)
            try await options.run { [request] client in
                try await client.post("/desk/rename", request)
            } text: { answer in
                func list(_ name: String) -> String {
                    (answer[name]?.strings ?? []).joined(separator: ", ")
                }
                return "Changed: \(list("superseded"))\nTo be proved anew: \(list("stale"))"
            }
        }
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
