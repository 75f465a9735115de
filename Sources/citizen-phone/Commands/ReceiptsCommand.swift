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
    static func line(_ receipt: Explanation, _ language: Language) -> String {
        let content = receipt.content
        let portal = content["portal"]?.object
        let what = [
            content.shownWord("decision", of: .answer, language), content.shownWord("action", of: .answer, language),
            portal.map { "\($0.shown("name")), \($0.shown("tenant_name"))" } ?? "",
            content.shown("context") == "citizen" ? "" : content.shown("context"),
        ]
        return JSONObject.line(
            content.shown("txn"), content.shownTime("iat", language),
            receipt.isSound ? language.say("in Ordnung", "sound") : language.say("NICHT IN ORDNUNG", "NOT SOUND"),
            what.filter { !$0.isEmpty }.joined(separator: "  "))
    }

    /// What was asked and answered, in the person's words. Behind it stand the statements and their checks, as `explain`
    /// shows them.
    static func story(_ receipt: Explanation, _ language: Language) -> [String] {
        let content = receipt.content
        let state = content["state"]?.string.flatMap(LoginState.init(rawValue:))
        return [
            content["text"]?.string.map { language.row("Text", "Text", $0) },
            content["released"]?.strings.map {
                language.row("Freigegeben", "Released", RequestText.claims($0, language))
            },
            state.map { language.row("Ergebnis", "Outcome", $0.text(for: .phone, language: language).title) },
            language.say("Was unterschrieben wurde, und jede Prüfung, in technischen Worten:", "In detail:"),
        ].compactMap(\.self)
    }

    static func transaction(_ text: String) throws -> TransactionIdentifier {
        guard let transaction = TransactionIdentifier(rawValue: text) else {
            throw CommandFailure(
                .usage, "„\(text)“ ist kein Vorgang; `citizen-phone receipts` zeigt sie.",
                "'\(text)' is no transaction; `citizen-phone receipts` lists them.")
        }
        return transaction
    }

    static func receipt(_ text: String, of phone: DeviceAuthenticator) throws -> Explanation {
        guard let receipt = try phone.receipt(try transaction(text)) else {
            throw CommandFailure(
                .file, "Dieses Profil hat keine Quittung „\(text)“. `citizen-phone receipts` zeigt die, die es hat.",
                "This profile has no receipt '\(text)'. `citizen-phone receipts` lists those that it has.")
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
        try await shared.run(alone: false) { (phone, _, console) in
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
                lines: receipts.isEmpty
                    ? [console.language.say("Es gibt noch keine Quittungen.", "There are no receipts yet.")]
                    : receipts.map { ReceiptsCommand.line($0, console.language) })
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
        try await shared.run(alone: false) { (phone, _, console) in
            let receipt = try ReceiptsCommand.receipt(transaction, of: phone)
            return Report(
                json: receipt.json,
                lines: [ReceiptsCommand.line(receipt, console.language)]
                    + ReceiptsCommand.story(receipt, console.language)
                    + ExplanationText.lines(receipt))
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
        try await shared.run(alone: false) { (phone, _, console) in
            guard try phone.enrolment() != nil else { throw DeviceError.notEnrolled }
            let receipts =
                transactions.isEmpty
                ? try phone.receipts() : try transactions.map { try ReceiptsCommand.receipt($0, of: phone) }
            let bad = receipts.filter { !$0.isSound }
            var lines = receipts.map { ReceiptsCommand.line($0, console.language) }
            for receipt in bad {
                let checks = receipt.parts.flatMap(\.explanation.checks) + receipt.checks
                lines += checks.filter { $0.result == .failed }.map(ExplanationText.line)
            }
            lines.append(
                console.language.say(
                    "\(receipts.count - bad.count) in Ordnung, \(bad.count) nicht in Ordnung",
                    "\(receipts.count - bad.count) sound, \(bad.count) not sound"))
            return Report(
                json: [
                    "verified": .integer(Int64(receipts.count)), "not_sound": .integer(Int64(bad.count)),
                    "receipts": .array(receipts.map { .object($0.json) }),
                ], lines: lines, status: bad.isEmpty ? .ok : .findings)
        }
    }
}
