import DeviceAuthenticator
import OpenIDMessages

/// The stages of one command's scenarios: one for each phone that plays.
final class ScenarioStages {
    /// As the command line has them, without what a persona says.
    private let shared: SharedOptions
    private let pinOptions: PINOptions
    private let faults: FaultOptions
    /// The device of the command's own profile, which this command uses alone.
    private let phone: DeviceAuthenticator
    private let transport: TLSTransport
    private let start: WebAddress
    private let opensPortal: Bool
    private let askingPortal: AskingPortalOptions
    private let revocations: ProviderRevocationList?
    private var stages: [(player: Player, stage: ScenarioStage)] = []
    private var uses: [FolderUse] = []

    /// Whose phone plays: its profile, and the one persona that says the rest.
    private struct Player: Equatable {
        let profile: String
        let persona: Persona?
    }

    /// - Parameters:
    ///   - shared: without what the command's persona says: it must not speak for those of the scenarios.
    ///   - faults: likewise.
    init(
        _ shared: SharedOptions, pinOptions: PINOptions, faults: FaultOptions, phone: DeviceAuthenticator,
        transport: TLSTransport, start: WebAddress, opensPortal: Bool, askingPortal: AskingPortalOptions,
        revocations: ProviderRevocationList?
    ) {
        self.shared = shared
        self.pinOptions = pinOptions
        self.faults = faults
        self.phone = phone
        self.transport = transport
        self.start = start
        self.opensPortal = opensPortal
        self.askingPortal = askingPortal
        self.revocations = revocations
    }

    /// The profile whose device plays a scenario.
    func profile(of scenario: Scenario) -> String { scenario.persona?.name ?? ownProfile }

    private var ownProfile: String { shared.playing(pinOptions.persona).profile }

    /// The stage of a scenario; of one whose phone is not enrolled there is none.
    func stage(for scenario: Scenario) throws -> ScenarioStage {
        let player = Player(profile: profile(of: scenario), persona: scenario.persona ?? pinOptions.persona)
        if let (_, stage) = stages.first(where: { $0.player == player }) { return stage }
        let stage = try make(player)
        stages.append((player, stage))
        return stage
    }

    /// Has a certificate revoked; nil where nobody named the provider's list.
    private var revoker: (@Sendable (String) async throws -> Void)? {
        guard let revocations else { return nil }
        return { serial in try revocations.add(serial) }
    }

    private func make(_ player: Player) throws -> ScenarioStage {
        var shared = shared.playing(player.persona)
        shared.profileName = player.profile
        let isOwn = player.profile == ownProfile
        let folder = try shared.folder()
        let known = stages.first { $0.player.profile == player.profile }?.stage.phone
        // Kept until all scenarios are played.
        if !isOwn, known == nil, let use = try folder.use() { uses.append(use) }
        guard let issuer = try DeviceAuthenticator(folder: folder, transport: transport).enrolment()?.issuer else {
            guard let persona = player.persona else { throw DeviceError.notEnrolled }
            throw CommandFailure(
                .notEnrolled,
                developer:
                    "The persona \(persona.name) has no phone yet. Enrol it first: citizen-phone enrol LINK --persona FILE."
            )
        }
        try DeviceCopy.removeLeftovers(of: shared.folderPath)
        // Once for each device, whoever plays it.
        let random = isOwn ? phone.random : try known?.random ?? shared.randomSource(of: folder)
        let faults = faults.playing(player.persona)
        let wire = faults.wire(transport)
        let pins = try player.persona.map { try PINOptions.withWrong($0.phone.pin) } ?? pinOptions.readWithWrong()
        let (path, clock) = (shared.folderPath, faults.clock(phone.clock))
        let language = shared.language.rawValue
        let makePhone: @Sendable (String) throws -> DeviceAuthenticator = { [shared] path in
            DeviceAuthenticator(
                folder: try shared.folder(at: path), transport: wire, clock: clock, random: random, language: language)
        }
        return ScenarioStage(
            issuer: issuer, phone: try makePhone(path), wire: wire, pin: pins.right, wrongPIN: pins.wrong,
            transport: transport, language: language, start: start,
            asking: isOwn ? try askingPortal.portal(at: issuer, over: transport) : nil,
            revoke: revoker, opensPortal: opensPortal,
            wait: { try await Task.sleep(for: $0) }, copyDevice: { try DeviceCopy(of: path, makePhone: makePhone) })
    }
}
