public import OpenIDMessages

/// A statement whose signature was verified; only `SignedStatement.verify` makes it. An object, because it is handed on more often
/// than it is made, and has many texts.
public final class SignedStatement<Statement: DeviceStatement>: Sendable {
    public let statement: Statement
    /// The exact compact JWS.
    public let text: String
    /// The key that signed.
    public let key: VerificationKey

    /// SHA-256 over the exact bytes of the compact JWS, as other statements refer to it.
    public var digest: ContentDigest { ContentDigest(of: text) }

    /// Verifies type, algorithm, `kid` (which must be the key's thumbprint, or its name in a key set) and signature,
    /// and reads the statement.
    public static func verify(_ text: String, key: VerificationKey) throws(JWSError) -> SignedStatement {
        try verify(CompactJWS(parsing: text), key: key)
    }

    /// The same for a token that was parsed.
    public static func verify(_ token: CompactJWS, key: VerificationKey) throws(JWSError) -> SignedStatement {
        guard token.keyIdentifier == key.thumbprint.rawValue else { throw .unknownKey }
        return try SignedStatement(token.verified(by: key, type: Statement.type))
    }

    /// The same with the keys of a key set.
    public static func verify(_ text: String, keys: VerificationKeySet) throws(JWSError) -> SignedStatement {
        try SignedStatement(keys.verify(CompactJWS(parsing: text), type: Statement.type))
    }

    /// Verifies a statement that brings its own public key in the header `jwk`, and no `kid` beside it: possession, not
    /// identity.
    public static func verifyPossession(_ text: String) throws(JWSError) -> SignedStatement {
        let token = try CompactJWS(parsing: text)
        guard token.keyIdentifier == nil, let jwk = token.header["jwk"]?.object,
            let key = try? VerificationKey(jwk: jwk)
        else { throw .unknownKey }
        return try SignedStatement(token.verified(by: key, type: Statement.type))
    }

    private init(_ token: VerifiedJWS) throws(JWSError) {
        guard let statement = try? Statement(json: token.payload) else { throw .wrongPayload }
        self.statement = statement
        text = token.text
        key = token.key
    }
}
