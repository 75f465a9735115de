import ArgumentParser
import DeviceAuthenticator

/// `citizen-phone run SCENARIO.yaml… --portal URL`
struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Play login situations from files: browsers and this profile's phone, step by step.",
        discussion: "The exit status is 0 when all expectations are met and 23 otherwise. Every mistake in a file is "
            + "told with its line before anything is played, with status 64. docs/citizen-phone.md has the format; "
            + "Scenarios/ has scenarios for every state of a login.")

    @OptionGroup var shared: SharedOptions
    @OptionGroup var pinOptions: PINOptions
    @OptionGroup var faults: FaultOptions

    @Argument(help: ArgumentHelp("The files.", valueName: "scenario.yaml"))
    var files: [String]

    @Option(help: ArgumentHelp("The address at a portal that begins a login.", valueName: "url"))
    var portal: String

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
        let (pinOptions, isDisposable) = (pinOptions, disposable)
        let (shared, faults) = (shared.playing(pinOptions.persona), faults.playing(pinOptions.persona))
        let scenarios = try scenarios()
        guard let address = WebAddress(portal) else {
            throw refusal("The address must begin with https:// (or http:// on this machine).")
        }
        let opensPortal = !stopAtCallback
        try await shared.run { (phone, transport, console) in
            let stages = ScenarioStages(
                shared, pinOptions: pinOptions, faults: faults, phone: phone, transport: transport, start: address,
                opensPortal: opensPortal)
            let outcomes = try await Self.play(
                scenarios, on: stages.stage, isDisposable: isDisposable
            ) { scenario in
                console.note("Scenario \(scenario.name): \(scenario.description)")
            }
            return ScenarioReport(outcomes: outcomes).report(as: form)
        }
    }

    /// Plays in the order of the files, but what ends a device comes last, and only once for each device.
    static func play(
        _ scenarios: [Scenario], on stage: (Scenario) throws -> ScenarioStage, isDisposable: Bool,
        says: (Scenario) -> Void
    ) async throws -> [ScenarioOutcome] {
        var outcomes: [ScenarioOutcome] = []
        var spent: Set<String?> = []
        for scenario in scenarios.filter({ !$0.endsDevice }) + scenarios.filter(\.endsDevice) {
            let isSpent = spent.contains(scenario.persona?.name)
            guard !scenario.endsDevice || (isDisposable && !isSpent) else {
                let reason =
                    isSpent
                    ? "the device was ended by the scenario before"
                    : "ends with the device locked or suspended and needs --disposable"
                outcomes.append(ScenarioOutcome(scenario: scenario, result: .skipped(reason)))
                continue
            }
            if scenario.endsDevice { spent.insert(scenario.persona?.name) }
            says(scenario)
            outcomes.append(try await stage(scenario).play(scenario))
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
        shared.console.fail(CommandFailure(.usage, message))
        return ExitCode(ExitStatus.usage.rawValue)
    }
}
