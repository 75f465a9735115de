import ArgumentParser
import DeviceAuthenticator
import Glibc
import OpenIDMessages
import QRCode

/// `citizen-phone replace`
struct ReplaceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replace",
        abstract: "Put a new device in the place of this one, which stays in use until the new one works.",
        discussion:
            "With --into the new device is another profile on this machine. Without, a link and its QR code are shown, "
            + "and this device waits until the new one has enrolled and logged in. An interrupted command is given again."
    )

    @OptionGroup var shared: SharedOptions
    @OptionGroup var confirmation: ConfirmationOptions
    @OptionGroup var simulator: SimulatorOptions

    @Option(help: "Your town, in whose name the new device's link is written.")
    var tenant: String?

    @Option(help: ArgumentHelp("The profile of the new device, on this machine.", valueName: "profile"))
    var into: String?

    @Option(help: ArgumentHelp("The new device elsewhere, if it has enrolled already.", valueName: "device"))
    var successor: String?

    @Option(help: "Your name for the new device (--into).")
    var name = "citizen-phone"

    @Option(
        help: ArgumentHelp(
            "A file (mode 0600) whose first line is the PIN of the new device (--into).", valueName: "file"))
    var newPinFile: String?

    @Option(help: ArgumentHelp("How long to wait for each step of a new device elsewhere.", valueName: "seconds"))
    var wait: Int64 = 600

    func validate() throws {
        guard into == nil || successor == nil else { throw ValidationError("Use --into or --successor, not both.") }
        if let into { try SharedOptions.validate(profile: into) }
        guard into != shared.playing(confirmation.pinOptions.persona).profile else {
            throw ValidationError("The new device needs another profile than this one.")
        }
        guard (0...86_400).contains(wait) else { throw ValidationError("--wait takes 0 to 86400 seconds.") }
    }

    func run() async throws {
        let shared = shared.playing(confirmation.pinOptions.persona)
        try await shared.run { (phone, transport, console) in
            guard let enrolled = try phone.enrolment() else { throw DeviceError.notEnrolled }
            guard let into else { return try await replaceElsewhere(phone, enrolled, console) }
            let folder = try shared.folder(at: shared.homeFolder + "/" + into)
            let use = try folder.use(creating: true)
            defer { withExtendedLifetime(use) {} }
            let new = DeviceAuthenticator(
                folder: folder, transport: transport, clock: phone.clock, random: try shared.randomSource(of: folder),
                language: shared.language.rawValue)
            return try await replaceHere(phone, enrolled, by: new, console)
        }
    }

    private func replacement(
        _ phone: DeviceAuthenticator, _ enrolled: DeviceAuthenticator.Enrolled, _ console: Console
    ) throws -> Replacement {
        Replacement(
            old: phone, oldDevice: enrolled.device, oldPIN: try confirmation.pinOptions.read(),
            confirmation: confirmation,
            console: console)
    }
}

// MARK: - On this machine

extension ReplaceCommand {
    private func replaceHere(
        _ phone: DeviceAuthenticator, _ enrolled: DeviceAuthenticator.Enrolled, by new: DeviceAuthenticator,
        _ console: Console
    ) async throws -> Report {
        if let known = try new.enrolment() {
            guard known.issuer == enrolled.issuer else { throw DeviceError.alreadyEnrolled(known.issuer) }
            if try await Self.isReplaced(enrolled.device, says: new) {
                return try report(enrolled.device, by: new, code: show(codeOf: new, console), console.language)
            }
        }
        let replacement = try replacement(phone, enrolled, console)
        let chosen = try new.enrolment() == nil ? try await enrol(new, by: replacement) : nil
        // At once, whatever comes next.
        let code = try show(codeOf: new, console)
        do {
            let pin = try chosen ?? pinOfEnrolled(console)
            guard let device = try new.enrolment()?.device else { throw DeviceError.notEnrolled }
            try await replacement.admit(device)
            try await replacement.dismiss(by: new, pin: pin)
        } catch {
            var failure = CommandFailure(error)
            failure.found = code.map { found($0, of: new, console.language) }
            throw failure
        }
        return try report(enrolled.device, by: new, code: code, console.language)
    }

    private func enrol(_ new: DeviceAuthenticator, by replacement: Replacement) async throws -> PIN {
        // Read before the link: what is wrong with a name or a file must not cost a ticket.
        let description = DeviceDescription(
            name: try DeviceName.checked(name), model: "citizen-phone", system: "Linux")
        let evidence = try simulator.evidence()
        let given = try newPinFile.map(PINOptions.read(file:))
        let invitation = try await new.beginEnrolment(try await replacement.link(tenant: tenant))
        let pin = try given ?? PINOptions.askNew(minimum: invitation.minimumPINLength, replacement.console.language)
        _ = try await new.complete(invitation, pin: pin, device: description, evidence: evidence)
        return pin
    }

