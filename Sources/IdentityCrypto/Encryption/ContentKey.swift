internal import Crypto
internal import CryptoExtras
internal import Foundation
internal import OpenIDMessages

/// The key of one token's content, and how it gets to the recipient (RFC 7516 §5.1 steps 1 to 6, §5.2 steps 6 to 10).
enum ContentKey {
    /// Encrypts `contentKey` to `recipient`. Gives the encrypted key, and the `epk` where the algorithm has one.
    static func wrap(_ contentKey: SymmetricKey, to recipient: EncryptionKey) throws -> (
        encryptedKey: [UInt8], ephemeral: EncryptionKey?
    ) {
        switch recipient.material {
        case .p256(let key):
            let ephemeral = P256.KeyAgreement.PrivateKey()
            let secret = try ephemeral.sharedSecretFromKeyAgreement(with: key)
            return (try wrap(contentKey, secret), EncryptionKey(ephemeral.publicKey))
        case .x25519(let key):
            let ephemeral = Curve25519.KeyAgreement.PrivateKey()
            let secret = try ephemeral.sharedSecretFromKeyAgreement(with: key)
            return (try wrap(contentKey, secret), EncryptionKey(ephemeral.publicKey))
        case .rsa(let der):
            let key = try _RSA.Encryption.PublicKey(derRepresentation: der)
            return (Array(try key.encrypt(bytes(contentKey), padding: .PKCS1_OAEP_SHA256)), nil)
        }
    }

    /// The content key of a token; nil when it is not for this key, or damaged.
    static func unwrap(_ encryptedKey: [UInt8], header: JWEHeader, with recipient: DecryptionKey) -> SymmetricKey? {
        let key: SymmetricKey?
        switch recipient.material {
        case .p256(let own):
            guard case .p256(let point)? = header.ephemeral?.material,
                let secret = try? own.sharedSecretFromKeyAgreement(with: point)
            else { return nil }
            key = try? AES.KeyWrap.unwrap(encryptedKey, using: wrappingKey(secret, header.partyU, header.partyV))
        case .x25519(let own):
            guard case .x25519(let point)? = header.ephemeral?.material,
                let secret = try? own.sharedSecretFromKeyAgreement(with: point)
            else { return nil }
            key = try? AES.KeyWrap.unwrap(encryptedKey, using: wrappingKey(secret, header.partyU, header.partyV))
        case .rsa(let der):
            key = (try? _RSA.Encryption.PrivateKey(derRepresentation: der))
                .flatMap { try? $0.decrypt(encryptedKey, padding: .PKCS1_OAEP_SHA256) }
                .map { SymmetricKey(data: $0) }
        }
        return key?.bitCount == JWEContentEncryption.keyLength * 8 ? key : nil
    }

    private static func wrap(_ contentKey: SymmetricKey, _ secret: SharedSecret) throws -> [UInt8] {
        Array(try AES.KeyWrap.wrap(contentKey, using: wrappingKey(secret, [], [])))
    }

    /// RFC 7518 §4.6: with key wrapping the AlgorithmID is the `alg`, and the key has 256 bits for A256KW.
    private static func wrappingKey(_ secret: SharedSecret, _ partyU: [UInt8], _ partyV: [UInt8]) -> SymmetricKey {
        ConcatKDF.key(
            from: unsafe secret.withUnsafeBytes { unsafe Array($0) }, algorithm: JWEAlgorithm.ecdhESA256KW.rawValue,
            partyU: partyU, partyV: partyV, length: 32)
    }

    private static func bytes(_ key: SymmetricKey) -> [UInt8] { unsafe key.withUnsafeBytes { unsafe Array($0) } }
}
