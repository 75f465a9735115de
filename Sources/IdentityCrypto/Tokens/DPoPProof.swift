public import OpenIDMessages

/// Why a DPoP proof was refused (RFC 9449 §4.3).
public enum DPoPError: Error, Sendable, Equatable {
    case malformed
    case wrongMethod
    case wrongURL
    case outsideTimeWindow
    case wrongAccessTokenHash
    /// The proof has no nonce or one that the server did not give lately.
    case nonceNeeded
}

/// A DPoP proof whose signature and members were verified; only `verify` makes it. Its `jti` still has to be used up.
public struct VerifiedDPoPProof: Sendable {
    /// The `typ` of a proof (RFC 9449 §4.2).
    public static let type = "dpop+jwt"
    /// How far `iat` may lie from the server's clock, in seconds.
    public static let timeWindow: Int64 = 60

    /// The key that the proof proves.
    public let key: VerificationKey
    public let identifier: TokenIdentifier
    public let issuedAt: Timestamp

    private init(key: VerificationKey, identifier: TokenIdentifier, issuedAt: Timestamp) {
        self.key = key
        self.identifier = identifier
        self.issuedAt = issuedAt
    }

    /// The checks of RFC 9449 §4.3; single use of `jti` (check 12) is the caller's. The nonce comes before the signature:
    /// the key is the sender's, and who has no nonce shall not make the server calculate.
    ///
    /// - Parameters:
    ///   - isAcceptableNonce: whether the server gave the nonce lately; nil when nonces are not demanded.
    ///   - accessToken: the token with which the proof came, if any.
    ///   - algorithms: those that are accepted here; the key in the proof must fit the one that it names.
    public static func verify(
        _ text: String, method: String, url: String, now: Timestamp, isAcceptableNonce: ((String) -> Bool)?,
        accessToken: String? = nil, algorithms: Set<JWSAlgorithm> = [.es256]
    ) throws(DPoPError) -> VerifiedDPoPProof {
        guard let token = try? CompactJWS(parsing: text), let jwk = token.header["jwk"]?.object,
            let algorithm = token.header["alg"]?.string.flatMap(JWSAlgorithm.init(rawValue:)),
            algorithms.contains(algorithm), let unverified = token.unverifiedPayload
        else { throw .malformed }
        if let isAcceptableNonce {
            guard let nonce = unverified["nonce"]?.string, isAcceptableNonce(nonce) else { throw .nonceNeeded }
        }
        guard PublicMembers.isCheap(jwk), let key = try? VerificationKey(jwk: jwk, algorithm: algorithm),
            let claims = try? token.verified(by: key, type: type).payload
        else { throw .malformed }
        guard let identifier = claims["jti"]?.string.flatMap(TokenIdentifier.init(rawValue:)),
            let issuedAt = claims["iat"]?.integer
        else { throw .malformed }
        guard claims["htm"]?.string == method else { throw .wrongMethod }
        guard let called = claims["htu"]?.string.flatMap(CalledURI.init(_:)), called == CalledURI(url) else {
            throw .wrongURL
        }
        let window = (now - timeWindow)...(now + timeWindow)
        guard window.contains(Timestamp(seconds: issuedAt)) else { throw .outsideTimeWindow }
        // A proof needs neither; one that has them means them (RFC 7519 §4.1.4, §4.1.5).
        if let expires = claims["exp"] {
            guard let seconds = expires.integer else { throw .malformed }
            guard Timestamp(seconds: seconds) > now else { throw .outsideTimeWindow }
        }
        if let notBefore = claims["nbf"] {
            guard let seconds = notBefore.integer else { throw .malformed }
            guard Timestamp(seconds: seconds) <= now + timeWindow else { throw .outsideTimeWindow }
        }
        if let accessToken {
            guard claims["ath"]?.string == ContentDigest(of: accessToken).rawValue else { throw .wrongAccessTokenHash }
        }
        return VerifiedDPoPProof(key: key, identifier: identifier, issuedAt: Timestamp(seconds: issuedAt))
    }

    /// A proof by `key`, as a client makes it.
    public static func make(
        key: SigningKey, method: String, url: String, now: Timestamp, nonce: String?, accessToken: String? = nil
    ) throws -> String {
        try make(
            key: key.publicKey, method: method, url: url, now: now, nonce: nonce, accessToken: accessToken,
            signature: key.signature)
    }

    /// A proof by a key whose private half `signature` uses.
    ///
    /// - Parameter identifier: a value that no other proof of this key has.
    public static func make(
        key: VerificationKey, method: String, url: String, now: Timestamp, nonce: String?,
        accessToken: String? = nil, identifier: TokenIdentifier = .random(bytes: 16),
        signature: (_ signingInput: [UInt8]) throws -> [UInt8]
    ) throws -> String {
        try make(
            header: header(of: key), method: method, url: url, now: now, nonce: nonce, accessToken: accessToken,
            identifier: identifier, signature: signature)
    }

    /// The header of the proofs by `key` (RFC 9449 §4.2), the same in each of them.
    package static func header(of key: VerificationKey) -> JWSHeader {
        JWSHeader(type: type, key: key, extra: ["jwk": .object(key.jwk)])
    }

    /// A proof by the key of a header that was encoded before.
    package static func make(
        header: JWSHeader, method: String, url: String, now: Timestamp, nonce: String?, accessToken: String? = nil,
        identifier: TokenIdentifier, signature: (_ signingInput: [UInt8]) throws -> [UInt8]
    ) throws -> String {
        var claims: JSONObject = [
            "jti": .string(identifier.rawValue), "htm": .string(method), "htu": .string(url), "iat": now.json,
        ]
        claims["nonce"] = nonce.map { .string($0) }
        claims["ath"] = accessToken.map { .string(ContentDigest(of: $0).rawValue) }
        return try CompactJWS.signed(payload: claims, header: header, signature: signature)
    }
}
