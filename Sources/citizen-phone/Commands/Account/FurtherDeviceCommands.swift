import ArgumentParser
import DeviceAuthenticator
import OpenIDMessages

/// `citizen-phone devices add`
struct DevicesAddCommand: ActCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Get a link with which a further device enrols; then `approve` it from here.")

    @OptionGroup var shared: SharedOptions
    @OptionGroup var confirmation: ConfirmationOptions

    @Option(help: "Your town, in whose name the link is written.")
    var tenant: String

    func act() throws -> AccountAct { .addDevice(tenant: tenant) }

    func lines(_ answer: JSONObject, _ language: Language) -> [String] {
        [answer.shown("link"), language.row("Gültig bis", "Valid until", answer.shownTime("expires_at", language))]
    }
}

/// `citizen-phone devices approve DEVICE`
struct DevicesApproveCommand: ActCommand {
    static let configuration = CommandConfiguration(
        commandName: "approve", abstract: "Let a waiting device in that you set up yourself.")

    @OptionGroup var shared: SharedOptions
    @OptionGroup var confirmation: ConfirmationOptions

    @Argument(help: "The device, as the list names it.")
    var device: String

    func act() throws -> AccountAct { try .ofDevice(.approveDevice, device, "approval") }
}

/// `citizen-phone devices found DEVICE`
struct DevicesFoundCommand: ActCommand {
    static let configuration = CommandConfiguration(
        commandName: "found", abstract: "Use a suspended device again that was found.")

    @OptionGroup var shared: SharedOptions
    @OptionGroup var confirmation: ConfirmationOptions

    @Argument(help: "The device, as the list names it.")
    var device: String

    func act() throws -> AccountAct { try .ofDevice(.findDevice, device, "recovery") }
}

/// `citizen-phone devices revoke DEVICE`
struct DevicesRevokeCommand: ActCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke", abstract: "Take a device away for good, or refuse one that waits.")

    @OptionGroup var shared: SharedOptions
    @OptionGroup var confirmation: ConfirmationOptions

    @Argument(help: "The device, as the list names it.")
    var device: String

    func act() throws -> AccountAct { try .ofDevice(.revokeDevice, device, "revocation") }
}

extension AccountAct {
    static func addDevice(tenant: String) -> AccountAct {
        AccountAct(.addDevice, path: "/devices", body: ["tenant": .string(tenant)])
    }

    static func ofDevice(
        _ action: ConfirmedAction, _ device: String, _ step: String
    ) throws(CommandFailure) -> AccountAct {
        let device = try PathPart.checked(device)
        return AccountAct(
            action, path: "/devices/\(device)/\(step)", pathParameters: ["device": .string(device)])
    }
}
