/// Reads the settings of a process from YAML as strictly as a region: a key that is not known or a value of another kind
/// is a mistake with its line, and never the default in silence.
public enum SettingsFile {
    /// What a setting takes.
    public indirect enum Kind: Sendable {
        case text
        /// A whole number.
        case number
        /// A list of texts.
        case texts
        case section([String: Kind])
    }

    /// What a file says.
    public enum Value: Sendable, Equatable {
        case text(String)
        case number(Int)
        case texts([String])
    }

    /// The settings in the file at `path` by their names, those of a section as `section.name`. A file of comments says
    /// nothing.
    public static func read(_ path: String, _ settings: [String: Kind]) throws(RegionFileError) -> [String: Value] {
        let mistakes = MistakeCollector(files: [path])
        var values: [String: Value] = [:]
        switch FileText.read(path) {
        case .failure(let refusal): mistakes.add(Place(file: path, line: 1, column: 1), refusal.message)
        case .success(let text):
            let source = RegionFile.Source(name: path, text: text, directory: FileText.directory(of: path))
            if let document = YAMLDocument.compose(source, mistakes, mayBeEmpty: true) {
                read(document, settings, "", &values)
            }
        }
        guard mistakes.isEmpty else { throw RegionFileError(mistakes: mistakes.sorted) }
        return values
    }

    private static func read(
        _ document: YAMLValue, _ settings: [String: Kind], _ prefix: String, _ values: inout [String: Value]
    ) {
        guard let mapping = document.mapping(keys: settings.keys.sorted()) else { return }
        for name in mapping.names {
            guard let kind = settings[name], let value = mapping.raw(name) else { continue }
            switch kind {
            case .text: values[prefix + name] = value.text().map(Value.text)
            case .number: values[prefix + name] = value.number().map(Value.number)
            case .texts: values[prefix + name] = .texts(value.distinct { $0.text() })
            // A section of which every line is a comment.
            case .section where value.isNull: continue
            case .section(let members): read(value, members, prefix + name + ".", &values)
            }
        }
    }
}
