import DeviceAuthenticator
import OpenIDMessages

/// The stages of one command's scenarios: that of the profile's own device, and one for the phone of each persona.
final class ScenarioStages {
    private let shared: SharedOptions
    private let pinOptions: PINOptions
    private let faults: FaultOptions
    /// The device of the profile, which this command uses alone.
    private let phone: DeviceAuthenticator
    private let transport: TLSTransport
    private let start: WebAddress
    private let opensPortal: Bool
    private var stages: [String?: ScenarioStage] = [:]
    private var uses: [FolderUse] = []

    init(
        _ shared: SharedOptions, pinOptions: PINOptions, faults: FaultOptions, phone: DeviceAuthenticator,
        transport: TLSTransport, start: WebAddress, opensPortal: Bool
    ) {
        self.shared = shared
        self.pinOptions = pinOptions
        self.faults = faults
        self.phone = phone
        self.transport = transport
        self.start = start
        self.opensPortal = opensPortal
    }

    /// The stage of a scenario; of one whose phone is not enrolled there is none.
    func stage(for scenario: Scenario) throws -> ScenarioStage {
        let persona = scenario.persona
        if let stage = stages[persona?.name] { return stage }
        let stage = try make(persona)
        stages[persona?.name] = stage
        return stage
    }

    private func make(_ persona: Persona?) throws -> ScenarioStage {
        var shared = shared.playing(persona)
        if let persona { shared.profileName = persona.name }
        let isOwn = shared.profile == self.shared.profile
        let folder = try shared.folder()
        // Kept until all scenarios are played.
        if !isOwn, let use = try folder.use() { uses.append(use) }
        guard let issuer = try DeviceAuthenticator(folder: folder, transport: transport).enrolment()?.issuer else {
            guard let persona else { throw DeviceError.notEnrolled }
            throw CommandFailure(
                .notEnrolled,
                "The persona \(persona.name) has no phone yet. Enrol it first: citizen-phone enrol LINK --persona FILE."
            )
        }
        try DeviceCopy.removeLeftovers(of: shared.folderPath)
        let random = isOwn ? phone.random : try shared.randomSource(of: folder)
        let faults = faults.playing(persona)
        let wire = faults.wire(transport)
        let pins = try persona.map { try PINOptions.withWrong($0.phone.pin) } ?? pinOptions.readWithWrong()
        let (path, clock, language) = (shared.folderPath, faults.clock(phone.clock), shared.language)
        let makePhone: @Sendable (String) throws -> DeviceAuthenticator = { [shared] path in
            DeviceAuthenticator(
                folder: try shared.folder(at: path), transport: wire, clock: clock, random: random, language: language)
        }
        return ScenarioStage(
            issuer: issuer, phone: try makePhone(path), wire: wire, pin: pins.right, wrongPIN: pins.wrong,
            transport: transport, language: language, start: start, opensPortal: opensPortal,
            wait: { try await Task.sleep(for: $0) }, copyDevice: { try DeviceCopy(of: path, makePhone: makePhone) })
    }
}
