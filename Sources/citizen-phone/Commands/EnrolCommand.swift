import ArgumentParser
import DeviceAuthenticator
import IdentityCrypto
import OpenIDMessages

/// `citizen-phone enrol LINK|PICTURE.png`
struct EnrolCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "enrol",
        abstract: "Enrol this device with the link, or the picture of a QR code, that a clerk gave.")

    enum Evidence: String, ExpressibleByArgument, CaseIterable {
        case none, simulator, tpm
        case androidKey = "android-key"
        case appAttest = "apple-appattest"
    }
    enum SimulatedKeyStore: String, ExpressibleByArgument, CaseIterable { case software, tee, strongbox }
    enum AppEnvironment: String, ExpressibleByArgument, CaseIterable { case production, development }

    @OptionGroup var shared: SharedOptions
    @OptionGroup var pinOptions: PINOptions
    @OptionGroup var keyStoreOptions: KeyStoreOptions
    @OptionGroup var faults: FaultOptions

    @Argument(
        help: ArgumentHelp(
            "The enrolment link, https://…/app/e/…#k=…, or a PNG file with its QR code.", valueName: "link"))
    var source: String

    @Option(
        help: ArgumentHelp(
            "The level that this device must be able to reach: normal, substantiell or hoch. Else it is refused before there "
                + "are keys. Unless given: what the town demands.", valueName: "level"))
    var level: DeviceLevel?

    @Option(help: "Your name for this device; citizen-phone unless given.")
    var name: String?

    @Option(
        name: .customLong("evidence"),
        help: ArgumentHelp(
            "What to say about where the keys live: none, simulator, android-key, apple-appattest or tpm; simulator:tee, "
                + "simulator:unlocked and so on say what is played. With --key-store tpm the evidence tpm is the TPM's own.",
            valueName: "evidence"))
    var evidenceOption: EvidenceWord?
    private var evidenceWord: EvidenceWord? { evidenceOption ?? persona?.phone.evidence }
    private var evidence: Evidence { evidenceWord?.format ?? .none }

    @Option(
        name: .customLong("seed"),
        help: ArgumentHelp(
            "Make keys and identifiers from this number, the same ones each time: for a simulated device.",
            valueName: "number"))
    var seedOption: UInt64?
    private var seed: UInt64? { seedOption ?? persona?.phone.seed }

    private var persona: Persona? { pinOptions.persona }
    var keyStore: KeyStoreKind { keyStoreOptions.keyStore ?? persona?.phone.keyStore ?? .file }

    @OptionGroup var simulator: SimulatorOptions

    @Option(help: "The hardware that the simulator plays: software, tee or strongbox.")
    var simulatedHardware = SimulatedKeyStore.strongbox

    @Option(help: "The app that android-key and apple-appattest play: its package, or team and bundle identifier.")
    var app: String?

    @Option(
        help: ArgumentHelp("The SHA-256 digest of the certificate that signs the app (android-key).", valueName: "hex"))
    var appSignature: String?

    @Option(help: "The environment of App Attest that apple-appattest plays: production or development.")
    var appEnvironment = AppEnvironment.production

    func validate() throws {
        try keyStoreOptions.validate(for: keyStore)
        guard evidence == .none || simulator.isComplete else {
            throw ValidationError("Evidence by the simulator needs --simulator-key and --simulator-certificate.")
        }
        guard seed == nil || evidence != .none && keyStore == .file else {
            throw ValidationError("Keys from a seed are for simulated devices: with --evidence, and --key-store file.")
        }
        guard ![.androidKey, .appAttest].contains(evidence) || app != nil else {
            throw ValidationError("Evidence of this format needs --app.")
        }
        guard evidence != .androidKey || appSignature.flatMap(Self.digest) != nil && simulatedHardware != .software
        else {
            throw ValidationError(
                "android-key needs --app-signature with 64 hexadecimal digits in lower case, and tee or strongbox.")
        }
    }

    func run() async throws {
        let shared = shared.playing(persona)
        // Those of a persona begin when its phone is enrolled.
        try await shared.run(creating: true, faults: faults.fault) { (plain, transport, console) in
            if let code = try Self.missedBlockCode(of: plain) {
                return try Self.missed(code, of: plain, console.language)
            }
            // What is wrong on this side must cost no ticket.
            let name = try DeviceName.checked(name ?? persona?.phone.name ?? "citizen-phone")
            let link = try ScanCommand.link(source)
            let source = try evidenceSource()
            let given = try pinOptions.readGiven()
            let phone =
                try seed.map { seed in
                    DeviceAuthenticator(
                        folder: try shared.folder(), transport: faults.wire(transport), clock: plain.clock,
                        random: .seeded(seed, stream: 0), language: shared.language.rawValue)
                } ?? plain
            let invitation = try await phone.beginEnrolment(link)
            console.note(console.language.row("Anbieter", "Provider", invitation.issuer.rawValue))
            console.note(console.language.row("Person", "Person", invitation.maskedName))
            console.note(
                console.language.row("Niveau", "Level", invitation.level.title.text(console.language)))
            console.note(Self.reach(source, invitation, console.language))
            // Before the PIN is asked for: what is out of reach must cost nothing.
            try invitation.require(source, reaches: level?.level)
            let pin =
                try given
                ?? PINOptions.askNew(for: keyStore, minimum: invitation.minimumPINLength, console.language)
            let device = DeviceDescription(
                name: name, model: seed.map { "citizen-phone, simulated with the seed \($0)" } ?? "citizen-phone",
                system: "Linux")
            let result = try await phone.complete(
                invitation, pin: pin, device: device, evidence: source, keyStore: keyStoreOptions.choice(keyStore),
                reaching: level?.level)
            var report = Self.report(result, keyStore, seed: seed, console.language)
            report.whenTold = { try phone.blockCodeWasSeen() }
            return report
        }
    }

    /// How high this device will reach, and with what it could reach higher.
    static func reach(_ source: EvidenceSource, _ invitation: EnrolmentInvitation, _ language: Language) -> String {
        let reached = invitation.ceiling(of: source) ?? .undefined
        let best = invitation.ceilings.map { min($0.level, invitation.level) }.max() ?? .undefined
        var words = reached.title.text(language)
        if best > reached {
            let better = LevelOutOfReach.list(invitation.evidence(reaching: best), language)
            words += language.say("; \(best.title.german) mit \(better)", "; \(best.title.english) with \(better)")
        }
        return language.row("Höchstens", "Ceiling", words)
    }

    /// The block code of an enrolment that was stopped before the code could be shown.
    private static func missedBlockCode(of phone: DeviceAuthenticator) throws -> String? {
        try phone.enrolment() == nil ? nil : try phone.unseenBlockCode()
    }

    private static func missed(_ code: String, of phone: DeviceAuthenticator, _ language: Language) throws -> Report {
        guard let enrolled = try phone.enrolment() else { throw DeviceError.notEnrolled }
        return Report(
            json: ["device": .string(enrolled.device.rawValue), "block_code": .string(code)],
            lines: [
                language.row("Gerät", "Device", enrolled.device.rawValue), blockCode(code, language),
                language.say(
                    "Dieses Gerät ist schon eingerichtet; sein Sperrcode war noch nicht gezeigt worden.",
                    "This device has enrolled already; its block code had not been shown yet."),
                keepBlockCode.text(language),
            ], whenTold: { try phone.blockCodeWasSeen() })
    }

    private func evidenceSource() throws -> EvidenceSource {
        guard evidence != .none, let (key, chain) = try simulator.read() else { return .none }
        if let hardware = playedHardware {
            guard let maker = try? SimulatedMaker(key: key, certificate: chain[0]) else {
                throw CommandFailure(.file, developer: "The simulator's key is not that of its certificate.")
            }
            // A TPM that is there speaks for itself.
            return evidence == .tpm && keyStore == .tpm ? .attested(maker) : .played(hardware, maker)
        }
        let kind =
            evidenceWord?.keyStore ?? SimulatorAttestation.KeyStore(rawValue: simulatedHardware.rawValue) ?? .software
        return .simulator(
            SimulatorAttester(key: key, chain: chain), kind, defects: evidenceWord?.defects ?? [])
    }

    /// Nil for the simulator's own format.
    private var playedHardware: SimulatedHardware? {
        switch evidence {
        case .none, .simulator: nil
        case .tpm: .tpm
        case .appAttest:
            .appAttest(application: app ?? "", environment: appEnvironment == .production ? .production : .development)
        case .androidKey:
            .androidKey(
                simulatedHardware == .tee ? .tee : .strongbox, package: app ?? "",
                signature: appSignature.flatMap(Self.digest) ?? [])
        }
    }

    static func digest(_ text: String) -> [UInt8]? {
        Hexadecimal.decode(text.lowercased()).flatMap { $0.count == 32 ? $0 : nil }
    }

    private static func report(
        _ result: EnrolmentResult, _ keyStore: KeyStoreKind, seed: UInt64?, _ language: Language
    ) -> Report {
        Report(json: json(result, keyStore, seed: seed), lines: lines(result, keyStore, seed: seed, language))
    }

    private static func lines(
        _ result: EnrolmentResult, _ keyStore: KeyStoreKind, seed: UInt64?, _ language: Language
    ) -> [String] {
        var lines = [
            language.row("Gerät", "Device", result.record.device.rawValue),
            language.row("Schlüssel in", "Keys in", keyStore.rawValue),
            language.row("Höchstens", "Ceiling", RequestText.level(result.record.ceiling, language)),
        ]
        if let seed {
            let warning = language.say("jeder kann diese Schlüssel machen", "anybody can make these keys")
            lines.append(language.row("Zahl", "Seed", "\(seed): \(warning)"))
        }
        lines += result.verdicts.map { line($0, language) }
        lines.append(blockCode(result.blockCode, language))
        if let waiting = result.waiting { lines.append(hope(waiting, language)) }
        lines.append(keepBlockCode.text(language))
        return lines
    }

    /// One check of the evidence. The provider's own words are English: in German they stand only behind what failed.
    static func line(_ verdict: EvidenceVerdict, _ language: Language) -> String {
        let words = EvidenceVerdict.words(for: verdict.check).german
        let german = verdict.passed ? "in Ordnung: \(words)" : "NEIN: \(words). Technische Angabe: \(verdict.detail)"
        return language.row(
            "Nachweis", "Evidence",
            language.say(german, "\(verdict.passed ? "ok" : "NO") \(verdict.check): \(verdict.detail)"))
    }

    static let keepBlockCode = BilingualText(
        "Schreiben Sie den Sperrcode auf, und bewahren Sie ihn getrennt von diesem Gerät auf: Er sperrt es, wenn Sie "
            + "es verlieren.",
        "Write the block code down and keep it away from this device: it stops the device if you lose it.")

    /// The digits that suspend the device; they are shown this once.
    static func blockCode(_ code: String, _ language: Language) -> String {
        language.row("Sperrcode", "Block code", code)
    }

    private static func hope(_ waiting: EnrolmentResult.Waiting, _ language: Language) -> String {
        waiting.usableFrom == nil
            ? language.say(
                "Dieses Gerät wartet. Es gilt, wenn ein anderes Ihrer Geräte es zugelassen hat.",
                "This device waits. It counts when another device of yours has approved it.")
            : language.say(
                "Dieses Gerät wartet. Es gilt in einem Tag, wenn kein anderes Ihrer Geräte es ablehnt, oder sobald eines es "
                    + "zulässt.",
                "This device waits. It counts in a day, unless another device of yours refuses it, or as soon as one "
                    + "approves it.")
    }

    private static func json(_ result: EnrolmentResult, _ keyStore: KeyStoreKind, seed: UInt64?) -> JSONObject {
        var json: JSONObject = [
            "record": .object(result.record.json), "verdicts": .array(result.verdicts.map { .object($0.json) }),
            "block_code": .string(result.blockCode), "key_store": .string(keyStore.rawValue),
        ]
        // As text: a JSON number has no 64 bits without a sign.
        json["seed"] = seed.map { .string(String($0)) }
        if let waiting = result.waiting {
            json["state"] = "pending"
            json["usable_from"] = waiting.usableFrom?.json
        }
        return json
    }
}
