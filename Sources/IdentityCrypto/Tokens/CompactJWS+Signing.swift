public import OpenIDMessages

extension CompactJWS {
    /// A compact JWS of a key whose private half may lie anywhere: in memory, or in hardware that never gives it away.
    ///
    /// - Parameters:
    ///   - key: the public half of the key that signs; the header names it by `kid` unless it carries `jwk` or `x5c`.
    ///   - extra: further members of the header.
    ///   - signature: signs the signing input (RFC 7515 §5.1) with the algorithm of `key`.
    public static func signed(
        type: String, payload: JSONObject, key: VerificationKey, keyIdentifier: String? = nil,
        header extra: JSONObject = [:], signature: (_ signingInput: [UInt8]) throws -> [UInt8]
    ) throws -> String {
        var header: JSONObject = ["alg": .string(key.algorithm.rawValue), "typ": .string(type)]
        if extra["jwk"] == nil && extra["x5c"] == nil {
            header["kid"] = .string(keyIdentifier ?? key.thumbprint.rawValue)
        }
        for member in extra.members { header[member.name] = member.value }
        var output = Base64URL.encodedBytes(header.serialized)
        output.append(UInt8(ascii: "."))
        output += Base64URL.encodedBytes(payload.serialized)
        let signature = try signature(output)
        output.append(UInt8(ascii: "."))
        output += Base64URL.encodedBytes(signature)
        return String(decoding: output, as: UTF8.self)
    }
}
