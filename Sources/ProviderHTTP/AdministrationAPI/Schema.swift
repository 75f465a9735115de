internal import OpenIDMessages

/// What a JSON value may be: for the door, which refuses everything else, and for the OpenAPI document.
indirect enum Schema: Sendable {
    /// At most so many UTF-8 bytes, no control characters.
    case text(maximum: Int = 1024)
    /// Seconds since 1970.
    case time
    /// An integer in a range.
    case count(ClosedRange<Int64>)
    case bool
    case choice([String])
    case list(Schema)
    case object([Property])
    /// An object whose members another rule reads strictly.
    case anyObject

    struct Property: Sendable {
        let name: String
        let schema: Schema
        let isRequired: Bool
        let meaning: String

        init(_ name: String, _ schema: Schema, _ meaning: String, isRequired: Bool = true) {
            self.name = name
            self.schema = schema
            self.isRequired = isRequired
            self.meaning = meaning
        }

        static func optional(_ name: String, _ schema: Schema, _ meaning: String) -> Property {
            Property(name, schema, meaning, isRequired: false)
        }
    }

    /// What a text in a query says; it need not fit.
    func value(of text: String) -> JSONValue {
        switch self {
        case .time, .count: Int64(text).map { .integer($0) } ?? .string(text)
        default: .string(text)
        }
    }

    /// The place of the first mistake, e.g. `person.given_name`; nil when the value fits.
    func mistake(in value: JSONValue, at place: String = "") -> String? {
        switch self {
        case .text(let maximum):
            guard let text = value.string, text.utf8.count <= maximum,
                !text.unicodeScalars.contains(where: { $0.value < 0x20 || (0x7F...0x9F).contains($0.value) })
            else { return place }
            return nil
        case .time:
            guard let seconds = value.integer, (0...253_402_300_799).contains(seconds) else { return place }
            return nil
        case .count(let range): return value.integer.map(range.contains) == true ? nil : place
        case .bool: return value.bool == nil ? place : nil
        case .choice(let words): return value.string.map(words.contains) == true ? nil : place
        case .list(let element):
            guard let elements = value.array else { return place }
            for (index, inner) in elements.enumerated() {
                if let found = element.mistake(in: inner, at: place + "[\(index)]") { return found }
            }
            return nil
        case .anyObject: return value.object == nil ? place : nil
        case .object(let properties):
            guard let object = value.object else { return place }
            return Self.mistake(in: object, properties, at: place)
        }
    }

    /// Members that are not listed are refused (checklist R3).
    private static func mistake(in object: JSONObject, _ properties: [Property], at place: String) -> String? {
        func inner(_ name: String) -> String { place.isEmpty ? name : place + "." + name }
        let known = Set(properties.map(\.name))
        if let unknown = object.names.filter({ !known.contains($0) }).min() { return inner(unknown) }
        for property in properties {
            guard let value = object[property.name] else {
                if property.isRequired { return inner(property.name) }
                continue
            }
            if let found = property.schema.mistake(in: value, at: inner(property.name)) { return found }
        }
        return nil
    }

    /// As JSON Schema (OpenAPI 3.1 §4.8.24).
    var json: JSONObject {
        switch self {
        case .text(let maximum): ["type": "string", "maxLength": .integer(Int64(maximum))]
        case .time: ["type": "integer", "description": "Seconds since 1970-01-01T00:00:00Z.", "minimum": 0]
        case .count(let range):
            ["type": "integer", "minimum": .integer(range.lowerBound), "maximum": .integer(range.upperBound)]
        case .bool: ["type": "boolean"]
        case .choice(let words): ["type": "string", "enum": .strings(words)]
        case .list(let element): ["type": "array", "items": .object(element.json)]
        case .anyObject: ["type": "object"]
        case .object(let properties):
            [
                "type": "object", "additionalProperties": false,
                "required": .strings(properties.filter(\.isRequired).map(\.name)),
                "properties": .object(
                    properties.reduce(into: JSONObject()) { object, property in
                        var schema = property.schema.json
                        schema["description"] = .string(property.meaning)
                        object[property.name] = .object(schema)
                    }),
            ]
        }
    }
}
