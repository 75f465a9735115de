import ArgumentParser
import DeviceAuthenticator
import OpenIDMessages

/// `citizen-phone doctor URL`
struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Examine a portal from outside: play browser and phone with good and bad callbacks.",
        discussion:
            "URL is the portal's address that begins the login. The phone approves about nine logins and denies "
            + "one; all are real.")

    @OptionGroup var shared: SharedOptions
    @OptionGroup var pinOptions: PINOptions

    @Argument(help: "The address at the portal that begins the login.")
    var url: String

    @Option(help: "How the phone learns of the logins: qr (another screen) or link (the same device).")
    var flow = LoginCommand.Flow.link

    @Option(
        help: ArgumentHelp(
            "A page of the portal that differs for who is signed in. Else the page where the login ends.",
            valueName: "url"))
    var accountPage: String?

    @Option(
        help: ArgumentHelp(
            "Wait so long for a rotation of the provider's keys, then log in again.", valueName: "seconds"))
    var waitForRotation: Int64?

    @Option(help: "The browser's Accept header.")
    var accept = BrowserSession.page

    func validate() throws {
        guard waitForRotation.map({ (1...86_400).contains($0) }) ?? true else {
            throw ValidationError("--wait-for-rotation is a number of seconds from 1 to 86400.")
        }
    }

    func run() async throws {
        let shared = shared.playing(pinOptions.persona)
        try await shared.run { (phone, transport, console) in
            guard let address = WebAddress(url) else {
                throw CommandFailure(
                    .usage, developer: "The address must begin with https:// (or http:// on this machine).")
            }
            let page = accountPage.flatMap { WebAddress($0) }
            guard accountPage == nil || page?.origin == address.origin else {
                throw CommandFailure(.usage, developer: "--account-page is an address at the portal.")
            }
            guard let enrolled = try phone.enrolment() else { throw DeviceError.notEnrolled }
            let pin = try pinOptions.read()
            let recording = RecordingTransport(transport)
            let provider = try await ProviderFacts.read(enrolled.issuer, by: recording)
            let visitor = PortalVisitor(
                phone: phone, issuer: enrolled.issuer, authorizationEndpoint: provider.authorizationEndpoint,
                transport: recording, language: shared.language.rawValue, accept: accept, address: address,
                flow: flow, pin: pin, console: console)
            let doctor = PortalDoctor(
                visitor: visitor, provider: provider, accountPage: page, rotationSeconds: waitForRotation,
                console: console)
            return report(try await doctor.examine())
        }
    }

    private func report(_ findings: [IntegrationFinding]) -> Report {
        func count(_ result: IntegrationFinding.Result) -> Int { findings.count { $0.result == result } }
        let summary = IntegrationFinding.Result.allCases.map { "\($0.words) \(count($0))" }.joined(separator: ", ")
        var json: JSONObject = ["portal": .string(url)]
        for result in IntegrationFinding.Result.allCases {
            json[result.rawValue] = .integer(Int64(count(result)))
        }
        json["findings"] = .array(findings.map { .object($0.json) })
        let lines = findings.flatMap(\.lines).map(TerminalText.visible) + ["", summary]
        return Report(json: json, lines: lines, status: count(.failure) == 0 ? .ok : .findings)
    }
}
