import Yams

/// Turns the text of a file into YAML nodes that know their line and column.
enum YAMLDocument {
    /// The document of `source`, or nil after the mistake that made it unreadable was reported, or when there is nothing
    /// in it and that may be so.
    static func compose(
        _ source: RegionFile.Source, _ mistakes: MistakeCollector, mayBeEmpty: Bool = false
    ) -> YAMLValue? {
        let start = Place(file: source.name, line: 1, column: 1)
        guard source.text.utf8.count <= FileText.maximumLength else {
            mistakes.add(start, FileText.tooLong.message)
            return nil
        }
        let aliases = aliases(in: source)
        guard aliases.isEmpty else {
            for place in aliases {
                mistakes.add(place, "`*` begins a YAML alias or a wildcard; neither is allowed: write the value out")
            }
            return nil
        }
        do {
            guard let node = try Yams.compose(yaml: source.text, .default, .default, .utf8) else {
                if !mayBeEmpty { mistakes.add(start, "the file is empty") }
                return nil
            }
            return YAMLValue(node: node, source: source, mistakes: mistakes)
        } catch {
            let (place, message) = explain(error, source)
            mistakes.add(place, message)
            return nil
        }
    }

    /// Where YAML aliases stand: a few of them can stand for a tree of any size, so the text is refused before YAML
    /// is read. An alias begins a token; a star inside a word or in a comment line is none.
    private static func aliases(in source: RegionFile.Source) -> [Place] {
        var places: [Place] = []
        for (index, line) in source.text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
            .enumerated()
        {
            guard line.utf8.contains(UInt8(ascii: "*")), line.first(where: { $0 != " " && $0 != "\t" }) != "#" else {
                continue
            }
            let scalars = Array(line.unicodeScalars)
            for (column, scalar) in scalars.enumerated() where scalar == "*" {
                let before = column == 0 ? " " : scalars[column - 1]
                let after = column + 1 == scalars.count ? " " : scalars[column + 1]
                if after != " ", before.value <= 0x20 || before.value >= 0x80 || "[{,:".unicodeScalars.contains(before)
                {
                    places.append(Place(file: source.name, line: index + 1, column: column + 1))
                }
            }
        }
        return places
    }

    private static func explain(_ error: any Error, _ source: RegionFile.Source) -> (Place, String) {
        func place(_ mark: Mark) -> Place { Place(file: source.name, line: mark.line, column: mark.column) }
        let start = Place(file: source.name, line: 1, column: 1)
        switch error {
        case YamlError.scanner(let context, let problem, let mark, _),
            YamlError.parser(let context, let problem, let mark, _),
            YamlError.composer(let context, let problem, let mark, _):
            return (place(mark), "not YAML: " + [context?.text, problem].compactMap { $0 }.joined(separator: ", "))
        case YamlError.duplicatedKeysInMapping(let keys, let context):
            let names = keys.sorted().map(quoted).joined(separator: ", ")
            return (place(context.mark), "duplicate key \(names) in one mapping, first here")
        case YamlError.reader(let problem, let offset, _, _):
            return (offset.map { position(of: $0, in: source) } ?? start, "not YAML: " + problem)
        default:
            return (start, "not YAML")
        }
    }

    private static func position(of offset: Int, in source: RegionFile.Source) -> Place {
        let lines = source.text.prefix(offset).split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        return Place(file: source.name, line: lines.count, column: (lines.last?.unicodeScalars.count ?? 0) + 1)
    }
}
