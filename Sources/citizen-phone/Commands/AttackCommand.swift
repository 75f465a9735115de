import ArgumentParser
import DeviceAuthenticator
import OpenIDMessages

/// `citizen-phone attack NAME… --portal URL`
struct AttackCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "attack",
        abstract: "Attack an installation of your own with this profile's device: play attacker and victim.",
        discussion: "NAME is one or more of: " + Attack.allCases.map(\.rawValue).joined(separator: ", ")
            + "; or all. The victim logs in once before: where nobody gets a code, nothing is tested, and the exit status "
            + "says why. It is 0 when all of them were resisted, 23 when one succeeded, and 37 when none did but one was "
            + "not played for want of an option or at this portal. `clone` ends with the device suspended, if the provider resists: it is "
            + "played only with --disposable.")

    @OptionGroup var shared: SharedOptions
    @OptionGroup var pinOptions: PINOptions
    @OptionGroup var askingPortal: AskingPortalOptions
    @OptionGroup var simulator: SimulatorOptions

    @Argument(help: "The attacks, or all.")
    var names: [String]

    @Option(help: ArgumentHelp("The address at a portal that begins a login.", valueName: "url"))
    var portal: String

    @Option(
        help: ArgumentHelp(
            "A fresh enrolment link of a test person, for enrol-hijack. The person gets a device by it.",
            valueName: "link"))
    var ticket: String?

    @Option(
        help: ArgumentHelp(
            "A fresh enrolment link of another test person, for foreign-browser: the attacker gets a device by it.",
            valueName: "link"))
    var attackerTicket: String?

    @Flag(help: "This profile's device may be suspended.")
    var disposable = false

    func run() async throws {
        let attacks = try Self.attacks(names)
        let shared = shared.playing(pinOptions.persona)
        try await shared.run { (phone, transport, console) in
            guard let address = WebAddress(portal) else {
                throw CommandFailure(
                    .usage, developer: "The address must begin with https:// (or http:// on this machine).")
            }
            guard let enrolled = try phone.enrolment() else { throw DeviceError.notEnrolled }
            try DeviceCopy.removeLeftovers(of: shared.folderPath)
            let scene = AttackScene(
                folder: try shared.folder(), folderPath: shared.folderPath, openFolder: { try shared.folder(at: $0) },
                issuer: enrolled.issuer, pin: try pinOptions.read(), transport: transport,
                language: shared.language.rawValue,
                start: { address }, ticket: ticket, attackerTicket: attackerTicket,
                evidence: try simulator.evidence(),
                asking: try askingPortal.portal(at: enrolled.issuer, over: transport), clock: phone.clock,
                random: phone.random, wait: { try await Task.sleep(for: $0) })
            do {
                return Self.report(
                    try await scene.play(attacks, isDisposable: disposable) { attack in
                        console.note("Attack \(attack.rawValue): \(attack.attempt)")
                    })
            } catch let end as AttacksEnded {
                var failure = CommandFailure(end.cause)
                failure.message =
                    BilingualText(
                        "Über den Angriff \(end.attack.rawValue) ist nichts bekannt: ",
                        "Nothing is known of the attack \(end.attack.rawValue): ") + failure.message
                failure.found = Self.report(end.outcomes)
                throw failure
            }
        }
    }

    /// The attacks that are named, in the order in which they are played: what ends the device comes last.
    static func attacks(_ names: [String]) throws -> [Attack] {
        if names == ["all"] { return Attack.allCases }
        let chosen = try names.map { name in
            guard let attack = Attack(rawValue: name) else {
                throw ValidationError(
                    "'\(name)' is no attack; there are: \(Attack.allCases.map(\.rawValue).joined(separator: ", ")), all."
                )
            }
            return attack
        }
        return Attack.allCases.filter(chosen.contains)
    }

    static func report(_ outcomes: [AttackOutcome]) -> Report {
        func count(_ result: AttackOutcome.Result) -> Int { outcomes.count { $0.result == result } }
        var lines: [String] = []
        for outcome in outcomes {
            let mark =
                switch outcome.result {
                case .resisted: "resisted  "
                case .succeeded: "SUCCEEDED "
                case .notTested: "not tested"
                }
            let attempt = "\(outcome.attack.rawValue): \(outcome.attack.attempt)"
            lines += TerminalText.wrapped(attempt, after: "\(mark)  ")
            lines += outcome.evidence.flatMap {
                TerminalText.wrapped(TerminalText.visible($0), after: "              ")
            }
            guard outcome.result != .notTested else { continue }
            lines += TerminalText.wrapped(outcome.attack.guardian, after: "            Guard: ")
        }
        lines += ["", "resisted \(count(.resisted)), succeeded \(count(.succeeded)), not tested \(count(.notTested))"]
        let json: JSONObject = [
            "attacks": .array(
                outcomes.map { outcome in
                    .object([
                        "attack": .string(outcome.attack.rawValue), "result": .string(outcome.result.rawValue),
                        "attempt": .string(outcome.attack.attempt), "guard": .string(outcome.attack.guardian),
                        "evidence": .strings(outcome.evidence),
                    ])
                })
        ]
        // What was not tried is not known to be resisted: whoever looks at the status alone must not take it for that.
        let status: ExitStatus = count(.succeeded) > 0 ? .findings : count(.notTested) > 0 ? .notTested : .ok
        return Report(json: json, lines: lines, status: status)
    }
}
