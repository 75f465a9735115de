import ArgumentParser
import DeviceAuthenticator
import OpenIDMessages

/// `citizen-phone trace TXN`
struct TraceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "trace",
        abstract: "Tell the story of one login or confirmation: this device's leg and the provider's.",
        discussion: "What stands in brackets names the call of this device in the operator's log, also where the "
            + "provider wrote down what came of it; calls of portals and other devices have no name here. Without it "
            + "there is the device's leg alone, and it says so.")

    @OptionGroup var shared: SharedOptions

    @Argument(help: "The transaction, as `receipts` and `audit` name it.")
    var transaction: String

    @Flag(help: "Do not ask the provider.")
    var offline = false

    /// What the provider was asked and said.
    enum ProviderLeg {
        case notAsked
        case unreached(CommandFailure)
        case told(AuditTrail)
    }

    func run() async throws {
        try await shared.run(alone: false) { (phone, _, _) in
            let transaction = try ReceiptsCommand.transaction(transaction)
            guard try phone.enrolment() != nil else { throw DeviceError.notEnrolled }
            let receipt = try phone.receipt(transaction)
            let journal = try phone.journal(of: transaction)
            var events = receipt.map { TraceEvent.events(of: $0, hasJournal: journal != nil) } ?? []
            events += journal.map(TraceEvent.events(of:)) ?? []
            let leg = try await providerLeg(transaction, from: events.map(\.time).min(), of: phone)
            if case .told(let trail) = leg { events += trail.events.compactMap(TraceEvent.init(audit:)) }
            guard !events.isEmpty || receipt != nil else { throw Self.unknown(transaction, leg) }
            return report(transaction, events.inOrder.withCalls, receipt: receipt, leg)
        }
    }

    private func providerLeg(
        _ transaction: TransactionIdentifier, from start: Timestamp?, of phone: DeviceAuthenticator
    ) async throws -> ProviderLeg {
        guard !offline else { return .notAsked }
        do throws(DeviceError) { return .told(try await phone.auditTrail(of: transaction, from: start)) } catch {
            return .unreached(CommandFailure(error))
        }
    }

    private static func unknown(_ transaction: TransactionIdentifier, _ leg: ProviderLeg) -> CommandFailure {
        switch leg {
        case .unreached(let failure): failure
        case .notAsked:
            CommandFailure(
                .file, "Dieses Gerät weiß nichts von „\(transaction)“. Ohne --offline wird der Anbieter gefragt.",
                "This device knows nothing of '\(transaction)'. Without --offline the provider is asked.")
        case .told:
            CommandFailure(
                .file,
                "Weder dieses Gerät noch Ihr Protokoll kennt „\(transaction)“. `citizen-phone receipts` zeigt, worauf dieses "
                    + "Gerät geantwortet hat.",
                "Neither this device nor your audit trail knows '\(transaction)'. `citizen-phone receipts` lists "
                    + "what this device answered.")
        }
    }

    func report(
        _ transaction: TransactionIdentifier, _ events: [TraceEvent], receipt: Explanation?, _ leg: ProviderLeg
    ) -> Report {
        let language = shared.language
        var json: JSONObject = [
            "txn": .string(transaction.rawValue), "events": .array(events.map { .object($0.json(language)) }),
        ]
        var lines: [String] = []
        if let receipt {
            json["receipt_sound"] = .bool(receipt.isSound)
            lines.append(ReceiptsCommand.line(receipt, language))
        }
        lines += events.map { $0.line(language) }
        var provider: JSONObject = ["reached": false]
        switch leg {
        case .notAsked: lines.append(language.say("Der Anbieter wurde nicht gefragt.", "The provider was not asked."))
        case .unreached(let failure):
            provider["reason"] = .string(failure.message.english)
            lines.append(
                language.say(
                    "Nur die Seite dieses Geräts; der Anbieter sagte nichts: ",
                    "This device's leg alone; of the provider's there is nothing: ")
                    + TerminalText.visible(failure.message.text(language)))
        case .told(let trail):
            provider = ["reached": true, "whole": .bool(trail.isWhole)]
            if trail.events.isEmpty {
                lines.append(
                    language.say(
                        "In Ihrem Protokoll beim Anbieter steht davon nichts.",
                        "Your audit trail at the provider has nothing of it."))
            }
            if !trail.isWhole {
                lines.append(
                    language.say(
                        "Das Protokoll wurde nicht bis zum Ende gelesen.", "The trail was not read to its end."))
            }
        }
        json["provider"] = .object(provider)
        return Report(json: json, lines: lines, status: receipt?.isSound == false ? .findings : .ok)
    }
}
