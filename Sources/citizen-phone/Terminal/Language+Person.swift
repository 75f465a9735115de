public import ArgumentParser
public import OpenIDMessages

extension Language: ExpressibleByArgument {}

extension Language {
    /// The language that the environment of a person asks for: the first of `LC_ALL`, `LC_MESSAGES` and `LANG` that is not
    /// empty decides (POSIX.1-2017 §8.2). `de…` is German; `en…` is English, and so is the POSIX locale (`C`); every other
    /// language, and none, is German.
    init(environment: [String: String]) {
        let locale = ["LC_ALL", "LC_MESSAGES", "LANG"].compactMap { environment[$0] }.first { !$0.isEmpty } ?? ""
        let name = locale.prefix { !"_.@-".contains($0) }.lowercased()
        self = ["en", "c", "posix"].contains(name) ? .english : .german
    }

    /// One line of a table: a name, and its value as text that does nothing to a terminal. The values stand in one column.
    func row(_ german: String, _ english: String, _ value: String) -> String {
        let name = say(german, english) + ":"
        let gap = max(1, column - name.count)
        return name + String(repeating: " ", count: gap) + TerminalText.visible(value)
    }

    /// The name in such a line, with all that stands before its value; nil for any other line.
    func nameOfRow(_ line: String) -> Substring? {
        let head = line.prefix(column)
        guard head.count == column, let colon = head.firstIndex(of: ":") else { return nil }
        let gap = head[colon...].dropFirst()
        return gap.isEmpty || gap.contains { $0 != " " } ? nil : head
    }

    /// Where values begin; German names are longer.
    private var column: Int {
        switch self {
        case .german: 15
        case .english: 13
        }
    }
}
