import ArgumentParser
import DeviceAuthenticator
import OpenIDMessages

/// `citizen-phone approve`
struct ApproveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "approve", abstract: "Approve the login that waits. Needs the PIN.")

    @OptionGroup var shared: SharedOptions
    @OptionGroup var pinOptions: PINOptions
    @OptionGroup var faults: FaultOptions
    @OptionGroup var callCode: CallCodeOptions

    @Option(
        help: ArgumentHelp(
            "Release only these of the voluntary claims; empty for none. Without the option all are released.",
            valueName: "a,b"))
    var release: String?

    @Option(
        help: ArgumentHelp(
            "For whom to act where there is a choice: citizen, or the name of a company that the request lists.",
            valueName: "name"))
    var context: String?

    func run() async throws {
        let shared = shared.playing(pinOptions.persona)
        try await shared.run(faults: faults.playing(pinOptions.persona).fault) { (phone, _, console) in
            if let (code, portal) = try phone.currentCode() {
                for line in RequestText.lines(code: code, portal: portal, console.language) { console.note(line) }
            }
            let request = try await phone.waitForRequest()
            for line in RequestText.lines(request, console.language) { console.note(line) }
            _ = try await callCode.settle(phone, request, console, asks: true)
            let chosen = release.map { $0.split(separator: ",").map(String.init) }
            return AnswerReport.make(
                try await phone.approve(pin: try pinOptions.read(), released: chosen, context: context),
                console.language)
        }
    }
}

/// `citizen-phone deny`
struct DenyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "deny", abstract: "Deny the login that waits.")

    @OptionGroup var shared: SharedOptions
    @OptionGroup var pinOptions: PINOptions
    @OptionGroup var faults: FaultOptions

    func run() async throws {
        let shared = shared.playing(pinOptions.persona)
        try await shared.run(faults: faults.playing(pinOptions.persona).fault) { (phone, _, console) in
            AnswerReport.make(try await phone.deny(pin: try pinOptions.read(ifAskedBy: phone)), console.language)
        }
    }
}

/// `citizen-phone report`
struct ReportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report", abstract: "Deny the login that waits and report it: you did not begin it.")

    @OptionGroup var shared: SharedOptions
    @OptionGroup var pinOptions: PINOptions
    @OptionGroup var faults: FaultOptions

    func run() async throws {
        let shared = shared.playing(pinOptions.persona)
        try await shared.run(faults: faults.playing(pinOptions.persona).fault) { (phone, _, console) in
            AnswerReport.make(try await phone.report(pin: try pinOptions.read(ifAskedBy: phone)), console.language)
        }
    }
}

/// How an answer is told.
enum AnswerReport {
    static func make(_ outcome: LoginOutcome, _ language: Language) -> Report {
        let state = outcome.receipt.state.text(for: outcome.flow.phone, language: language)
        var lines = [
            [sentence(outcome.decision).text(language), state.explanation, state.remedy].compactMap(\.self)
                .joined(separator: " ")
        ]
        if !outcome.released.isEmpty {
            lines.append(
                language.row("Freigegeben", "Released", RequestText.claims(outcome.released, language)))
        }
        if let url = outcome.returnURL {
            lines.append(
                language.say("Öffnen Sie im Browser dieses Geräts: ", "Open in the browser of this device: ") + url)
        }
        return Report(json: json(outcome), lines: lines)
    }

    static func json(_ outcome: LoginOutcome) -> JSONObject {
        var json: JSONObject = [
            "decision": .string(outcome.decision.rawValue), "txn": .string(outcome.receipt.transaction.rawValue),
            "state": .string(outcome.receipt.state.rawValue), "released": .strings(outcome.released),
        ]
        json["context"] = outcome.context.map { .string($0.context.rawValue) }
        json["return"] = outcome.returnURL.map { .string($0) }
        return json
    }

    private static func sentence(_ decision: LoginDecision) -> BilingualText {
        switch decision {
        case .approve: BilingualText("Zugestimmt.", "Approved.")
        case .deny: BilingualText("Abgelehnt.", "Denied.")
        case .report: BilingualText("Abgelehnt und gemeldet.", "Denied and reported.")
        }
    }
}
