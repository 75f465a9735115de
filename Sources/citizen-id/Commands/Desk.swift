internal import ArgumentParser
internal import Foundation
internal import OpenIDMessages
internal import QRCode

struct Desk: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "What a clerk does at a town's desk.", subcommands: [Ticket.self])

    struct Ticket: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Record a person whose identity was proved, and show the link that enrols their phone.",
            discussion: """
                The file is a JSON object: given_name, family_name, and optionally title, birth_family_name, birthdate, \
                place_of_birth, address {street, house_number, postal_code, locality, country}, email, phone_number. \
                The link is good once, for ten minutes.
                """)

        @Option(help: "The town whose desk it is, e.g. marl.")
        var tenant: String

        @Option(help: "The person's file (JSON); - reads standard input.")
        var person: String

        @Option(help: "The level to which the identity was proved: normal or substantiell.")
        var level = "substantiell"

        @OptionGroup var options: AdministrationOptions

        func run() async throws {
            let person = try readPerson()
            try await options.run { client in
                try await client.post(
                    "/desk/tickets",
                    ["tenant": .string(tenant), "level": .string(level), "person": .object(person)])
            } text: { answer in
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

        private func readPerson() throws -> JSONObject {
            let data =
                person == "-"
                ? FileHandle.standardInput.readDataToEndOfFile() : FileManager.default.contents(atPath: person)
            guard let data else {
                throw Output.fail(
                    "The person's file \(person) cannot be read.", code: "file", exit: 1, json: options.json)
            }
            do { return try StrictJSON.parseObject(Array(data)) } catch {
                let place = if case .syntax(let offset) = error { "at byte \(offset)" } else { "\(error)" }
                throw Output.fail(
                    "The person's file is not a JSON object: \(place).", code: "file", exit: 2, json: options.json)
            }
        }
    }
}
