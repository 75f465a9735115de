import ArgumentParser
import DeviceAuthenticator
import OpenIDMessages

/// `citizen-phone wait`
struct WaitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "wait", abstract: "Wait until a portal asks by itself, without a browser, and show the request.")

    @OptionGroup var shared: SharedOptions
    @OptionGroup var callCode: CallCodeOptions

    @Option(help: ArgumentHelp("How long to wait, in seconds: 0 to 3600.", valueName: "seconds"))
    var timeout: Int64 = 120

    func validate() throws {
        guard (0...3600).contains(timeout) else { throw ValidationError("The timeout is 0 to 3600 seconds.") }
    }

    func run() async throws {
        try await shared.run { (phone, _, console) in
            guard let request = try await phone.receive(seconds: timeout) else {
                throw CommandFailure(.nothingWaits, "No portal asked within \(timeout) seconds.")
            }
            let isOpen = try await callCode.settle(phone, request, console, asks: false)
            return ShowCommand.report(request, needsCallCode: isOpen)
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
        guard callCode.map({ $0.utf8.count == 4 && $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }) ?? true else {
            throw ValidationError("The digits of a call are four.")
        }
    }

    /// Sends the digits where they are wanted; true when they are still missing.
    ///
    /// - Parameter asks: whether to ask at the terminal for digits that were not given.
    func settle(
        _ phone: DeviceAuthenticator, _ request: LoginRequestStatement, _ console: Console, asks: Bool
    ) async throws -> Bool {
        guard try await phone.needsCallCode() else { return false }
        if let callCode {
            try await phone.enter(callCode: callCode)
            return false
        }
        guard asks else { return true }
        let digits = try TerminalQuestion.ask(
            "The four digits that somebody reads out to you: ",
            withoutTerminal: "The digits of the call are needed and there is no terminal. Use --call-code.")
        try await phone.enter(callCode: digits)
        return false
    }
}
