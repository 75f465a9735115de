import Foundation
import OpenIDMessages

/// What a command has to say in the end.
struct Report {
    var json: JSONObject
    /// Lines for a person; text of others in them must have gone through `TerminalText.visible`.
    var lines: [String]
    /// Other than `ok` when the command did its work and what it found is bad.
    var status = ExitStatus.ok
    /// What is over once it has been told.
    var whenTold: (@Sendable () throws -> Void)?
}

/// Results to standard output, everything else to standard error.
struct Console {
    let isJSON: Bool
    let language: Language

    /// - Returns: false when nobody read it.
    func finish(_ report: Report) -> Bool {
        let lines = isJSON ? [TerminalText.harmlessJSON(report.json.text)] : report.lines
        return lines.reduce(true) { write($1, to: .standardOutput) && $0 }
    }

    /// - Returns: false when nobody read what was found.
    @discardableResult
    func fail(_ failure: CommandFailure) -> Bool {
        let found = isJSON ? [TerminalText.harmlessJSON(failure.json.text)] : failure.found?.lines ?? []
        let isRead = found.reduce(true) { write($1, to: .standardOutput) && $0 }
        let lines = failure.message.text(language).split(separator: "\n").map { TerminalText.visible(String($0)) }
        note("citizen-phone: " + lines.joined(separator: "\n"))
        return isRead
    }

    /// A line for the person who looks on.
    func note(_ line: String) { write(line, to: .standardError) }

    /// The same, in the place of the last one: the cursor stays in the line.
    func noteInPlace(_ line: String) { write("\r" + line, to: .standardError, end: "") }

    @discardableResult
    private func write(_ line: String, to handle: FileHandle, end: String = "\n") -> Bool {
        // When nobody reads any more there is nobody to tell.
        (try? handle.write(contentsOf: Data((line + end).utf8))) != nil
    }
}
