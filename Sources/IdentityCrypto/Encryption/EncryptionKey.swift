internal import Crypto
internal import CryptoExtras
internal import Foundation
public import OpenIDMessages

/// A recipient's public key, to which content is encrypted with exactly one algorithm.
public struct EncryptionKey: Sendable, Equatable {
    enum Material: Sendable {
        case p256(P256.KeyAgreement.PublicKey)
        case x25519(Curve25519.KeyAgreement.PublicKey)
        /// The key in DER: the library's own type cannot be shared between tasks.
        case rsa([UInt8])
    }

    let material: Material
    /// The required members of the JWK alone, in the order of RFC 7638 §3.2.
    public let jwk: JSONObject
    public let thumbprint: KeyThumbprint

    public var algorithm: JWEAlgorithm {
        switch material {
        case .p256, .x25519: .ecdhESA256KW
        case .rsa: .rsaOAEP256
        }
    }

    /// Reads a public JWK (RFC 7517 §4, RFC 7518 §6, RFC 8037 §2) that may be used for encryption.
    public init(jwk object: JSONObject) throws(JSONWebKeyError) {
        try self.init(publicMembersOf: object)
        if let use = object["use"], use != "enc" { throw .notForEncryption }
        if let algorithm = object["alg"], algorithm.string != self.algorithm.rawValue { throw .notForEncryption }
        if let operations = object["key_ops"] {
            let fitting: Set = algorithm == .rsaOAEP256 ? ["encrypt", "wrapKey"] : ["deriveKey", "deriveBits"]
            guard let operations = operations.strings, !fitting.isDisjoint(with: operations) else {
                throw .notForEncryption
            }
        }
    }

    /// Reads the required members alone, as those of an `epk` (RFC 7518 §4.6.1.1).
    init(publicMembersOf object: JSONObject) throws(JSONWebKeyError) {
        try PublicMembers.refusePrivate(object)
        switch (object["kty"]?.string, object["crv"]?.string) {
        case ("EC", "P-256"):
            let point = try PublicMembers.point(object).bytes
            guard let key = try? P256.KeyAgreement.PublicKey(rawRepresentation: point) else { throw .malformed }
            self.init(key)
        case ("OKP", "X25519"):
            guard let point = object["x"]?.string.flatMap({ Base64URL.decode($0) }), point.count == 32,
                let key = try? Curve25519.KeyAgreement.PublicKey(rawRepresentation: point), Self.isUsable(key)
            else { throw .malformed }
            self.init(key)
        case ("RSA", _):
            let (modulus, exponent) = try PublicMembers.numbers(object)
            guard let key = try? _RSA.Encryption.PublicKey(n: modulus, e: exponent) else { throw .malformed }
            self.init(
                material: .rsa(Array(key.derRepresentation)),
                jwk: [
                    "e": .string(Base64URL.encode(exponent)), "kty": "RSA", "n": .string(Base64URL.encode(modulus)),
                ])
        default: throw .unsupportedKeyType
        }
    }

    init(_ key: P256.KeyAgreement.PublicKey) {
        let point = Array(key.rawRepresentation)
        self.init(
            material: .p256(key),
            jwk: [
                "crv": "P-256", "kty": "EC", "x": .string(Base64URL.encode(point[..<32])),
                "y": .string(Base64URL.encode(point[32...])),
            ])
    }

    init(_ key: Curve25519.KeyAgreement.PublicKey) {
        let point = Base64URL.encode(Array(key.rawRepresentation))
        self.init(material: .x25519(key), jwk: ["crv": "X25519", "kty": "OKP", "x": .string(point)])
    }

    init(_ key: _RSA.Encryption.PublicKey) throws {
        let numbers = try key.getKeyPrimitives()
        let members = [numbers.publicExponent, numbers.modulus].map { Base64URL.encode(Array($0.drop { $0 == 0 })) }
        self.init(
            material: .rsa(Array(key.derRepresentation)),
            jwk: ["e": .string(members[0]), "kty": "RSA", "n": .string(members[1])])
    }

    private init(material: Material, jwk: JSONObject) {
        self.material = material
        self.jwk = jwk
        thumbprint = KeyThumbprint(ofRequiredMembers: jwk)
    }

    /// False for points of small order: with them every secret is zero, which the library does not refuse (RFC 7748 §6.1).
    private static func isUsable(_ key: Curve25519.KeyAgreement.PublicKey) -> Bool {
        guard let secret = try? Curve25519.KeyAgreement.PrivateKey().sharedSecretFromKeyAgreement(with: key) else {
            return false
        }
        return unsafe secret.withUnsafeBytes { unsafe $0.contains { $0 != 0 } }
    }

    /// The JWK as a key set lists it: with `kid`, `use` and `alg`.
    public func listedJWK(identifier: String) -> JSONObject {
        var object = jwk
        object["kid"] = .string(identifier)
        object["use"] = "enc"
        object["alg"] = .string(algorithm.rawValue)
        return object
    }

    public static func == (left: Self, right: Self) -> Bool { left.jwk == right.jwk }
}
