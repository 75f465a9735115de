import ArgumentParser
import DeviceAuthenticator
import Foundation
import OpenIDMessages

/// `citizen-phone scan LINK|PICTURE.png`
struct ScanCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "scan", abstract: "Take a login from its link or from a picture of its QR code.")

    @OptionGroup var shared: SharedOptions
    @OptionGroup var faults: FaultOptions

    @Argument(help: "The link, or a PNG file with the QR code.")
    var source: String

    @Flag(help: "Wait until the digits are typed into the browser and show the request.")
    var wait = false

    func run() async throws {
        try await shared.run(faults: faults.fault) { (phone, _, console) in
            switch try await claim(try Self.link(source), with: phone) {
            case .request(let request): return ShowCommand.report(request, console.language)
            case .awaitingCode(let code, let portal):
                guard wait else { return ShowCommand.report(code: code, portal: portal, console.language) }
                for line in RequestText.lines(code: code, portal: portal, console.language) { console.note(line) }
                return ShowCommand.report(try await phone.waitForRequest(), console.language)
            }
        }
    }

    /// A login that the provider does not know at the claim was never begun by this link, or long ago.
    private func claim(_ link: String, with phone: DeviceAuthenticator) async throws -> ClaimedLogin {
        do throws(DeviceError) { return try await phone.claim(link) } catch {
            if case .linkRefused(.notForLogin) = error {
                // The source as it was typed: the ticket of a picture is nobody's to read.
                let command = "citizen-phone enrol '\(TerminalText.visible(source))' --profile NAME"
                throw CommandFailure(
                    .linkRefused,
                    "Dieser Link richtet ein Gerät ein, und dieses Profil hat schon eines. Ein weiteres ist ein "
                        + "Profil mehr: \(command)",
                    "This link is for enrolling a device, and this profile has one. Another one is another "
                        + "profile: \(command)")
            }
            guard case .provider(let problem) = error, problem.code == "unknown_login" else { throw error }
            throw CommandFailure(
                .linkRefused,
                "Der Anbieter kennt keine Anmeldung zu diesem Link: Er wurde unterwegs verändert oder ist lange vorbei. "
                    + "Öffnen Sie die Anmeldeseite noch einmal, und nehmen Sie den Link oder den QR-Code von dort.",
                "The provider knows no login of this link: it was altered on the way, or is long over. "
                    + "Open the login page again and take the link or the QR code from there.", problem: problem)
        }
    }

    /// The link itself, or the one that a picture of a QR code has. Any other file is no picture, and said to be none.
    static func link(_ source: String) throws(CommandFailure) -> String {
        let isPicture = source.lowercased().hasSuffix(".png") || FileManager.default.fileExists(atPath: source)
        guard !source.hasPrefix("https://"), isPicture else { return source }
        let texts = try QRPicture.texts(ofPNG: source)
        let links = texts.filter { DeviceLink(parsing: $0) != nil }
        guard let link = links.first else {
            throw CommandFailure(
                .foreignQRCode,
                "Der QR-Code in \(source) ist nicht von der CitizenID. Nehmen Sie ein Bild dessen auf der Anmeldeseite oder "
                    + "vom Amt; explain sagt, was dieser ist.",
                "The QR code in \(source) is not CitizenID's. Take a picture of the one on the login page or from the "
                    + "office; explain says what this one is.")
        }
        guard links.count == 1 else {
            throw CommandFailure(
                .severalQRCodes,
                "\(source) zeigt \(links.count) Codes der CitizenID. Nehmen Sie ein Bild mit dem allein, den Sie wollen.",
                "\(source) shows \(links.count) CitizenID codes. Take a picture with the one that you want alone.")
        }
        return link
    }
}
