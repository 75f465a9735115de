import ArgumentParser
import DeviceAuthenticator
import OpenIDMessages

/// `citizen-phone receipts`
struct ReceiptsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "receipts", abstract: "What this phone answered and confirmed, provable without the network.",
        subcommands: [ReceiptsListCommand.self, ReceiptsShowCommand.self, ReceiptsVerifyCommand.self],
        defaultSubcommand: ReceiptsListCommand.self)

    /// One line for each receipt.
    static func line(_ receipt: Explanation) -> String {
        let content = receipt.content
        let portal = content["portal"]?.object
        let what = [
            content.shown("decision"), content.shown("action"),
            portal.map { "\($0.shown("name")), \($0.shown("tenant_name"))" } ?? "",
            content.shown("context") == "citizen" ? "" : content.shown("context"),
        ]
        return JSONObject.line(
            content.shown("txn"), content.shownTime("iat"), receipt.isSound ? "sound" : "NOT SOUND",
            what.filter { !$0.isEmpty }.joined(separator: "  "))
    }

    static func transaction(_ text: String) throws -> TransactionIdentifier {
        guard let transaction = TransactionIdentifier(rawValue: text) else {
            throw CommandFailure(.usage, "'\(text)' is no transaction; `citizen-phone receipts` lists them.")
        }
        return transaction
    }

    static func receipt(_ text: String, of phone: DeviceAuthenticator) throws -> Explanation {
        guard let receipt = try phone.receipt(try transaction(text)) else {
            throw CommandFailure(
                .file, "This profile has no receipt '\(text)'. `citizen-phone receipts` lists those that it has.")
        }
        return receipt
    }
}

/// `citizen-phone receipts list`
struct ReceiptsListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the receipts, the latest first.")

    @OptionGroup var shared: SharedOptions

    func run() async throws {
        try await shared.run(alone: false) { (phone, _, _) in
            guard try phone.enrolment() != nil else { throw DeviceError.notEnrolled }
            let receipts = try phone.receipts()
            return Report(
                json: [
                    "receipts": .array(
                        receipts.map { receipt in
                            var object = receipt.content
                            object["sound"] = .bool(receipt.isSound)
                            return .object(object)
                        })
                ],
                lines: receipts.isEmpty ? ["There are no receipts yet."] : receipts.map(ReceiptsCommand.line))
        }
    }
}

/// `citizen-phone receipts show TXN`
struct ReceiptsShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show what was asked, answered and received, with each check.")

    @OptionGroup var shared: SharedOptions

    @Argument(help: "The transaction, as the list names it.")
    var transaction: String

    func run() async throws {
        try await shared.run(alone: false) { (phone, _, _) in
            let receipt = try ReceiptsCommand.receipt(transaction, of: phone)
            return Report(json: receipt.json, lines: ExplanationText.lines(receipt))
        }
    }
}

/// `citizen-phone receipts verify [TXN…]`
struct ReceiptsVerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Verify receipts, without the network: all of them, or those named.")

    @OptionGroup var shared: SharedOptions

    @Argument(help: "Transactions, as the list names them.")
    var transactions: [String] = []

    func run() async throws {
        try await shared.run(alone: false) { (phone, _, _) in
            guard try phone.enrolment() != nil else { throw DeviceError.notEnrolled }
            let receipts =
                transactions.isEmpty
                ? try phone.receipts() : try transactions.map { try ReceiptsCommand.receipt($0, of: phone) }
            let bad = receipts.filter { !$0.isSound }
            var lines = receipts.map(ReceiptsCommand.line)
            for receipt in bad {
                let checks = receipt.parts.flatMap(\.explanation.checks) + receipt.checks
                lines += checks.filter { $0.result == .failed }.map(ExplanationText.line)
            }
            lines.append("\(receipts.count) verified, \(bad.count) not sound")
            return Report(
                json: [
                    "verified": .integer(Int64(receipts.count)), "not_sound": .integer(Int64(bad.count)),
                    "receipts": .array(receipts.map { .object($0.json) }),
                ], lines: lines, status: bad.isEmpty ? .ok : .findings)
        }
    }
}
