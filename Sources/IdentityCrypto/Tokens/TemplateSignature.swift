public import OpenIDMessages

/// The signature of a publisher over a document of the region's library: a compact JWS, whole or with a detached payload
/// (RFC 7515 Appendix F) where the document stands beside it in another notation.
public enum TemplateSignature {
    /// The `typ` of the JWS.
    public static let type = "service-template+jwt"

    /// Reads a whole JWS. Its key is one of `keys`, found by `kid`.
    public static func verify(_ text: String, keys: [JSONObject]) throws(JWSError) -> JSONObject {
        let token = try CompactJWS(parsing: text)
        guard token.keyIdentifier != nil else { throw .unknownKey }
        return try keySet(keys).verify(token, type: type).payload
    }

    /// Verifies a detached signature over the text of `document`.
    public static func verify(
        _ detached: String, over document: JSONObject, keys: [JSONObject]
    ) throws(JWSError) {
        let parts = detached.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[1].isEmpty else { throw .malformed }
        let payload = Base64URL.encode(document.serialized)
        _ = try verify("\(parts[0]).\(payload).\(parts[2])", keys: keys)
    }

    /// Signs a document.
    public static func sign(_ document: JSONObject, with key: SigningKey, keyIdentifier: String) throws -> String {
        try key.sign(type: type, payload: document, keyIdentifier: keyIdentifier)
    }

    /// A whole signature without its payload.
    public static func detached(_ text: String) -> String {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 3 ? "\(parts[0])..\(parts[2])" : text
    }

    private static func keySet(_ keys: [JSONObject]) -> VerificationKeySet {
        VerificationKeySet(jwks: ["keys": .array(keys.map { .object($0) })])
    }
}
