import OpenIDMessages

/// Something in a scenario's file that must be put right, and where it stands.
struct ScenarioMistake: Equatable, CustomStringConvertible {
    let file: String
    let line: Int
    let message: String

    /// `file:line: message`, as compilers write it.
    var description: String { "\(file):\(line): \(message)" }
}

/// Gathers the mistakes of one file while it is read.
final class ScenarioMistakes {
    let file: String
    private var mistakes: [ScenarioMistake] = []

    init(file: String) { self.file = file }

    var isEmpty: Bool { mistakes.isEmpty }

    func add(_ line: Int, _ message: String) {
        mistakes.append(ScenarioMistake(file: file, line: line, message: message))
    }

    /// What is wrong with another file that this one names.
    func add(_ others: [ScenarioMistake]) { mistakes += others }

    /// In the order of the lines.
    var sorted: [ScenarioMistake] {
        mistakes.enumerated().sorted { ($0.element.line, $0.offset) < ($1.element.line, $1.offset) }.map(\.element)
    }

    /// `text` in backticks: short and without control characters.
    static func quoted(_ text: String) -> String {
        let shown = text.unicodeScalars.prefix(60).map { DisplayText.isHidden($0) ? "\u{FFFD}" : String($0) }.joined()
        return "`" + shown + (text.unicodeScalars.count > 60 ? "…" : "") + "`"
    }

    /// `a`, `b` or `c`, for people.
    static func list(_ words: [String]) -> String { words.map { "`\($0)`" }.joined(separator: ", ") }
}
