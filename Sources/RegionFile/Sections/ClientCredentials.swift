import AccountDirectory
import IdentityCrypto
import OpenIDMessages

/// The part of a client's entry that says how the client proves who it is.
struct ClientCredentials {
    /// Nil, with a mistake, when it cannot be read.
    let method: ClientAuthenticationMethod?
    private(set) var keys: [JSONObject] = []
    private(set) var keysURI: OutboundURL?
    private(set) var secretDigest: ContentDigest?

    init(_ entry: YAMLMapping) {
        method = entry.optional("authentication", default: .privateKeyJWT) {
            $0.choice(ClientAuthenticationMethod.self)
        }
        keys = Self.keys(entry)
        keysURI = entry["jwks_uri"]?.outboundURL()
        switch method {
        case .clientSecretBasic, .clientSecretPost: secretDigest = entry.required("secret_sha256", Self.digest)
        case let method?: entry["secret_sha256"]?.refuse("a client with `\(method.rawValue)` has no secret")
        case nil: break
        }
    }

    /// The digest of a secret. It is never repeated in a message.
    private static func digest(_ value: YAMLValue) -> ContentDigest? {
        guard let text = value.text() else { return nil }
        return ContentDigest(rawValue: text)
            ?? value.refused("must be the SHA-256 digest of the secret in base64url, 43 characters without `=`")
    }

    private static func keys(_ entry: YAMLMapping) -> [JSONObject] {
        if entry["jwks"] != nil, let file = entry["jwks_file"] {
            file.refuse("a client has either `jwks` or `jwks_file`")
        }
        return entry["jwks"].map(inlineKeys) ?? entry["jwks_file"].map(fileKeys) ?? []
    }

    private static func inlineKeys(_ value: YAMLValue) -> [JSONObject] {
        let elements = value.mapping(keys: ["keys"])?.required("keys") { $0.elements() } ?? []
        var identifiers = NameTable("kid")
        return elements.compactMap { element in
            guard let key = element.jsonObject() else { return nil }
            if let mistake = PublicKeyRules.mistake(in: key) { return element.refused(mistake) }
            return identifiers.add(key["kid"]?.string, at: element) ? key : nil
        }
    }

    private static func fileKeys(_ value: YAMLValue) -> [JSONObject] {
        guard let file = value.file() else { return [] }
        guard let set = try? StrictJSON.parseObject(Array(file.text.utf8)), let elements = set["keys"]?.array else {
            value.refuse("\(quoted(file.name)) is not a JWK Set (RFC 7517 §5)")
            return []
        }
        var identifiers: Set<String> = []
        for (index, element) in elements.enumerated() {
            let mistake = element.object.map(PublicKeyRules.mistake) ?? "is no JSON object"
            let isDuplicate = element.object?["kid"]?.string.map { !identifiers.insert($0).inserted } ?? false
            guard let mistake = mistake ?? (isDuplicate ? "has the `kid` of an earlier key" : nil) else { continue }
            value.refuse("\(quoted(file.name)), key \(index + 1): \(mistake)")
        }
        return elements.compactMap(\.object)
    }
}

extension YAMLValue {
    /// The mapping as a JSON object: texts, and lists of texts.
    fileprivate func jsonObject() -> JSONObject? {
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
    private func longText() -> String? {
        scalarText ?? refused("must be text")
    }
}
