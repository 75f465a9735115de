import CProcess
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
    /// True for lines that are read by programs: they stay whole on a terminal, too.
    var isForPrograms = false
}

/// Results to standard output, everything else to standard error.
struct Console {
    let isJSON: Bool
    let language: Language

    /// - Returns: false when nobody read it.
    func finish(_ report: Report) -> Bool {
        let lines = isJSON ? [TerminalText.harmlessJSON(report.json.text)] : shown(report)
        return lines.reduce(true) { write($1, to: .standardOutput) && $0 }
    }

    /// - Returns: false when nobody read what was found.
    @discardableResult
    func fail(_ failure: CommandFailure) -> Bool {
        let found = isJSON ? [TerminalText.harmlessJSON(failure.json.text)] : failure.found.map(shown) ?? []
        let isRead = found.reduce(true) { write($1, to: .standardOutput) && $0 }
        let lines = failure.message.text(language).split(separator: "\n").map { TerminalText.visible(String($0)) }
        // As it is: a command in it is copied whole.
        write("citizen-phone: " + lines.joined(separator: "\n"), to: .standardError)
        return isRead
    }

    /// A line for the person who looks on.
    func note(_ line: String) {
        for part in fitted(line, to: .standardError) { write(part, to: .standardError) }
    }

    /// What stays as it is on any terminal: a command that is copied, a picture.
    func noteWhole(_ text: String) { write(text, to: .standardError) }

    /// A line in the place of the last one: the cursor stays in the line.
    func noteInPlace(_ line: String) { write("\r" + line, to: .standardError, end: "") }

    private func shown(_ report: Report) -> [String] {
        report.isForPrograms ? report.lines : report.lines.flatMap { fitted($0, to: .standardOutput) }
    }

    /// As a terminal has room for it; elsewhere a line stays whole, and a terminal that says no width breaks it itself.
    private func fitted(_ text: String, to handle: FileHandle) -> [String] {
        let columns = Int(citizen_terminal_columns(handle.fileDescriptor))
        guard columns >= 40 else { return [text] }
        return text.split(separator: "\n", omittingEmptySubsequences: false).flatMap {
            TerminalText.fitted(String($0), columns: columns, language)
        }
    }

    @discardableResult
    private func write(_ line: String, to handle: FileHandle, end: String = "\n") -> Bool {
        // When nobody reads any more there is nobody to tell.
        (try? handle.write(contentsOf: Data((line + end).utf8))) != nil
    }
}
