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
        try signed(
            payload: payload, header: JWSHeader(type: type, key: key, keyIdentifier: keyIdentifier, extra: extra),
            signature: signature)
    }

    /// The same with a header that was encoded before.
    package static func signed(
        payload: JSONObject, header: JWSHeader, signature: (_ signingInput: [UInt8]) throws -> [UInt8]
    ) throws -> String {
        let payload = Base64URL.encodedBytes(payload.serialized)
        var output: [UInt8] = []
        // With two dots, and room for a signature of 64 bytes.
        output.reserveCapacity(header.encoded.count + payload.count + 88)
        output += header.encoded
        output.append(UInt8(ascii: "."))
        output += payload
        let signature = try signature(output)
        output.append(UInt8(ascii: "."))
        output += Base64URL.encodedBytes(signature)
        return String(decoding: output, as: UTF8.self)
    }
}
