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
        return entry["jwks"].map { $0.keySet() } ?? entry["jwks_file"].map(fileKeys) ?? []
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
