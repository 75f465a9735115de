import ArgumentParser
import DeviceAuthenticator
import OpenIDMessages

/// `citizen-phone devices`
struct DevicesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "devices", abstract: "The devices of your account.",
        subcommands: [
            DevicesListCommand.self, DevicesAddCommand.self, DevicesApproveCommand.self, DevicesSuspendCommand.self,
            DevicesFoundCommand.self, DevicesRevokeCommand.self, DevicesRenameCommand.self,
        ],
        defaultSubcommand: DevicesListCommand.self)
}

/// `citizen-phone devices list`
struct DevicesListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the devices of your account.")

    @OptionGroup var shared: SharedOptions

    func run() async throws {
        try await shared.run { (phone, _, console) in
            let language = console.language
            let devices = try await phone.devices()
            var json: JSONObject = ["devices": .array(devices.map { .object($0.json) })]
            json["key_store"] = try phone.keyStore().map { .string($0.rawValue) }
            var lines = devices.map { device in
                let state = WireWord.text(device.state, of: .device, language)
                let text = "\(device.device)  \(state)  \(device.name) (\(device.model), \(device.system))"
                return TerminalText.visible(text)
                    + (device.isCurrent ? language.say("  <- dieses hier", "  <- this one") : "")
            }
            // Of an enrolment that was stopped before it could show it.
            if let code = try phone.unseenBlockCode() {
                json["block_code"] = .string(code)
                lines += [EnrolCommand.blockCode(code, language), EnrolCommand.keepBlockCode.text(language)]
            }
            return Report(json: json, lines: lines, whenTold: { try phone.blockCodeWasSeen() })
        }
    }
}

/// `citizen-phone devices suspend DEVICE`
struct DevicesSuspendCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "suspend", abstract: "Suspend a device, this one or another.")

    @OptionGroup var shared: SharedOptions
    @OptionGroup var confirmation: ConfirmationOptions

    @Argument(help: "The device, as the list names it.")
    var device: String

    func run() async throws {
        try await shared.playing(confirmation.pinOptions.persona).run { (phone, _, console) in
            let act = AccountAct(
                .suspendDevice, path: "/devices/\(try PathPart.checked(device))/suspension",
                pathParameters: ["device": .string(device)])
            let answer = try await confirmation.perform(act, with: phone, console)
            return Report(
                json: answer, lines: [console.language.say("Das Gerät ist gesperrt.", "The device is suspended.")])
        }
    }
}

/// `citizen-phone devices rename DEVICE NAME`
struct DevicesRenameCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rename", abstract: "Give a device another name.")

    @OptionGroup var shared: SharedOptions

    @Argument(help: "The device, as the list names it.")
    var device: String

    @Argument(help: "Its new name.")
    var name: String

    func run() async throws {
        try await shared.run { (phone, _, console) in
            let path = "/devices/\(try PathPart.checked(device))/name"
            let chosen = try DeviceName.checked(name, maximumLength: 128)
            let answer = try await phone.accountChange("POST", path, body: ["name": .string(chosen)])
            let given = answer.shown("name")
            return Report(
                json: answer,
                lines: [console.language.say("Das Gerät heißt jetzt \(given).", "The device is now called \(given).")])
        }
    }
}
