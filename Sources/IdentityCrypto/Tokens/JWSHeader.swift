package import OpenIDMessages

/// The protected header of what one key signs (RFC 7515 §4), encoded: it can serve for more than one JWS.
package struct JWSHeader: Sendable, Equatable {
    /// In base64url, as the signing input begins.
    let encoded: [UInt8]

    /// - Parameters:
    ///   - key: the public half of the key that signs; it is named by `kid` unless `extra` carries `jwk` or `x5c`.
    ///   - extra: further members.
    package init(type: String, key: VerificationKey, keyIdentifier: String? = nil, extra: JSONObject = [:]) {
        var header: JSONObject = ["alg": .string(key.algorithm.rawValue), "typ": .string(type)]
        if extra["jwk"] == nil && extra["x5c"] == nil {
            header["kid"] = .string(keyIdentifier ?? key.thumbprint.rawValue)
        }
        for member in extra.members { header[member.name] = member.value }
        encoded = Base64URL.encodedBytes(header.serialized)
    }
}
