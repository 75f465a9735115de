internal import ArgumentParser
internal import Foundation
internal import NIOHTTP1
internal import OpenIDMessages

extension Desk {
    struct Block: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lock an account, or block one of its devices. It takes effect at once, everywhere.",
            discussion: """
                With --at the clerk of a town locks the account of the candidate whom desk find --at has shown for the same \
                person, or blocks one of the devices that it has shown.
                """)

        @Option(help: "The town whose desk it is. Not needed with --at.")
        var tenant: String?

        @Option(help: "The account.")
        var account: String?

        @Option(help: "With --at: the candidate, as desk find --at names them.")
        var candidate: String?

        @Option(help: "With --at: the person's file (JSON); - reads standard input.")
        var person: String?

        @Option(help: "With --at: the level to which the identity was proved.")
        var level = "normal"

        @Option(help: "Only this device.")
        var device: String?

        @Flag(help: "The device never works again.")
        var revoke = false

        @Option(help: "Why the account is locked: self, attribute_invalid, fraud, authority or deceased.")
        var reason: String?

        @OptionGroup var options: AdministrationOptions
        @OptionGroup var network: NetworkOptions

        func validate() throws {
            try network.validate(against: tenant)
            if network.at == nil {
                guard tenant != nil, account != nil, candidate == nil, person == nil else {
                    throw ValidationError("--tenant and --account say what is locked; --candidate goes with --at.")
                }
            } else {
                guard account == nil, candidate != nil, person != nil else {
                    throw ValidationError("With --at it is --candidate and --person.")
                }
            }
            if device != nil, reason != nil { throw ValidationError("--reason is for accounts, not for a device.") }
            if revoke, device == nil { throw ValidationError("--revoke is for a device.") }
        }

        func run() async throws {
            try await network.run(options) { client in
                var request: JSONObject = ["tenant": .string(tenant ?? ""), "account": .string(account ?? "")]
                request["device"] = device.map { .string($0) }
                request["reason"] = reason.map { .string($0) }
                if revoke { request["revoke"] = true }
                return try await client.post("/desk/block", request)
            } network: { session, path in
                var request: JSONObject = [
                    "level": .string(level), "candidate": .string(candidate ?? ""),
                    "person": .object(try VisitOptions.person(person ?? "", json: options.json)),
                ]
                request["reason"] = reason.map { .string($0) }
                request["device"] = device.map { .string($0) }
                if revoke { request["revoke"] = true }
                _ = try await session.call(.POST, path + "/people/lock", request)
                return ["blocked": true]
            } text: { _ in
                device == nil ? "The account is locked." : "The device is blocked."
            }
        }
    }

    struct BlockCode: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "block-code", abstract: "Make a fresh code that locks the account; the earlier one is void.",
            discussion: "The person is identified at the account's level or above, and is told of the new code.")

        @OptionGroup var account: DeskAccountOptions

        func run() async throws {
            try await account.act("block-code") { answer in
                "Block code \(answer["block_code"]?.string ?? "")"
            }
        }
    }

    struct Close: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Begin to close an account. Until it is erased, reactivate cancels that.",
            discussion: """
                The person is identified at the account's level or above. With --died the file names who died, as the papers \
                about the death do.
                """)

        @OptionGroup var account: DeskAccountOptions

        @Flag(help: "The account's person died, and papers prove it.")
        var died = false

        @Flag(help: "The authority that ordered the lock has lifted it; else such an account is not closed.")
        var orderLifted = false

        func run() async throws {
            var members = JSONObject()
            if died { members["died"] = true }
            if orderLifted { members["order_lifted"] = true }
            try await account.act("close", members) { answer in
                "The account is erased at \(Output.time(answer["erase_at"]?.integer))."
            }
        }
    }

    struct Export: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write everything that is stored about a person: signed, or as a page to read.",
            discussion: """
                The person is identified at the account's level or above, is told of the export, and reads in their trail \
                at whose desk it was made.
                """)

        @OptionGroup var visit: VisitOptions

        @Option(help: "The account.")
        var account: String

        @Option(help: "The page's language: de or en.")
        var language = "de"

        @Option(help: "Write the page (HTML) to this new file.")
        var html: String?

        @OptionGroup var options: AdministrationOptions

        func run() async throws {
            var request = try visit.request(json: options.json)
            request["account"] = .string(account)
            request["language"] = .string(language)
            try await options.run { [request] client in
                var answer = try await client.post("/desk/export", request)
                if let html {
                    let page = Data((answer["html"]?.string ?? "").utf8)
                    guard
                        FileManager.default.createFile(
                            atPath: html, contents: nil, attributes: [.posixPermissions: 0o600]),
                        let file = FileHandle(forWritingAtPath: html)
                    else { throw Output.fail("\(html) cannot be written.", code: "file", exit: 1, json: options.json) }
                    try file.write(contentsOf: page)
                    try file.close()
                    answer["html"] = .string(html)
                }
                return answer
            } text: { answer in
                html.map { "Written to \($0)." } ?? answer["export"]?.string ?? ""
            }
        }
    }

    struct Cases: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List questions whether two people are one that nobody has answered.")

        @Option(help: "The town whose desk it is. Not needed with --at.")
        var tenant: String?

        @OptionGroup var options: AdministrationOptions
        @OptionGroup var network: NetworkOptions

        func validate() throws {
            try network.validate(against: tenant)
            if network.at == nil, tenant == nil { throw ValidationError("--tenant says whose desk it is, or --at.") }
        }

        func run() async throws {
            try await network.run(options) { client in
                try await client.post("/desk/cases", ["tenant": .string(tenant ?? "")])
            } network: { session, path in
                try await session.call(.GET, path + "/people/cases").object
            } text: { answer in
                let rows = (answer["cases"]?.array ?? []).compactMap(\.object).map { entry in
                    [entry["case"]?.string ?? "-", Output.time(entry["opened_at"]?.integer)]
                }
                return rows.isEmpty ? "None." : Output.table(["CASE", "SINCE"], rows)
            }
        }
    }
}
