import ArgumentParser
import DeviceAuthenticator
import OpenIDMessages

/// `citizen-phone wait`
struct WaitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "wait", abstract: "Wait until a portal asks by itself, without a browser, and show the request.")

    @OptionGroup var shared: SharedOptions
    @OptionGroup var callCode: CallCodeOptions
    @OptionGroup var faults: FaultOptions

    @Option(help: ArgumentHelp("How long to wait, in seconds: 0 to 3600.", valueName: "seconds"))
    var timeout: Int64 = 120

    func validate() throws {
        guard (0...3600).contains(timeout) else { throw ValidationError("The timeout is 0 to 3600 seconds.") }
    }

    func run() async throws {
        try await shared.run(alone: false, faults: faults.fault) { (phone, _, console) in
            guard let arrived = try await phone.awaitRequest(seconds: timeout) else {
                throw CommandFailure(
                    .nothingWaits, "In \(timeout) Sekunden hat kein Portal gefragt.",
                    "No portal asked within \(timeout) seconds.")
            }
            // Alone only from here on: while it waits, other commands of this profile go on.
            let use = try phone.use()
            defer { withExtendedLifetime(use) {} }
            let request = try await phone.take(arrived)
            let isOpen = try await callCode.settle(phone, request, console, asks: false)
            return ShowCommand.report(request, needsCallCode: isOpen, console.language)
        }
    }
}

/// The digits of a call. They are no secret: they are worth something only in this person's own login.
struct CallCodeOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The four digits that somebody at the office read out to you on the telephone.", valueName: "digits"))
    var callCode: String?

    func validate() throws {
        guard callCode == nil || digits != nil else { throw ValidationError("The digits of a call are four.") }
    }

    /// The digits that were given.
    private var digits: String? { callCode.flatMap(Self.digits) }

    /// Four digits as they are sent, without the spaces and hyphens that people write and the CR of some terminals; nil for
    /// everything else, which would only cost a try.
    static func digits(_ text: String) -> String? {
        let bytes = text.utf8.filter { !" -\r".utf8.contains($0) }
        guard bytes.count == 4, bytes.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// What was typed, as it is sent.
    static func typed(_ text: String) throws(CommandFailure) -> String {
        guard let digits = digits(text) else {
            throw CommandFailure(
                .wrongCallCode,
                "Die Ziffern eines Anrufs sind vier. Es wurde nichts gesandt, und kein Versuch ist verloren.",
                "The digits of a call are four. Nothing was sent, and no try is lost.")
        }
        return digits
    }

    /// Sends the digits where they are wanted; true when they are still missing.
    ///
    /// - Parameter asks: whether to ask at the terminal for digits that were not given.
    func settle(
        _ phone: DeviceAuthenticator, _ request: LoginRequestStatement, _ console: Console, asks: Bool
    ) async throws -> Bool {
        guard try await phone.needsCallCode() else { return false }
        if let digits {
            try await phone.enter(callCode: digits)
            return false
        }
        guard asks else { return true }
        let typed = try TerminalQuestion.ask(
            console.language.say(
                "Die vier Ziffern, die Ihnen jemand vorliest: ", "The four digits that somebody reads out to you: "),
            withoutTerminal: BilingualText(
                "Die Ziffern des Anrufs werden gebraucht, und es gibt kein Terminal. Nehmen Sie --call-code.",
                "The digits of the call are needed and there is no terminal. Use --call-code."))
        try await phone.enter(callCode: try Self.typed(typed))
        return false
    }
}
