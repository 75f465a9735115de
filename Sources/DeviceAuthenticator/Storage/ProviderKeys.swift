internal import IdentityCrypto
internal import OpenIDMessages

/// The ES256 keys of the provider, named by their thumbprints (docs/protocol.md §2: `kid` is the thumbprint).
struct ProviderKeys: Sendable, Equatable {
    let keys: [VerificationKey]

    init(_ keys: [VerificationKey]) { self.keys = keys }

    /// Reads a JWK Set; keys that cannot verify ES256 are passed over (RFC 7517 §5).
    init(jwks: JSONObject) {
        var keys: [VerificationKey] = []
        for element in jwks["keys"]?.array ?? [] {
            guard let jwk = element.object, let key = try? VerificationKey(jwk: jwk), key.algorithm == .es256,
                !keys.contains(key)
            else { continue }
            keys.append(key)
        }
        self.keys = keys
    }

    var json: JSONObject { ["keys": .array(keys.map { .object($0.jwk) })] }

    subscript(thumbprint: KeyThumbprint) -> VerificationKey? { keys.first { $0.thumbprint == thumbprint } }
}
