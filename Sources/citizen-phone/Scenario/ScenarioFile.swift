import Foundation
import Yams

/// The mistakes of all files; at least one.
struct ScenarioMistakesFound: Error {
    let mistakes: [ScenarioMistake]
}

/// Reads scenarios from YAML: whole files, and of each every mistake that can be known at once, with its line.
enum ScenarioFile {
    /// The most bytes that are read of a file.
    static let maximumLength = 65_536

    /// The scenarios of the files at `paths`, in their order.
    static func read(paths: [String]) throws(ScenarioMistakesFound) -> [Scenario] {
        var scenarios: [Scenario] = []
        var found: [ScenarioMistake] = []
        for path in paths {
            do throws(ScenarioMistakesFound) {
                let scenario = try parse(try text(of: path), file: path)
                if let earlier = scenarios.first(where: { $0.name == scenario.name }) {
                    found.append(
                        ScenarioMistake(
                            file: path, line: 1, message: "has the name of \(earlier.file): `\(scenario.name)`"))
                }
                scenarios.append(scenario)
            } catch { found += error.mistakes }
        }
        guard found.isEmpty else { throw ScenarioMistakesFound(mistakes: found) }
        return scenarios
    }

    static func text(of path: String) throws(ScenarioMistakesFound) -> String {
        func refusal(_ message: String) -> ScenarioMistakesFound {
            ScenarioMistakesFound(mistakes: [ScenarioMistake(file: path, line: 1, message: message)])
        }
        guard let file = FileHandle(forReadingAtPath: path),
            let data = try? file.read(upToCount: maximumLength + 1) ?? Data()
        else { throw refusal("the file does not exist or cannot be read") }
        guard data.count <= maximumLength else { throw refusal("the file is longer than 64 KiB") }
        guard let text = String(validating: data, as: UTF8.self) else { throw refusal("the file is not UTF-8 text") }
        return text
    }

    /// The scenario of a text.
    static func parse(_ text: String, file: String) throws(ScenarioMistakesFound) -> Scenario {
        let mistakes = ScenarioMistakes(file: file)
        guard let node = compose(text, mistakes), let scenario = ScenarioReader.scenario(node, mistakes),
            mistakes.isEmpty
        else { throw ScenarioMistakesFound(mistakes: mistakes.sorted) }
        return scenario
    }

    static func compose(_ text: String, _ mistakes: ScenarioMistakes) -> ScenarioNode? {
        refuseAliases(text, mistakes)
        guard mistakes.isEmpty else { return nil }
        do {
            guard let node = try Yams.compose(yaml: text, .default, .default, .utf8) else {
                mistakes.add(1, "the file is empty")
                return nil
            }
            return ScenarioNode(node: node, mistakes: mistakes)
        } catch YamlError.scanner(_, let problem, let mark, _), YamlError.parser(_, let problem, let mark, _),
            YamlError.composer(_, let problem, let mark, _)
        {
            mistakes.add(mark.line, "not YAML: \(problem)")
        } catch YamlError.duplicatedKeysInMapping(let keys, let context) {
            mistakes.add(
                context.mark.line, "duplicate key \(ScenarioMistakes.list(keys.sorted())) in one mapping, first here")
        } catch { mistakes.add(1, "not YAML") }
        return nil
    }

    /// A few aliases can stand for a tree of any size: the text is refused before YAML is read.
    private static func refuseAliases(_ text: String, _ mistakes: ScenarioMistakes) {
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        for (index, line) in lines.enumerated() where beginsAlias(in: Array(line.unicodeScalars)) {
            mistakes.add(index + 1, "`*` and `&` begin YAML aliases, which are not allowed here")
        }
    }

    /// Whether `*` or `&` stands where a token can begin, outside of comments.
    private static func beginsAlias(in line: [Unicode.Scalar]) -> Bool {
        let lastQuote = line.lastIndex { $0 == "\"" || $0 == "'" } ?? -1
        var before: Unicode.Scalar = " "
        for (index, scalar) in line.enumerated() {
            // With a quotation mark behind it, the # may stand in a quoted text, and an alias behind that; without one it
            // begins a comment, or the line ends inside the text.
            if scalar == "#", before.value <= 0x20, index > lastQuote { return false }
            if scalar == "*" || scalar == "&", index + 1 < line.count, line[index + 1].value > 0x20,
                before.value <= 0x20 || before.value >= 0x80 || "[{,:-?".unicodeScalars.contains(before)
            {
                return true
            }
            before = scalar
        }
        return false
    }
}
