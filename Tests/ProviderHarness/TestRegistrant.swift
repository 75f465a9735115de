import IdentityCrypto
import OpenIDMessages
import ProviderCore

/// Somebody who registers clients of Herten.
public enum TestRegistrant {
    public static let redirectURI = "https://herten.example/callback"

    /// Metadata of a client with a key of its own, with changes; nil removes a member.
    public static func keyed(_ key: SigningKey, _ changes: [String: JSONValue?] = [:]) -> JSONObject {
        metadata(
            ["token_endpoint_auth_method": "private_key_jwt", "jwks": .object(jwks(key))]
                .merging(changes) { $1 })
    }

    /// Metadata of a client with a secret, with changes; nil removes a member.
    public static func metadata(_ changes: [String: JSONValue?] = [:]) -> JSONObject {
        var object: JSONObject = [
            "redirect_uris": [.string(redirectURI)], "client_name": "Meldeportal", "scope": "openid person",
        ]
        for (name, value) in changes.sorted(by: { $0.key < $1.key }) { object[name] = value }
        return object
    }

    public static func jwks(_ key: SigningKey, identifier: String = "key-1") -> JSONObject {
        ["keys": [.object(key.publicKey.listedJWK(identifier: identifier))]]
    }

    /// A client assertion of a registered client.
    public static func assertion(
        of client: String, key: SigningKey, now: Timestamp, identifier: String? = "key-1", header: JSONObject = [:]
    ) throws -> ClientCredentials {
        let claims: JSONObject = [
            "iss": .string(client), "sub": .string(client), "aud": .string(TestRegion.issuer.rawValue),
            "jti": .string(RandomBytes.text(16)), "exp": (now + 60).json,
        ]
        return .assertion(
            try key.sign(type: "JWT", payload: claims, keyIdentifier: identifier, header: header), client: nil)
    }
}

extension TestProvider {
    /// An initial access token for Herten.
    public func initialAccessToken(uses: Int64 = 1, lifetime: Int64 = 3600) async throws -> String {
        let token = try await provider.registrations.issueToken(
            in: scope(TestRegion.herten), by: nil, uses: uses, lifetime: lifetime)
        guard let token else { throw Unexpected.noToken }
        return token.text
    }

    /// The answer to a registration with a fresh token.
    public func register(_ metadata: JSONObject) async throws -> JSONObject {
        try await provider.registrations.register(metadata, token: try await initialAccessToken())
    }
}
