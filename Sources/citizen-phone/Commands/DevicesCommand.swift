import ArgumentParser
import DeviceAuthenticator
import OpenIDMessages

/// `citizen-phone devices`
struct DevicesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "devices", abstract: "List the devices of your account.")

    @OptionGroup var shared: SharedOptions

    func run() async throws {
        try await shared.run { (phone, _, _) in
            let devices = try await phone.devices()
            return Report(
                json: ["devices": .array(devices.map { .object($0.json) })],
                lines: devices.map { device in
                    let text = "\(device.device)  \(device.state)  \(device.name) (\(device.model), \(device.system))"
                    return TerminalText.visible(text) + (device.isCurrent ? "  <- this one" : "")
                })
        }
    }
}
