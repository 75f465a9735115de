internal import Crypto
internal import CryptoExtras
internal import Foundation
public import OpenIDMessages

/// Why a JWK is not a key that can be used here.
public enum JSONWebKeyError: Error, Sendable, Equatable {
    /// Private members must never be sent.
    case containsPrivateKey
    case unsupportedKeyType
    case malformed
    /// `use`, `key_ops` or `alg` forbid verifying signatures with it.
    case notForSignatures
    /// `use`, `key_ops` or `alg` forbid encrypting to it.
    case notForEncryption
    /// An RSA modulus below 2048 bits.
    case tooWeak
}

/// A public key that can verify signatures of exactly one algorithm.
public struct VerificationKey: Sendable, Equatable {
    enum Material: Sendable {
        case es256(P256.Signing.PublicKey)
        case rs256(_RSA.Signing.PublicKey)
        case ps256(_RSA.Signing.PublicKey)
        case edDSA(Ed25519PublicKey)
    }

    let material: Material
    /// The required members of the JWK alone, in the order of RFC 7638 §3.2.
    public let jwk: JSONObject
    public let thumbprint: KeyThumbprint

    public var algorithm: JWSAlgorithm {
        switch material {
        case .es256: .es256
        case .rs256: .rs256
        case .ps256: .ps256
        case .edDSA: .edDSA
        }
    }

    /// Reads a public JWK (RFC 7517 §4, RFC 7518 §6, RFC 8037 §2) whose algorithm follows from its type; an RSA key is
    /// one for RS256 unless its `alg` says PS256.
    public init(jwk object: JSONObject) throws(JSONWebKeyError) { try self.init(jwk: object, registered: nil) }

    /// Reads a public JWK for the one algorithm that was registered for it (RFC 8725 §3.1). Throws `notForSignatures` when
    /// its type or its own `alg` does not fit.
    public init(jwk object: JSONObject, algorithm: JWSAlgorithm) throws(JSONWebKeyError) {
        try self.init(jwk: object, registered: algorithm)
    }

    private init(jwk object: JSONObject, registered: JWSAlgorithm?) throws(JSONWebKeyError) {
        try PublicMembers.refusePrivate(object)
        if let use = object["use"], use != "sig" { throw .notForSignatures }
        if let operations = object["key_ops"] {
            guard operations.strings?.contains("verify") == true else { throw .notForSignatures }
        }
        let own = object["alg"]?.string
        switch object["kty"]?.string {
        case "EC": try self.init(ellipticCurve: object)
        case "RSA":
            let isPSS = registered == .ps256 || registered == nil && own == JWSAlgorithm.ps256.rawValue
            try self.init(rsa: object, algorithm: isPSS ? .ps256 : .rs256)
        case "OKP": try self.init(octetKeyPair: object)
        default: throw .unsupportedKeyType
        }
        guard registered == nil || registered == algorithm, object["alg"] == nil || own == algorithm.rawValue else {
            throw .notForSignatures
        }
    }

    init(_ key: P256.Signing.PublicKey) {
        let point = Array(key.rawRepresentation)
        self.init(key, x: Base64URL.encode(Array(point[..<32])), y: Base64URL.encode(Array(point[32...])))
    }

    /// - Parameters:
    ///   - x: the first coordinate of `key`, base64url.
    ///   - y: the second one.
    private init(_ key: P256.Signing.PublicKey, x: String, y: String) {
        self.init(
            material: .es256(key), jwk: ["crv": "P-256", "kty": "EC", "x": .string(x), "y": .string(y)])
    }

    /// A P-256 key from the 64 bytes of its coordinates; nil when they are no point of the curve.
    package init?(point: [UInt8]) {
        guard let key = try? P256.Signing.PublicKey(rawRepresentation: point) else { return nil }
        self.init(key)
    }

    /// The 64 bytes of the coordinates of a P-256 key; empty for a key of another kind.
    package var point: [UInt8] {
        guard case .es256(let key) = material else { return [] }
        return Array(key.rawRepresentation)
    }

    init(_ key: Ed25519PublicKey) {
        self.init(
            material: .edDSA(key), jwk: ["crv": "Ed25519", "kty": "OKP", "x": .string(Base64URL.encode(key.bytes))])
    }

    /// - Parameter algorithm: PS256, or RS256.
    init(_ key: _RSA.Signing.PublicKey, algorithm: JWSAlgorithm) throws {
        let numbers = try key.getKeyPrimitives()
        self.init(
            material: algorithm == .ps256 ? .ps256(key) : .rs256(key),
            jwk: [
                "e": .string(Base64URL.encode(Self.trimmed(numbers.publicExponent))), "kty": "RSA",
                "n": .string(Base64URL.encode(Self.trimmed(numbers.modulus))),
            ])
    }

    private init(material: Material, jwk: JSONObject) {
        self.material = material
        self.jwk = jwk
        thumbprint = KeyThumbprint(ofRequiredMembers: jwk)
    }

    private init(ellipticCurve object: JSONObject) throws(JSONWebKeyError) {
        guard object["crv"] == "P-256" else { throw .unsupportedKeyType }
        let (x, y, point) = try PublicMembers.point(object)
        guard let key = try? P256.Signing.PublicKey(rawRepresentation: point) else { throw .malformed }
        // The decoder accepts one spelling of each number alone: what was read is what would be written.
        self.init(key, x: x, y: y)
    }

    private init(octetKeyPair object: JSONObject) throws(JSONWebKeyError) {
        guard object["crv"] == "Ed25519" else { throw .unsupportedKeyType }
        guard let key = object["x"]?.string.flatMap({ Base64URL.decode($0) }).flatMap(Ed25519PublicKey.init) else {
            throw .malformed
        }
        self.init(key)
    }

    private init(rsa object: JSONObject, algorithm: JWSAlgorithm) throws(JSONWebKeyError) {
        let (modulus, exponent) = try PublicMembers.numbers(object)
        guard let key = try? _RSA.Signing.PublicKey(n: modulus, e: exponent),
            let result = try? Self(key, algorithm: algorithm)
        else {
            throw .malformed
        }
        self = result
    }

    /// The JWK as a key set lists it: with `kid`, `use` and `alg`.
    public func listedJWK(identifier: String) -> JSONObject {
        var object = jwk
        object["kid"] = .string(identifier)
        object["use"] = "sig"
        object["alg"] = .string(algorithm.rawValue)
        return object
    }

    /// True when `signature` is this key's signature over `message`: for ES256 the 64 bytes `r ‖ s` (RFC 7518 §3.4).
    package func isValid(signature: [UInt8], for message: [UInt8]) -> Bool {
        switch material {
        case .es256(let key):
            guard let signature = try? P256.Signing.ECDSASignature(rawRepresentation: signature) else { return false }
            return key.isValidSignature(signature, for: Digest.hash(message))
        case .rs256(let key):
            return key.isValidSignature(
                _RSA.Signing.RSASignature(rawRepresentation: signature), for: Digest.hash(message),
                padding: .insecurePKCS1v1_5)
        case .ps256(let key):
            return key.isValidSignature(
                _RSA.Signing.RSASignature(rawRepresentation: signature), for: Digest.hash(message),
                padding: .PSS)
        case .edDSA(let key): return key.isValid(signature: signature, for: message)
        }
    }

    public static func == (left: Self, right: Self) -> Bool {
        left.algorithm == right.algorithm && left.jwk == right.jwk
    }

    private static func trimmed(_ number: Data) -> [UInt8] { Array(number.drop { $0 == 0 }) }
}
