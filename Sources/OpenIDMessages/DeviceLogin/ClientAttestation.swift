/// The provider's word that a key belongs to an enrolled device: `oauth-client-attestation+jwt`
/// (draft-ietf-oauth-attestation-based-client-auth). Sent with a DPoP proof by the same key.
public struct ClientAttestation: DeviceStatement {
    public static let type = "oauth-client-attestation+jwt"

    public var issuer: IssuerURL
    public var device: DeviceIdentifier
    public var issuedAt: Timestamp
    /// At most 24 hours after `issuedAt`.
    public var expiresAt: Timestamp
    /// The public `K_inst` as a JWK.
    public var key: JSONObject

    public init(
        issuer: IssuerURL, device: DeviceIdentifier, issuedAt: Timestamp, expiresAt: Timestamp, key: JSONObject
    ) {
        self.issuer = issuer
        self.device = device
        self.issuedAt = issuedAt
        self.expiresAt = expiresAt
        self.key = key
    }

    public init(json: JSONObject) throws(MessageError) {
        var reader = MemberReader(json)
        issuer = try reader.wire("iss")
        device = try reader.wire("sub")
        issuedAt = try reader.time("iat")
        expiresAt = try reader.time("exp")
        var confirmation = MemberReader(try reader.object("cnf"))
        key = try confirmation.object("jwk")
        try confirmation.finish()
        try reader.finish()
    }

    public var json: JSONObject {
        [
            "iss": .string(issuer.rawValue), "sub": .string(device.rawValue), "iat": issuedAt.json,
            "exp": expiresAt.json, "cnf": .object(["jwk": .object(key)]),
        ]
    }
}
