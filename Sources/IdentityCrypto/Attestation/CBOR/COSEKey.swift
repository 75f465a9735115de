internal import Crypto
internal import OpenIDMessages

/// A public key as a COSE_Key (RFC 9052 §7) that can verify one algorithm: ES256 on P-256, or RS256.
enum COSEKey {
    enum Failure: Error, Equatable {
        case notCBOR(CBORError)
        /// Another `kty`, `crv` or `alg`, or a `kty` that does not fit `alg`.
        case unsupported
        /// A member is missing, has the wrong form or is not known.
        case malformed
    }

    private static let (keyType, algorithm): (Int64, Int64) = (1, 3)
    /// `crv`, `x` and `y` of EC2, or `n` and `e` of RSA (RFC 9053 §7.1.1, RFC 8230 §4).
    private static let (first, second, third): (Int64, Int64, Int64) = (-1, -2, -3)

    static func read(_ bytes: [UInt8]) throws(Failure) -> VerificationKey {
        do { return try read(CBORReader.read(bytes)) } catch let error as CBORError { throw .notCBOR(error) } catch {
            throw error as? Failure ?? .malformed
        }
    }

    static func read(_ value: CBORValue) throws(Failure) -> VerificationKey {
        guard let map = value.map, let type = map[keyType]?.integer, let name = map[algorithm]?.integer else {
            throw .malformed
        }
        switch (type, COSEAlgorithm(rawValue: name)) {
        case (2, .es256): return try ellipticCurve(map)
        case (3, .rs256): return try rsa(map)
        default: throw .unsupported
        }
    }

    private static func ellipticCurve(_ map: CBORMap) throws(Failure) -> VerificationKey {
        guard map[first]?.integer == 1 else { throw .unsupported }
        // Uncompressed alone: a `y` that is a boolean says only its sign (RFC 9053 §7.1.1; WebAuthn §5.8.5 forbids it).
        guard map.entries.count == 5, let x = map[second]?.bytes, let y = map[third]?.bytes, x.count == 32,
            y.count == 32, let key = VerificationKey(point: x + y)
        else { throw .malformed }
        return key
    }

    private static func rsa(_ map: CBORMap) throws(Failure) -> VerificationKey {
        guard map.entries.count == 4, let modulus = map[first]?.bytes, let exponent = map[second]?.bytes else {
            throw .malformed
        }
        let jwk: JSONObject = [
            "kty": "RSA", "n": .string(Base64URL.encode(modulus)), "e": .string(Base64URL.encode(exponent)),
        ]
        guard let key = try? VerificationKey(jwk: jwk, algorithm: .rs256) else { throw .malformed }
        return key
    }

    /// A P-256 key as it stands in authenticator data.
    static func encoded(_ key: P256.Signing.PublicKey) -> CBORValue {
        let point = Array(key.rawRepresentation)
        return .map(
            CBORMap(entries: [
                (.unsigned(1), .unsigned(2)), (.unsigned(3), .negative(6)), (.negative(0), .unsigned(1)),
                (.negative(1), .bytes(Array(point[..<32]))), (.negative(2), .bytes(Array(point[32...]))),
            ]))
    }
}

/// Algorithms of the IANA registry "COSE Algorithms" that keys and signatures of attestations may have.
enum COSEAlgorithm: Int64 {
    case es256 = -7
    case rs256 = -257
}
