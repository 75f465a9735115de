internal import Crypto
internal import CryptoExtras
internal import Foundation

/// A private key that decrypts what was encrypted to it. It has no description and no public private part.
public struct DecryptionKey: Sendable, CustomStringConvertible {
    enum Material: Sendable {
        case p256(P256.KeyAgreement.PrivateKey)
        case x25519(Curve25519.KeyAgreement.PrivateKey)
        /// The key in DER: the library's own type cannot be shared between tasks.
        case rsa([UInt8])
    }

    /// What a key is made of, by the names of RFC 7518 §6.2.1.1, RFC 8037 §2 and RFC 7518 §6.1.
    public enum Kind: String, Sendable, CaseIterable {
        case p256 = "P-256"
        case x25519 = "X25519"
        case rsa = "RSA"
    }

    let material: Material
    public let publicKey: EncryptionKey

    public var description: String { "(private key \(publicKey.thumbprint))" }

    /// A fresh key; an RSA key has 3072 bits.
    public static func make(_ kind: Kind) throws -> DecryptionKey {
        switch kind {
        case .p256: DecryptionKey(P256.KeyAgreement.PrivateKey())
        case .x25519: DecryptionKey(Curve25519.KeyAgreement.PrivateKey())
        case .rsa: try DecryptionKey(_RSA.Encryption.PrivateKey(keySize: _RSA.Signing.KeySize(bitCount: 3072)))
        }
    }

    /// Reads the DER that `derRepresentation` gave.
    public init(_ kind: Kind, derRepresentation: [UInt8]) throws(PrivateKeyError) {
        do {
            switch kind {
            case .p256: self.init(try P256.KeyAgreement.PrivateKey(derRepresentation: derRepresentation))
            case .x25519:
                guard let raw = CurvePrivateKeyInfo.decode(.x25519, derRepresentation) else { throw PrivateKeyError() }
                self.init(try Curve25519.KeyAgreement.PrivateKey(rawRepresentation: raw))
            case .rsa: try self.init(_RSA.Encryption.PrivateKey(derRepresentation: derRepresentation))
            }
        } catch { throw PrivateKeyError() }
    }

    init(_ key: P256.KeyAgreement.PrivateKey) {
        material = .p256(key)
        publicKey = EncryptionKey(key.publicKey)
    }

    init(_ key: Curve25519.KeyAgreement.PrivateKey) {
        material = .x25519(key)
        publicKey = EncryptionKey(key.publicKey)
    }

    init(_ key: _RSA.Encryption.PrivateKey) throws {
        material = .rsa(Array(key.derRepresentation))
        publicKey = try EncryptionKey(key.publicKey)
    }

    /// The private key in DER. For a sealed box and nothing else.
    public var derRepresentation: [UInt8] {
        switch material {
        case .p256(let key): Array(key.derRepresentation)
        case .x25519(let key): CurvePrivateKeyInfo.encode(.x25519, Array(key.rawRepresentation))
        case .rsa(let der): der
        }
    }
}
