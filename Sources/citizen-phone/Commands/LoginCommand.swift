import ArgumentParser
import DeviceAuthenticator
import OpenIDMessages

/// `citizen-phone login URL`
struct LoginCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "login",
        abstract: "Play browser and phone: log in at a portal from its first page to its last.",
        discussion: "URL is the portal's address that begins the login.")

    enum Decision: String, ExpressibleByArgument, CaseIterable { case approve, deny, report }
    enum Flow: String, ExpressibleByArgument, CaseIterable { case qr, link }

    @OptionGroup var shared: SharedOptions
    @OptionGroup var pinOptions: PINOptions
    @OptionGroup var faults: FaultOptions

    @Argument(help: "The address at the portal that begins the login.")
    var url: String

    @Option(help: "How the phone learns of the login: qr (another screen) or link (the same device).")
    var flow = Flow.qr

    @Option(help: "The answer: approve, deny or report.")
    var decision = Decision.approve

    @Option(help: ArgumentHelp("Release only these of the voluntary claims.", valueName: "a,b"))
    var release: String?

    @Option(
        help: ArgumentHelp(
            "For whom to act where there is a choice: citizen, or the name of a company that the request lists.",
            valueName: "name"))
    var context: String?

    @Flag(help: "Print the portal's callback URL instead of opening it.")
    var stopAtCallback = false

    @Option(help: "The browser's Accept header, e.g. application/json for portals that answer programs.")
    var accept = BrowserSession.page

    @Option(
        help: ArgumentHelp(
            "Write the browser's cookies to this file (mode 0600), as curl reads them.", valueName: "file"))
    var cookieJar: String?

    @Option(
        help: ArgumentHelp(
            "Be the same browser in every run with this file: its cookies are read from it and kept in it (mode 0600).",
            valueName: "file"))
    var browser: String?

    @Flag(help: "Print the last page's text; JSON is laid out.")
    var showPage = false

    @Flag(help: "Tell how long each step took.")
    var timings = false

    func run() async throws {
        let shared = shared.playing(pinOptions.persona)
        let fault = faults.playing(pinOptions.persona).fault
        // Who claims and answers: with this command the browser of the login ends as well.
        try await shared.run(holdingLogin: true, faults: fault) { (phone, transport, console) in
            guard let address = WebAddress(url) else {
                throw CommandFailure(
                    .usage, "Die Adresse muss mit https:// beginnen (oder mit http:// auf diesem Rechner).",
                    "The address must begin with https:// (or http:// on this machine).")
            }
            guard let enrolled = try phone.enrolment() else { throw DeviceError.notEnrolled }
            // Asked before the login begins, whose clock does not wait for a person to type.
            let answer = try answer(phone)
            // A file that cannot be written must not be found out after the login.
            if let cookieJar { try PrivateFile.write([], to: cookieJar) }
            let jar = try browser.map(Self.remembered) ?? CookieJar()
            let steps = JourneySteps(console: console, showsTimings: timings)
            var journey = LoginJourney(
                phone: phone, issuer: enrolled.issuer,
                browser: BrowserSession(
                    transport: transport, language: shared.language.rawValue, accept: accept, jar: jar),
                steps: steps)
            let plan = LoginJourney.Plan(
                flow: flow, answer: answer,
                released: release.map { $0.split(separator: ",").map(String.init) }, context: context,
                stopsAtCallback: stopAtCallback)
            let unfinished = journey.unfinished
            let interruption = Interruption {
                await unfinished.giveUp()
                console.fail(
                    CommandFailure(
                        .declined, "Abgebrochen. Was von der Anmeldung offen war, wurde aufgegeben.",
                        "Left. What was open of the login was given up."))
            }
            let end: LoginJourney.End
            do { end = try await journey.run(from: address, plan: plan) } catch {
                await interruption.standAside()
                throw error
            }
            await interruption.standAside()
            if let cookieJar {
                try PrivateFile.write(Array(journey.browser.jar.file(now: DeviceClock.live.now).utf8), to: cookieJar)
            }
            if let browser {
                try PrivateFile.write(journey.browser.jar.memory(now: DeviceClock.live.now), to: browser)
            }
            return report(end, timings: timings ? steps.json : nil, console.language)
        }
    }

    private func answer(_ phone: DeviceAuthenticator) throws -> LoginJourney.Answer {
        switch decision {
        case .approve: .approve(try pinOptions.read())
        case .deny: .deny(try pinOptions.read(ifAskedBy: phone))
        case .report: .report(try pinOptions.read(ifAskedBy: phone))
        }
    }

    /// The browser of an earlier run; a new one where there is no file yet.
    private static func remembered(_ path: String) throws -> CookieJar {
        let bytes: [UInt8]
        do { bytes = try PrivateFile.read(path, maximumLength: CookieJar.maximumMemory) } catch .missing {
            // A file that cannot be written must not be found out after the login.
            try PrivateFile.write(CookieJar().memory(now: DeviceClock.live.now), to: path)
            return CookieJar()
        }
        do { return try CookieJar(memory: bytes) } catch {
            throw CommandFailure(
                .usage, "\(path) ist nicht das Gedächtnis eines Browsers von citizen-phone.",
                "\(path) is not the memory of a browser of citizen-phone.")
        }
    }

    private func report(_ end: LoginJourney.End, timings: JSONObject?, _ language: Language) -> Report {
        var json = end.outcome.map(AnswerReport.json) ?? ["single_sign_on": true]
        // The return URL has been used up by now.
        json["return"] = nil
        var lines: [String] = []
        if let callback = end.callback {
            json["callback"] = .string(callback.text)
            if end.page == nil { lines.append(TerminalText.visible(callback.text)) }
        }
        if let page = end.page {
            let title = LoginPage.title(html: page.html)
            json["final_url"] = .string(page.address.text)
            json["status"] = .integer(Int64(page.status))
            json["title"] = title.map { .string($0) }
            lines.append(language.row("Endete bei", "Ended at", page.address.text))
            lines.append(language.row("Status", "Status", "\(page.status)"))
            if let title { lines.append(language.row("Titel", "Title", title)) }
            if showPage {
                let content = try? StrictJSON.parse(Array(page.html.utf8))
                json["page"] = content ?? .string(page.html)
                lines += (content?.prettyText ?? page.html).split(separator: "\n").map {
                    TerminalText.visible(String($0))
                }
            }
        }
        json["timings_ms"] = timings.map { .object($0) }
        return Report(json: json, lines: lines, isForPrograms: showPage)
    }
}
