import ArgumentParser
import DeviceAuthenticator
import IdentityCrypto
import OpenIDMessages

/// Where the PIN comes from. There is no option that takes the PIN itself: arguments can be seen by others.
struct PINOptions: ParsableArguments {
    @Option(help: ArgumentHelp("A file (mode 0600) whose first line is the PIN.", valueName: "file"))
    var pinFile: String?

    @Option(help: ArgumentHelp("A file descriptor whose next line is the PIN.", valueName: "n"))
    var pinFd: Int32?

    @Option(
        help: ArgumentHelp(
            "The persona whose phone this is: its PIN and, where no option says otherwise, its profile, language and so on.",
            valueName: "persona.yaml"), transform: Persona.argument)
    var persona: Persona?

    func validate() throws {
        guard [pinFile != nil, pinFd != nil, persona != nil].count(where: \.self) <= 1 else {
            throw ValidationError("Use one of --pin-file, --pin-fd and --persona.")
        }
        if let pinFd, pinFd < 0 { throw ValidationError("A file descriptor is not negative.") }
    }

    /// The PIN of this device.
    func read() throws -> PIN { try Self.pin(try given() ?? PINPrompt.ask("PIN: ")) }

    /// The PIN of this device, for an answer that needs it only where the key store asks for it.
    func read(ifAskedBy phone: DeviceAuthenticator) throws -> PIN? {
        try phone.keyStore()?.asksForPIN == true ? try read() : nil
    }

    /// The PIN of this device, and one that it is not, for a person who mistypes it.
    func readWithWrong() throws -> (right: PIN, wrong: PIN) {
        try Self.withWrong(try given() ?? PINPrompt.ask("PIN: "))
    }

    static func withWrong(_ digits: [UInt8]) throws -> (right: PIN, wrong: PIN) {
        let right = try pin(digits)
        let last = digits[digits.count - 1]
        return (right, try pin(digits.dropLast() + [last == UInt8(ascii: "9") ? UInt8(ascii: "0") : last + 1]))
    }

    /// The PIN of a new device that an option gives; nil where a person is to be asked.
    func readGiven() throws -> PIN? {
        guard let given = try given() else { return nil }
        return try Self.pin(given)
    }

    static func ask(_ question: String) throws -> PIN { try pin(try PINPrompt.ask(question)) }

    /// A new PIN. A token has one already.
    static func askNew(for keyStore: KeyStoreKind, minimum: Int, _ language: Language) throws -> PIN {
        guard keyStore != .pkcs11 else { return try ask(language.say("PIN des Tokens: ", "PIN of the token: ")) }
        return try askNew(minimum: minimum, language)
    }

    /// A new PIN, typed twice. Who mistypes it is asked again, three times in all.
    static func askNew(minimum: Int, _ language: Language) throws -> PIN {
        let question = language.say(
            "Wählen Sie eine PIN aus \(minimum) bis 12 Ziffern: ", "Choose a PIN of \(minimum) to 12 digits: ")
        var mistakes: [BilingualText] = []
        while mistakes.count < 3 {
            let mistake = mistakes.last.map { $0.text(language) + "\n" } ?? ""
            var first = try PINPrompt.ask(mistake + question)
            defer { SecretBytes.wipe(&first) }
            guard first.count >= minimum, let pin = PIN(first) else {
                mistakes.append(
                    BilingualText(
                        "Eine PIN hat hier \(minimum) bis 12 Ziffern und sonst nichts.",
                        "A PIN has \(minimum) to 12 digits here and nothing else."))
                continue
            }
            var second = try PINPrompt.ask(language.say("Dieselbe PIN noch einmal: ", "The same PIN again: "))
            defer { SecretBytes.wipe(&second) }
            if second == first { return pin }
            mistakes.append(BilingualText("Die beiden PINs sind verschieden.", "The two PINs differ."))
        }
        throw CommandFailure(.usage, mistakes[2] + BilingualText(" Es wurde nichts getan.", " Nothing was done."))
    }

    /// The PIN in a file of its own.
    static func read(file: String) throws -> PIN { try pin(try SecretInput.line(ofFile: file)) }

    private func given() throws -> [UInt8]? {
        if let pinFile { return try SecretInput.line(ofFile: pinFile) }
        if let pinFd { return try SecretInput.line(of: pinFd) }
        return persona?.phone.pin
    }

    private static func pin(_ digits: consuming [UInt8]) throws(CommandFailure) -> PIN {
        defer { SecretBytes.wipe(&digits) }
        guard let pin = PIN(copy digits) else {
            throw CommandFailure(
                .usage, "Eine PIN hat 5 bis 12 Ziffern und sonst nichts.",
                "A PIN has 5 to 12 digits and nothing else.")
        }
        return pin
    }
}
