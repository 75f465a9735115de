internal import OpenIDMessages

/// The members of public JWKs, which are read in one way only, whatever the key is for.
enum PublicMembers {
    private static let privateMembers: Set<String> = ["d", "p", "q", "dp", "dq", "qi", "oth", "k", "priv"]

    static func refusePrivate(_ object: JSONObject) throws(JSONWebKeyError) {
        guard !object.names.contains(where: privateMembers.contains) else { throw .containsPrivateKey }
    }

    /// Both coordinates of a point of P-256, as they are spelled and as 64 bytes (RFC 7518 §6.2.1).
    static func point(_ object: JSONObject) throws(JSONWebKeyError) -> (x: String, y: String, bytes: [UInt8]) {
        guard let x = object["x"]?.string, let y = object["y"]?.string, let first = Base64URL.decode(x),
            first.count == 32, let second = Base64URL.decode(y), second.count == 32
        else { throw .malformed }
        return (x, y, first + second)
    }

    /// Modulus and exponent of an RSA key of at least 2048 bits (RFC 7518 §6.3.1).
    static func numbers(_ object: JSONObject) throws(JSONWebKeyError) -> (modulus: [UInt8], exponent: [UInt8]) {
        guard let modulus = object["n"]?.string.flatMap({ Base64URL.decode($0) }), let first = modulus.first,
            first != 0, let exponent = object["e"]?.string.flatMap({ Base64URL.decode($0) }), exponent.count <= 8,
            exponent.first != 0, let last = exponent.last, last & 1 == 1, exponent != [1]
        else { throw .malformed }
        guard modulus.count <= 1024 else { throw .malformed }
        guard modulus.count * 8 - first.leadingZeroBitCount >= 2048 else { throw .tooWeak }
        return (modulus, exponent)
    }

    /// False for an RSA key with more than 4096 bits or another exponent than 65537: to verify by it costs up to a hundred
    /// times as much as by one of 2048 bits. Whoever brings a key along pays nothing for that.
    static func isCheap(_ object: JSONObject) -> Bool {
        guard object["kty"] == "RSA" else { return true }
        guard let (modulus, exponent) = try? numbers(object) else { return false }
        return modulus.count <= 512 && exponent == [1, 0, 1]
    }
}

extension KeyThumbprint {
    /// The thumbprint of a JWK that has its required members alone, in the order of RFC 7638 §3.2.
    init(ofRequiredMembers jwk: JSONObject) { self.init(digest: Digest.sha256(jwk.serialized)) }
}
