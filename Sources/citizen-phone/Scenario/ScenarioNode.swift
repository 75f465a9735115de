import OpenIDMessages
import Yams

/// A YAML node of a scenario that reads itself as what is expected and reports when it is something else.
///
/// A reading that fails has reported its mistake and is nil.
struct ScenarioNode {
    let node: Node
    let mistakes: ScenarioMistakes

    var line: Int { node.mark?.line ?? 1 }

    func refuse(_ message: String) { mistakes.add(line, message) }

    func refused<Value>(_ message: String) -> Value? {
        refuse(message)
        return nil
    }

    private func child(_ node: Node) -> ScenarioNode { ScenarioNode(node: node, mistakes: mistakes) }

    /// The text of a scalar, whatever it holds.
    var scalar: String? {
        guard case .scalar(let scalar) = node else { return nil }
        return scalar.string
    }

    /// A text of 1 to 500 characters that people can see.
    func text() -> String? {
        guard let text = scalar else { return refused("must be text") }
        guard !text.isEmpty else { return refused("must not be empty") }
        guard text.unicodeScalars.count <= 500 else { return refused("is longer than 500 characters") }
        guard !DisplayText.hasHiddenCharacters(text) else { return refused("contains a control character") }
        return text
    }

    /// One of the words.
    func word(among known: [String]) -> String? {
        guard let text = text() else { return nil }
        guard known.contains(text) else {
            return refused(
                "unknown value \(ScenarioMistakes.quoted(text)); known are \(ScenarioMistakes.list(known))")
        }
        return text
    }

    func bool() -> Bool? { word(among: ["true", "false"]).map { $0 == "true" } }

    func number(_ range: ClosedRange<Int>) -> Int? {
        guard let text = text() else { return nil }
        guard let number = Int(text), range.contains(number) else {
            return refused("must be a number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    func elements() -> [ScenarioNode]? {
        guard case .sequence(let nodes) = node else { return refused("must be a list") }
        return nodes.map(child)
    }

    /// The members of a mapping in their order.
    var pairs: [(key: ScenarioNode, value: ScenarioNode)]? {
        guard case .mapping(let pairs) = node else { return nil }
        return pairs.map { (child($0.key), child($0.value)) }
    }

    /// The members of a mapping that has no keys but the known.
    func members(_ known: [String]) -> [String: ScenarioNode]? {
        guard let pairs else { return refused("must be a mapping with the keys \(ScenarioMistakes.list(known))") }
        var members: [String: ScenarioNode] = [:]
        for (key, value) in pairs {
            guard let name = key.text() else { continue }
            if known.contains(name) {
                members[name] = value
            } else {
                key.refuse(
                    "unknown key \(ScenarioMistakes.quoted(name)); known are \(ScenarioMistakes.list(known))")
            }
        }
        return members
    }

    /// As it could be written on one line.
    var flow: String {
        switch node {
        case .scalar(let scalar): scalar.string
        case .sequence(let nodes): "[" + nodes.map { child($0).flow }.joined(separator: ", ") + "]"
        case .mapping(let pairs):
            "{" + pairs.map { child($0.key).flow + ": " + child($0.value).flow }.joined(separator: ", ") + "}"
        case .alias: ""
        }
    }
}
