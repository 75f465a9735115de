import Foundation
import OpenIDMessages

/// What a command has to say in the end.
struct Report {
    var json: JSONObject
    /// Lines for a person; text of others in them must have gone through `TerminalText.visible`.
    var lines: [String]
    /// Other than `ok` when the command did its work and what it found is bad.
    var status = ExitStatus.ok
}

/// Results to standard output, everything else to standard error.
struct Console {
    let isJSON: Bool
    let language: Language

    func finish(_ report: Report) {
        if isJSON {
            write(TerminalText.harmlessJSON(report.json.text), to: .standardOutput)
        } else {
            for line in report.lines { write(line, to: .standardOutput) }
        }
    }

    func fail(_ failure: CommandFailure) {
        if isJSON {
            write(TerminalText.harmlessJSON(failure.json.text), to: .standardOutput)
        } else {
            for line in failure.found?.lines ?? [] { write(line, to: .standardOutput) }
        }
        let lines = failure.message.text(language).split(separator: "\n").map { TerminalText.visible(String($0)) }
        note("citizen-phone: " + lines.joined(separator: "\n"))
    }

    /// A line for the person who looks on.
    func note(_ line: String) { write(line, to: .standardError) }

    /// The same, in the place of the last one: the cursor stays in the line.
    func noteInPlace(_ line: String) { write("\r" + line, to: .standardError, end: "") }

    private func write(_ line: String, to handle: FileHandle, end: String = "\n") {
        // When nobody reads any more there is nobody to tell.
        try? handle.write(contentsOf: Data((line + end).utf8))
    }
}