    /// The PIN of a device that has enrolled before.
    private func pinOfEnrolled(_ console: Console) throws -> PIN {
        let language = console.language
        console.note(
            language.say(
                "Das neue Gerät ist schon eingerichtet. Seine PIN wird gebraucht.",
                "The new device has enrolled already. Its PIN is needed."))
        return try newPinFile.map(PINOptions.read(file:))
            ?? PINOptions.ask(language.say("PIN des neuen Geräts: ", "PIN of the new device: "))
    }

    /// The block code of the new device, while nobody is known to have seen it (D-6.7). Who looks on sees it now; it is kept
    /// until the end of the command has been told, in which it stands once more.
    private func show(codeOf new: DeviceAuthenticator, _ console: Console) throws -> String? {
        guard let code = try new.unseenBlockCode() else { return nil }
        console.note(EnrolCommand.blockCode(code, console.language))
        return code
    }

    /// What a command that failed has to say of a device that it enrolled.
    private func found(_ code: String, of new: DeviceAuthenticator, _ language: Language) -> Report {
        Report(
            json: ["block_code": .string(code)],
            lines: [EnrolCommand.blockCode(code, language), EnrolCommand.keepBlockCode.text(language)],
            whenTold: { try new.blockCodeWasSeen() })
    }

    private func report(
        _ old: DeviceIdentifier, by new: DeviceAuthenticator, code: String?, _ language: Language
    ) throws -> Report {
        guard let device = try new.enrolment()?.device else { throw DeviceError.notEnrolled }
        var report = report(old, by: device, code: code, language)
        if code != nil { report.whenTold = { try new.blockCodeWasSeen() } }
        return report
    }

    /// True when the new device works and says that the old one is gone: what was left was to tell so.
    private static func isReplaced(
        _ device: DeviceIdentifier, says new: DeviceAuthenticator
    ) async throws -> Bool {
        do throws(DeviceError) {
            let devices = try await new.devices()
            return devices.first { $0.device == device }?.state == "revoked"
        } catch {
            // One that was not let in yet is answered nothing.
            guard case .provider = error else { throw error }
            return false
        }
    }
}

// MARK: - Elsewhere

extension ReplaceCommand {
    private func replaceElsewhere(
        _ phone: DeviceAuthenticator, _ enrolled: DeviceAuthenticator.Enrolled, _ console: Console
    ) async throws -> Report {
        let replacement = try replacement(phone, enrolled, console)
        let device: DeviceIdentifier
        if let successor {
            guard let known = DeviceIdentifier(rawValue: successor) else {
                throw CommandFailure(
                    .usage, "„\(successor)“ ist kein Gerät; `citizen-phone devices` zeigt sie.",
                    "'\(successor)' is no device; `citizen-phone devices` lists them.")
            }
            device = known
        } else {
            let before = Set(try await phone.devices().map(\.device))
            show(try await replacement.link(tenant: tenant), on: console)
            device = try await replacement.newcomer(since: before, seconds: wait)
        }
        try await replacement.admit(device)
        console.note(
            console.language.say(
                "Das neue Gerät darf sich jetzt anmelden: \(device). Dieses geht, wenn das geklappt hat.",
                "The new device may log in now: \(device). This one goes when that has been seen to work."))
        try await replacement.waitForAnswer(of: device, seconds: wait)
        try await replacement.dismiss(by: phone, pin: replacement.oldPIN)
        return report(enrolled.device, by: device, code: nil, console.language)
    }

    private func show(_ link: String, on console: Console) {
        console.note(
            console.language.say(
                "Auf dem neuen Telefon, binnen zehn Minuten:", "On the new phone, within ten minutes:"))
        console.noteWhole("citizen-phone enrol '\(TerminalText.visible(link))'")
        if isatty(STDERR_FILENO) == 1, let code = QRCode(link) { console.noteWhole(code.terminalText) }
    }

    private func report(
        _ old: DeviceIdentifier, by new: DeviceIdentifier, code: String?, _ language: Language
    ) -> Report {
        var json: JSONObject = [
            "state": "replaced", "device": .string(new.rawValue), "replaced": .string(old.rawValue),
        ]
        json["block_code"] = code.map { .string($0) }
        var lines = [
            language.row("Neues Gerät", "New device", new.rawValue), language.row("Ersetzt", "Replaced", old.rawValue),
            language.say(
                "Das Gerät dieses Profils ist endgültig weg; seine Quittungen bleiben hier.",
                "This profile's device is gone for good; its receipts stay here."),
        ]
        if let code {
            lines.insert(EnrolCommand.blockCode(code, language), at: 1)
            lines.append(EnrolCommand.keepBlockCode.text(language))
        }
        return Report(json: json, lines: lines)
    }
}
