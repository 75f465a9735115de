import DeviceAuthenticator
import OpenIDMessages
import Yams

/// Understands the document of a persona.
enum PersonaReader {
    static func persona(_ document: ScenarioNode) -> Persona? {
        guard let members = document.members(["name", "description", "person", "phone"]) else { return nil }
        let name = document.required("name", in: members).flatMap(name)
        let description = document.required("description", in: members).flatMap { $0.text() }
        let person = document.required("person", in: members).flatMap(person)
        let phone = document.required("phone", in: members).flatMap(phone)
        guard let name, let description, let person, let phone else { return nil }
        return Persona(name: name, description: description, person: person, phone: phone)
    }

    private static func name(_ node: ScenarioNode) -> String? {
        guard let text = node.text() else { return nil }
        guard (try? SharedOptions.validate(profile: text)) != nil else {
            return node.refused("a name is that of a profile: 1 to 64 letters, digits, hyphens and underscores")
        }
        return text
    }

    /// What is in it the desk checks.
    private static func person(_ node: ScenarioNode) -> JSONObject? {
        guard node.pairs != nil else { return node.refused("must be a mapping, as the desk reads a person") }
        return node.json()?.object
    }

    private static let keys = ["name", "evidence", "key_store", "pin", "language", "seed", "faults"]

    private static func phone(_ node: ScenarioNode) -> Persona.Phone? {
        guard let members = node.members(keys) else { return nil }
        let evidence = node.required("evidence", in: members).flatMap(evidence)
        let pin = node.required("pin", in: members).flatMap(pin)
        // A member that cannot be read has reported its mistake; then there is no persona.
        let keyStore = members["key_store"].flatMap { $0.word(among: ["file", "tpm"]) }.flatMap(KeyStoreKind.init)
        let seed = members["seed"].flatMap(seed)
        let faults = members["faults"].flatMap(faults)
        let name = members["name"].flatMap { $0.text() }
        let language = members["language"].flatMap { $0.word(among: Language.allCases.map(\.rawValue)) }
            .flatMap(Language.init(rawValue:))
        if seed != nil, keyStore == .tpm { members["seed"]?.refuse("keys from a seed are for the key store `file`") }
        guard let evidence, let pin else { return nil }
        return Persona.Phone(
            name: name, evidence: evidence, keyStore: keyStore ?? .file, pin: pin, language: language, seed: seed,
            faults: faults)
    }

    /// Played evidence alone: whoever reads the file has the PIN.
    private static func evidence(_ node: ScenarioNode) -> EvidenceWord? {
        let words = EvidenceWord.allValueStrings.filter { $0.hasPrefix("simulator:") } + ["tpm"]
        return node.word(among: words).flatMap(EvidenceWord.init(argument:))
    }

    private static func pin(_ node: ScenarioNode) -> [UInt8]? {
        guard let text = node.text() else { return nil }
        guard PIN(Array(text.utf8)) != nil else { return node.refused("a PIN has 5 to 12 digits") }
        return Array(text.utf8)
    }

    private static func seed(_ node: ScenarioNode) -> UInt64? {
        guard let text = node.text() else { return nil }
        return UInt64(text) ?? node.refused("a seed is a number from 0 on")
    }

    private static func faults(_ node: ScenarioNode) -> Faults? {
        guard let text = node.text() else { return nil }
        do throws(Faults.Mistake) { return try Faults(parsing: text) } catch {
            return node.refused("\(ScenarioMistakes.quoted(error.part)) is no fault, or is there twice")
        }
    }
}

extension ScenarioNode {
    /// The member of a mapping that must be there.
    func required(_ key: String, in members: [String: ScenarioNode]) -> ScenarioNode? {
        members[key] ?? refused("missing key `\(key)`")
    }

    /// The same as JSON, every scalar as a string.
    func json() -> JSONValue? {
        if let pairs {
            var object: JSONObject = [:]
            for (key, value) in pairs {
                guard let name = key.text(), let value = value.json() else { return nil }
                object[name] = value
            }
            return .object(object)
        }
        guard scalar == nil else { return text().map { .string($0) } }
        let values = elements()?.map { $0.json() }
        guard let values, !values.contains(nil) else { return nil }
        return .array(values.compactMap(\.self))
    }
}
