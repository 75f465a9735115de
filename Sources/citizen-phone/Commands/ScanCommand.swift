import ArgumentParser
import DeviceAuthenticator
import OpenIDMessages

/// `citizen-phone scan LINK|PICTURE.png`
struct ScanCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "scan", abstract: "Take a login from its link or from a picture of its QR code.")

    @OptionGroup var shared: SharedOptions

    @Argument(help: "The link, or a PNG file with the QR code.")
    var source: String

    @Flag(help: "Wait until the digits are typed into the browser and show the request.")
    var wait = false

    func run() async throws {
        try await shared.run { (phone, _, console) in
            switch try await phone.claim(try Self.link(source)) {
            case .request(let request): return ShowCommand.report(request)
            case .awaitingCode(let code, let portal):
                guard wait else { return ShowCommand.report(code: code, portal: portal) }
                for line in RequestText.lines(code: code, portal: portal) { console.note(line) }
                return ShowCommand.report(try await phone.waitForRequest())
            }
        }
    }

    static func link(_ source: String) throws -> String {
        guard !source.hasPrefix("https://"), source.lowercased().hasSuffix(".png") else { return source }
        let texts: [String]
        do { texts = try QRPicture.read(pngFile: source) } catch {
            throw CommandFailure(.file, "\(source): no QR code can be read (\(error)).")
        }
        let links = texts.filter { DeviceLink(parsing: $0) != nil }
        guard links.count == 1 else {
            throw CommandFailure(.linkRefused, "\(source) shows \(links.count) CitizenID links; one is wanted.")
        }
        return links[0]
    }
}
