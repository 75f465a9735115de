import ArgumentParser
import DeviceAuthenticator
import OpenIDMessages

/// `citizen-phone block CODE`
struct BlockCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "block", abstract: "Suspend a lost device, or lock the account, at once with a block code.")

    @OptionGroup var shared: SharedOptions

    @Argument(help: "The 18 digits that the enrolment showed, or those on the paper from the desk.")
    var code: String

    @Option(help: "The provider; else the one of this profile.")
    var issuer: String?

    func validate() throws {
        guard issuer == nil || issuer.flatMap(IssuerURL.init(rawValue:)) != nil else {
            throw ValidationError("The issuer is an https URL without a path.")
        }
    }

    func run() async throws {
        try await shared.run(alone: false) { (phone, _, console) in
            let blocked = try await phone.block(code: code, at: issuer.flatMap(IssuerURL.init(rawValue:)))
            let line =
                switch blocked {
                case .device: console.language.say("Das Gerät ist gesperrt.", "The device is suspended.")
                case .account:
                    console.language.say(
                        "Ihr Konto ist gesperrt, mit allen Geräten. Am Schalter einer Stadt bekommen Sie es zurück.",
                        "Your account is locked, with all its devices. At a town's desk you get it back.")
                }
            return Report(json: ["blocked": .string(blocked.rawValue)], lines: [line])
        }
    }
}
