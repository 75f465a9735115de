public import OpenIDMessages

/// What the public key of a client must look like as a JWK, for signatures or for encryption to the client (RFC 7517 §4, RFC 7518 §6).
public enum PublicKeyRules {
    /// Members that only private and symmetric keys have.
    private static let privateMembers = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"]

    /// What is wrong with `key`, or nil. Values of members are never repeated: they may be secret.
    public static func mistake(in key: JSONObject) -> String? {
        if let member = privateMembers.first(where: { key[$0] != nil }) {
            return "the key has the private member `\(member)`: make a new key and hand in only its public half"
        }
        guard let identifier = key["kid"]?.string, TokenIdentifier(rawValue: identifier) != nil else {
            return "the key needs a `kid` of 1 to 128 visible characters"
        }
        let use = key["use"] ?? "sig"
        guard use == "sig" || use == "enc" else {
            return "the key's `use` must be `sig` or `enc`"
        }
        let shape =
            switch key["kty"]?.string {
            case "EC": mistake(inEllipticCurve: key)
            case "RSA": mistake(inRSA: key)
            case "OKP": mistake(inOctetKeyPair: key)
            default: "the key's `kty` must be `EC`, `RSA` or `OKP`"
            }
        if let shape { return shape }
        let isUsable = use == "enc" ? (try? EncryptionKey(jwk: key)) != nil : (try? VerificationKey(jwk: key)) != nil
        return isUsable ? nil : "the key's numbers make no public key that can be used"
    }

    private static func mistake(inEllipticCurve key: JSONObject) -> String? {
        guard key["crv"] == "P-256" else { return "the key's `crv` must be `P-256`" }
        for coordinate in ["x", "y"] where bytes(key[coordinate])?.count != 32 {
            return "the key's `\(coordinate)` must be 32 bytes in base64url without `=`"
        }
        return algorithm(of: key, signature: ["ES256"], encryption: ["ECDH-ES+A256KW"])
    }

    /// RFC 8037 §2.
    private static func mistake(inOctetKeyPair key: JSONObject) -> String? {
        let curve: JSONValue = key["use"] == "enc" ? "X25519" : "Ed25519"
        guard key["crv"] == curve else { return "the key's `crv` must be `Ed25519`, or `X25519` for encryption" }
        guard bytes(key["x"])?.count == 32 else { return "the key's `x` must be 32 bytes in base64url without `=`" }
        return algorithm(of: key, signature: ["EdDSA"], encryption: ["ECDH-ES+A256KW"])
    }

    private static func mistake(inRSA key: JSONObject) -> String? {
        guard let modulus = bytes(key["n"]), modulus.first ?? 0 != 0 else {
            return "the key's `n` must be base64url without `=` and without leading zero bytes"
        }
        guard (256...1024).contains(modulus.count) else { return "the key's `n` must have 2048 to 8192 bits" }
        guard let exponent = bytes(key["e"]), (1...8).contains(exponent.count), exponent.first != 0,
            let last = exponent.last, last % 2 == 1, exponent != [1]
        else { return "the key's `e` must be an odd number above 1 in base64url, usually `AQAB`" }
        return algorithm(of: key, signature: ["RS256", "PS256"], encryption: ["RSA-OAEP-256"])
    }

    private static func algorithm(of key: JSONObject, signature: [String], encryption: [String]) -> String? {
        let allowed = key["use"] == "enc" ? encryption : signature
        guard let algorithm = key["alg"] else { return nil }
        guard let name = algorithm.string, allowed.contains(name) else {
            return "the key's `alg` must be \(allowed.joined(separator: " or ")), or left out"
        }
        return nil
    }

    private static func bytes(_ value: JSONValue?) -> [UInt8]? { value?.string.flatMap { Base64URL.decode($0) } }
}
