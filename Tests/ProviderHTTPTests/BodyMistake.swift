import OpenIDMessages

/// A body that is wrong in one place, made of one that is right.
struct BodyMistake: Sendable {
    /// What is wrong and where, e.g. `person.birthdate is null`.
    let name: String
    let text: String

    /// Every mistake of these kinds: a member is missing, has a value of another type, is too long, holds a control
    /// character or stands there twice, and an object has a member that nobody knows.
    ///
    /// - Parameter optional: names of members that may be missing, whatever object they are in.
    static func all(in body: JSONObject, optional: Set<String>) -> [BodyMistake] {
        var mistakes: [BodyMistake] = []
        for path in objects(in: .object(body)) {
            let place = path.joined(separator: ".")
            for stranger in ["unlisted", "is_admin"] {
                mistakes.append(
                    BodyMistake(
                        name: "\(place).\(stranger) is unknown",
                        text: text(of: .object(body), at: path) { Self.text($0, adding: stranger, "true") }))
            }
            guard let object = value(at: path, in: .object(body))?.object else { continue }
            for member in object.members {
                func add(_ what: String, _ change: (JSONObject) -> String) {
                    let name = (path + [member.name]).joined(separator: ".") + " " + what
                    mistakes.append(BodyMistake(name: name, text: text(of: .object(body), at: path, change)))
                }
                if !optional.contains(member.name) {
                    add("is missing") { object in
                        var object = object
                        object[member.name] = nil
                        return object.text
                    }
                }
                add("is there twice") { text($0, adding: member.name, member.value.text) }
                for wrong in others(than: member.value) {
                    add("is \(wrong.text.prefix(40))") { object in
                        var object = object
                        object[member.name] = wrong
                        return object.text
                    }
                }
            }
        }
        return mistakes
    }

    /// Values of other types, and such of the same type that nothing takes.
    private static func others(than value: JSONValue) -> [JSONValue] {
        switch value {
        case .string:
            [.null, 17, true, [], .object([:]), .string(String(repeating: "a", count: 5_000)), "a\u{1}b", "a\u{85}b"]
        case .bool: [.null, 1, "true", []]
        case .array(let elements):
            [.null, "DE", .object([:]), [17], .array(Array(repeating: elements.first ?? "x", count: 200))]
        case .object: [.null, "x", [], true]
        default: [.null, "1", [], .object([:]), .number(0.5)]
        }
    }

    /// The paths of all objects, the outermost first.
    private static func objects(in value: JSONValue, at path: [String] = []) -> [[String]] {
        guard let object = value.object else { return [] }
        return [path] + object.members.flatMap { objects(in: $0.value, at: path + [$0.name]) }
    }

    private static func value(at path: [String], in value: JSONValue) -> JSONValue? {
        path.reduce(Optional(value)) { $0?.object?[$1] }
    }

    /// The text of a value in which `change` writes the object at the path.
    private static func text(of value: JSONValue, at path: [String], _ change: (JSONObject) -> String) -> String {
        guard let object = value.object else { return value.text }
        guard let next = path.first else { return change(object) }
        let members = object.members.map { member in
            let rest = member.name == next ? Array(path.dropFirst()) : nil
            return "\"\(member.name)\":" + (rest.map { text(of: member.value, at: $0, change) } ?? member.value.text)
        }
        return "{" + members.joined(separator: ",") + "}"
    }

    /// The text of an object with one member more, whatever its name.
    private static func text(_ object: JSONObject, adding name: String, _ value: String) -> String {
        object.text.dropLast() + "\(object.isEmpty ? "" : ",")\"\(name)\":\(value)}"
    }
}

extension JSONValue {
    fileprivate var text: String { String(decoding: serialized, as: UTF8.self) }
}
