internal import AccountDirectory
internal import IdentityCrypto
internal import OpenIDMessages

/// The public keys of a client, parsed once.
struct ClientKeySet: Sendable {
    private let keys: [JSONObject]
    private let signatures: [JWSAlgorithm: VerificationKeySet]

    init(_ keys: [JSONObject]) {
        self.keys = keys
        let jwks: JSONObject = ["keys": .array(keys.map { .object($0) })]
        signatures = Dictionary(
            uniqueKeysWithValues: JWSAlgorithm.allCases.map { ($0, VerificationKeySet(jwks: jwks, algorithm: $0)) })
    }

    /// A JWK Set as somebody publishes it (RFC 7517 §5); nil when it is none. Keys beyond the hundredth are not read.
    init?(published document: JSONValue) {
        guard let list = document.object?["keys"]?.array else { return nil }
        self.init(list.prefix(100).compactMap(\.object))
    }

    /// The keys that can have made a signature of this algorithm.
    func verificationKeys(_ algorithm: SignatureAlgorithm) -> VerificationKeySet {
        JWSAlgorithm(rawValue: algorithm.rawValue).flatMap { signatures[$0] } ?? VerificationKeySet([])
    }

    /// The first key to which something can be encrypted in this way.
    func recipientKey(_ algorithm: EncryptionAlgorithm) -> RecipientKey? {
        keys.lazy.filter(algorithm.fits).compactMap { jwk in
            (try? EncryptionKey(jwk: jwk)).map { RecipientKey(key: $0, identifier: jwk["kid"]?.string) }
        }.first
    }
}

/// A client's key for what is encrypted to it.
struct RecipientKey: Sendable {
    let key: EncryptionKey
    /// Its `kid` among the client's keys.
    let identifier: String?
}
