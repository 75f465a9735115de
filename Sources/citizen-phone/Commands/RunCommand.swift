import ArgumentParser
import DeviceAuthenticator

/// `citizen-phone run SCENARIO.yaml… --portal URL`
struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Play login situations from files: browsers and this profile's phone, step by step.",
        discussion: "The exit status is 0 when all expectations are met, 23 when one is not, and 37 when every "
            + "scenario was skipped: then nothing is known. Every mistake in a file is "
            + "told with its line before anything is played, with status 64. docs/citizen-phone.md has the format; "
            + "Scenarios/ has scenarios for every state of a login.")

    @OptionGroup var shared: SharedOptions
    @OptionGroup var pinOptions: PINOptions
    @OptionGroup var faults: FaultOptions
    @OptionGroup var askingPortal: AskingPortalOptions

    @Argument(help: ArgumentHelp("The files.", valueName: "scenario.yaml"))
    var files: [String]

    @Option(help: ArgumentHelp("The address at a portal that begins a login.", valueName: "url"))
    var portal: String

    @Option(
        help: ArgumentHelp(
            "The file on this machine in which the provider reads which certificates are revoked: for scenarios in which "
                + "evidence of hardware is taken back. Serial numbers are added to it.", valueName: "json"))
    var revocationList: String?

    @Option(help: "The form of the outcome: text, json, tap (Test Anything Protocol 14) or junit (XML).")
    var output: ScenarioOutput?

    @Flag(help: "Browsers stop before the portal's callback instead of opening it.")
    var stopAtCallback = false

    @Flag(help: "This profile's device may be locked: scenarios that end it are played too, the first of them.")
    var disposable = false

    func validate() throws {
        guard !shared.json || output == nil || output == .json else {
            throw ValidationError("Use --json or --output, not both.")
        }
        guard faults.fault?.losesAcknowledgement != true else {
            throw ValidationError("A scenario says itself what is lost: with the step `lose: acknowledgement`.")
        }
    }

    mutating func run() async throws {
        if output == .json { shared.json = true }
        let form = output ?? (shared.json ? .json : .text)
        let (shared, pinOptions, faults, isDisposable) = (shared, pinOptions, faults, disposable)
        let askingPortal = askingPortal
        let revocations = revocationList.map(ProviderRevocationList.init(path:))
        let scenarios = try scenarios()
        guard let address = WebAddress(portal) else {
            throw refusal("The address must begin with https:// (or http:// on this machine).")
        }
        let opensPortal = !stopAtCallback
        try await shared.playing(pinOptions.persona).run { (phone, transport, console) in
            let stages = ScenarioStages(
                shared, pinOptions: pinOptions, faults: faults, phone: phone, transport: transport, start: address,
                opensPortal: opensPortal, askingPortal: askingPortal,
                revocations: revocations)
            let hasPortal = askingPortal.backchannelClient != nil
            let outcomes = try await Self.play(
                Self.parts(
                    scenarios, isDisposable: isDisposable, hasAskingPortal: hasPortal,
                    hasRevocationList: revocations != nil, profile: stages.profile),
                on: stages.stage
            ) { scenario in
                console.note("Scenario \(scenario.name): \(scenario.description)")
            }
            return ScenarioReport(outcomes: outcomes).report(as: form)
        }
    }

    /// A scenario, and why it is not played where it is not.
    struct Part: Equatable {
        let scenario: Scenario
        var skipped: String?
    }

    /// In the order of the files, but what ends a device comes last, and only once for each device.
    ///
    /// - Parameters:
    ///   - hasAskingPortal: whether there is a portal that may ask for the profile's person.
    ///   - hasRevocationList: whether evidence can be taken back.
    static func parts(
        _ scenarios: [Scenario], isDisposable: Bool, hasAskingPortal: Bool = false, hasRevocationList: Bool = false,
        profile: (Scenario) -> String
    ) -> [Part] {
        var spent: Set<String> = []
        return (scenarios.filter { !$0.endsDevice } + scenarios.filter(\.endsDevice)).map { scenario in
            guard !scenario.asks || hasAskingPortal && scenario.persona == nil else {
                return Part(
                    scenario: scenario,
                    skipped: scenario.persona == nil
                        ? "a portal asks by itself: needs --backchannel-client and what goes with it"
                        : "a portal asks by itself: it knows this profile's person and no persona")
            }
            guard !scenario.revokes || hasRevocationList else {
                return Part(
                    scenario: scenario, skipped: "evidence is taken back: needs --revocation-list with the provider's")
            }
            guard scenario.endsDevice else { return Part(scenario: scenario) }
            guard isDisposable else {
                return Part(
                    scenario: scenario, skipped: "ends with the device locked or suspended and needs --disposable")
            }
            guard spent.insert(profile(scenario)).inserted else {
                return Part(scenario: scenario, skipped: "the device was ended by the scenario before")
            }
            return Part(scenario: scenario)
        }
    }

    /// Makes all stages, and then plays: a phone that is not there must not cost what came of the others.
    static func play(
        _ parts: [Part], on stage: (Scenario) throws -> ScenarioStage, says: (Scenario) -> Void
    ) async throws -> [ScenarioOutcome] {
        let stages = try parts.map { part in part.skipped == nil ? try stage(part.scenario) : nil }
        var outcomes: [ScenarioOutcome] = []
        for (part, stage) in zip(parts, stages) {
            if let stage {
                says(part.scenario)
                outcomes.append(try await stage.play(part.scenario))
            } else if let reason = part.skipped {
                outcomes.append(ScenarioOutcome(scenario: part.scenario, result: .skipped(reason)))
            }
        }
        return outcomes
    }

    private func scenarios() throws -> [Scenario] {
        do throws(ScenarioMistakesFound) { return try ScenarioFile.read(paths: files) } catch {
            throw refusal(error.mistakes.map(\.description).joined(separator: "\n"))
        }
    }

    /// Tells what is wrong with the command line or the files.
    private func refusal(_ message: String) -> ExitCode {
        shared.console.fail(CommandFailure(.usage, developer: message))
        return ExitCode(ExitStatus.usage.rawValue)
    }
}
