import IdentityCrypto
import OpenIDMessages

extension YAMLValue {
    /// The keys of a JWK Set, each public, whole and with a `kid` of its own.
    func keySet() -> [JSONObject] {
        let elements = mapping(keys: ["keys"])?.required("keys") { $0.elements() } ?? []
        var identifiers = NameTable("kid")
        return elements.compactMap { element in
            guard let key = element.keyObject() else { return nil }
            if let mistake = PublicKeyRules.mistake(in: key) { return element.refused(mistake) }
            return identifiers.add(key["kid"]?.string, at: element) ? key : nil
        }
    }

    /// The mapping as a JSON object: texts, and lists of texts.
    private func keyObject() -> JSONObject? {
        guard let mapping = mapping(keys: nil) else { return nil }
        var object = JSONObject()
        for name in mapping.names {
            guard let value = mapping[name] else { continue }
            if value.isList {
                object[name] = .strings(value.elements()?.compactMap { $0.longText() } ?? [])
            } else if let text = value.longText() {
                object[name] = .string(text)
            }
        }
        return object
    }

    /// A text without the limits of what people see: an RSA modulus is longer.
    func longText() -> String? { scalarText ?? refused("must be text") }

    /// The value of a policy operator: null, `true` and `false`, a text, or a list of texts.
    func policyValue() -> JSONValue? {
        if isNull { return .null }
        if isList {
            let elements = elements() ?? []
            let texts = elements.compactMap { $0.text() }
            return texts.count == elements.count ? .strings(texts) : nil
        }
        if let flag = plainFlag { return .bool(flag) }
        return text().map { .string($0) }
    }
}
