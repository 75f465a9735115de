import ArgumentParser
import OpenIDMessages

/// `citizen-phone personas FILE…`
struct PersonasCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "personas",
        abstract: "Print the people of personas, a JSON object a line, for `citizen-id desk tickets`.")

    @Argument(
        help: ArgumentHelp("The files of the personas.", valueName: "persona.yaml"), transform: Persona.argument)
    var personas: [Persona]

    @Flag(help: "A JSON object a line, as without it.")
    var json = false

    func run() {
        for persona in personas { print(persona.person.text) }
    }
}

extension Persona {
    /// A persona as the command line names it: by its file, every mistake in which is told.
    static func argument(_ path: String) throws -> Persona {
        do throws(ScenarioMistakesFound) { return try read(path) } catch {
            throw ValidationError(error.mistakes.map(\.description).joined(separator: "\n"))
        }
    }
}
