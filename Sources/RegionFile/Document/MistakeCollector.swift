import OpenIDMessages

/// A place in a file.
struct Place: Hashable {
    var file: String
    var line: Int
    var column: Int

    /// How a mistake in `other` speaks of this place: `line 12`, or `towns.yaml:12` from another file.
    func seen(from other: Place) -> String { file == other.file ? "line \(line)" : "\(file):\(line)" }
}

/// Gathers the mistakes of all files while they are read.
final class MistakeCollector {
    private let order: [String: Int]
    private var mistakes: [RegionMistake] = []

    init(files: [String]) {
        order = Dictionary(files.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    }

    var isEmpty: Bool { mistakes.isEmpty }

    func add(_ place: Place, _ message: String) {
        mistakes.append(RegionMistake(file: place.file, line: place.line, column: place.column, message: message))
    }

    /// The mistakes in the order of files, lines and columns, each once.
    var sorted: [RegionMistake] {
        let ranked = mistakes.enumerated().sorted { left, right in
            rank(left.element, left.offset).lexicographicallyPrecedes(rank(right.element, right.offset))
        }
        return ranked.reduce(into: []) { result, mistake in
            if result.last != mistake.element { result.append(mistake.element) }
        }
    }

    private func rank(_ mistake: RegionMistake, _ offset: Int) -> [Int] {
        [order[mistake.file] ?? order.count, mistake.line, mistake.column, offset]
    }
}

/// `text` in backticks for a message: short and without control characters.
func quoted(_ text: String) -> String {
    let shown = text.unicodeScalars.prefix(80).map { DisplayText.isHidden($0) ? "\u{FFFD}" : String($0) }.joined()
    return "`" + shown + (text.unicodeScalars.count > 80 ? "…" : "") + "`"
}
