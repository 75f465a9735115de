import ArgumentParser
import DeviceAuthenticator
import OpenIDMessages

/// A command that does one thing which the person confirms.
protocol ActCommand: AsyncParsableCommand {
    var shared: SharedOptions { get }
    var confirmation: ConfirmationOptions { get }

    /// What is to be done.
    func act() throws -> AccountAct

    /// What came of it, for a person.
    func lines(_ answer: JSONObject, _ language: Language) -> [String]
}

extension ActCommand {
    func run() async throws {
        try await shared.playing(confirmation.pinOptions.persona).run { (phone, _, console) in
            let answer = try await confirmation.perform(try act(), with: phone, console)
            return Report(json: answer, lines: lines(answer, console.language))
        }
    }

    func lines(_ answer: JSONObject, _ language: Language) -> [String] {
        [
            answer["outcome"] == "awaiting_others"
                ? language.say(
                    "Vermerkt. Andere müssen zustimmen, jeder auf dem eigenen Gerät.",
                    "Noted. Others must agree to it, each on their own device.")
                : language.say("Erledigt.", "Done.")
        ]
    }
}

extension JSONObject {
    /// Reads the object that a person wrote into a file.
    static func file(_ path: String) throws(CommandFailure) -> JSONObject {
        let text: String
        do throws(FileRefusal) { text = try PublicFile.text(path) } catch { throw CommandFailure(error) }
        guard let object = try? StrictJSON.parseObject(Array(text.utf8)) else {
            throw CommandFailure(
                .file, "In \(path) ist kein JSON-Objekt, dessen Namen je einmal vorkommen.",
                "\(path) holds no JSON object whose names occur once.")
        }
        return object
    }
}
