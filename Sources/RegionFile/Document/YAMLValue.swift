import OpenIDMessages
import Yams

/// A YAML node that reads itself as what is expected and reports when it is something else.
///
/// A reading that fails has reported its mistake and is nil; what a caller then goes on with does not matter, because
/// a file with a mistake yields no region.
struct YAMLValue {
    let node: Node
    let source: RegionFile.Source
    let mistakes: MistakeCollector

    var place: Place {
        Place(file: source.name, line: node.mark?.line ?? 1, column: node.mark?.column ?? 1)
    }

    /// Reports a mistake here.
    func refuse(_ message: String) { mistakes.add(place, message) }

    /// True for an empty value, `~` and `null`.
    var isNull: Bool { plain.map { ["", "~", "null", "Null", "NULL"].contains($0) } ?? false }

    /// The text of a scalar, whatever it holds; nil for a list or a mapping.
    var scalarText: String? {
        guard case .scalar(let scalar) = node else { return nil }
        return scalar.string
    }

    /// True for a list.
    var isList: Bool {
        guard case .sequence = node else { return false }
        return true
    }

    /// True for a mapping.
    var isMapping: Bool {
        guard case .mapping = node else { return false }
        return true
    }

    /// The words of a scalar without quotes.
    private var plain: String? {
        guard case .scalar(let scalar) = node, scalar.style == .plain else { return nil }
        return scalar.string
    }

    /// A text of 1 to 500 characters that people can see.
    func text() -> String? {
        guard let text = scalarText else { return refused("must be text") }
        guard !isNull, !text.isEmpty else { return refused("must not be empty") }
        if let plain, ["true", "false"].contains(plain) { return refused("must be text; put `\(plain)` in quotes") }
        guard text.unicodeScalars.count <= 500 else { return refused("is longer than 500 characters") }
        guard !DisplayText.hasHiddenCharacters(text) else {
            return refused("contains a control character")
        }
        return text
    }

    /// The truth value of the words `true` and `false` without quotes; nil for anything else.
    var plainFlag: Bool? { plain == "true" ? true : plain == "false" ? false : nil }

    /// `true` or `false`.
    func bool() -> Bool? { plainFlag ?? refused("must be `true` or `false`") }

    /// A whole number without quotes.
    func number() -> Int? { plain.flatMap { Int($0) } ?? refused("must be a whole number") }

    /// A wire value; `form` says what one looks like.
    func wire<Value: WireValue>(_ type: Value.Type, _ form: String) -> Value? {
        guard let text = text() else { return nil }
        return Value(rawValue: text) ?? refused("\(quoted(text)) is malformed: \(form)")
    }

    /// One of the words of an enumeration.
    func choice<Choice: CaseIterable & RawRepresentable<String>>(_ type: Choice.Type) -> Choice? {
        guard let text = text() else { return nil }
        return Choice(rawValue: text) ?? refused(unknown(text, among: Choice.allCases.map(\.rawValue)))
    }

    /// The elements of a list.
    func elements() -> [YAMLValue]? {
        guard case .sequence(let nodes) = node else { return refused("must be a list") }
        return nodes.map { YAMLValue(node: $0, source: source, mistakes: mistakes) }
    }

    /// The elements of a list as `read` understands them. One that occurs twice is a mistake.
    func distinct<Element: Hashable>(_ read: (YAMLValue) -> Element?) -> [Element] {
        var first: [Element: Place] = [:]
        return (elements() ?? []).compactMap { value in
            guard let element = read(value) else { return nil }
            if let earlier = first[element] {
                return value.refused("occurs twice in the list, first in \(earlier.seen(from: value.place))")
            }
            first[element] = value.place
            return element
        }
    }

    /// The same for a list that must have an element.
    func someDistinct<Element: Hashable>(_ read: (YAMLValue) -> Element?) -> [Element]? {
        guard let elements = elements() else { return nil }
        return elements.isEmpty ? refused("the list must not be empty") : distinct(read)
    }

    /// A mapping whose keys are among `keys`, or any keys when that is nil.
    func mapping(keys known: [String]?) -> YAMLMapping? {
        guard case .mapping(let pairs) = node else { return refused("must be a mapping (`key: value`)") }
        var mapping = YAMLMapping(place: place, mistakes: mistakes)
        for (key, value) in pairs {
            let key = YAMLValue(node: key, source: source, mistakes: mistakes)
            guard let name = key.text() else { continue }
            if let known, !known.contains(name) {
                let nearest = Suggestion.phrase(for: name, among: known)
                key.refuse("unknown key \(quoted(name))" + (nearest.isEmpty ? "; known are " + list(known) : nearest))
            } else if !mapping.add(name, YAMLValue(node: value, source: source, mistakes: mistakes)) {
                key.refuse("duplicate key \(quoted(name))")
            }
        }
        return mapping
    }

    /// Reports a mistake here and is nil.
    func refused<Value>(_ message: String) -> Value? {
        refuse(message)
        return nil
    }

    /// What to say of a word that is not among `known`.
    func unknown(_ text: String, among known: [String]) -> String {
        "unknown value \(quoted(text)); known are \(list(known))"
    }

    private func list(_ words: [String]) -> String { words.map { "`\($0)`" }.joined(separator: ", ") }
}
