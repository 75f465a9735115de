internal import Crypto
internal import Foundation
internal import OpenIDMessages

/// A compact JWE (RFC 7516 §7.1), parsed strictly and not yet decrypted.
///
/// Encryption hides; it proves nothing about who wrote: what is inside must be signed.
public struct CompactJWE: Sendable {
    /// The longest token that is read, in bytes: enough for the longest signed one inside.
    public static let maximumLength = 32_768

    public let header: JWEHeader
    private let encryptedKey: [UInt8]
    private let nonce: [UInt8]
    private let ciphertext: [UInt8]
    private let tag: [UInt8]
    /// The header's text, which is authenticated with the content.
    private let authenticated: [UInt8]

    public init(parsing text: String) throws(JWEError) {
        guard text.utf8.count <= Self.maximumLength else { throw .malformed }
        let parts = Array(text.utf8).split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 5, let header = Base64URL.decode(parts[0]), let encryptedKey = Base64URL.decode(parts[1]),
            let nonce = Base64URL.decode(parts[2]), let ciphertext = Base64URL.decode(parts[3]),
            let tag = Base64URL.decode(parts[4]),
            let object = try? StrictJSON.parseObject(header, maximumValues: CompactJWS.maximumValues.header)
        else { throw .malformed }
        self.header = try JWEHeader(object)
        guard nonce.count == JWEContentEncryption.nonceLength, tag.count == JWEContentEncryption.tagLength else {
            throw .malformed
        }
        self.encryptedKey = encryptedKey
        self.nonce = nonce
        self.ciphertext = ciphertext
        self.tag = tag
        authenticated = Array(parts[0])
    }

    /// The content. Whatever does not fit the key gives the same error, and takes the same way: a content key that cannot
    /// be had is replaced by a random one (RFC 7516 §11.5).
    public func decrypt(with key: DecryptionKey) throws(JWEError) -> [UInt8] {
        guard header.algorithm == key.publicKey.algorithm else { throw .wrongAlgorithm }
        let contentKey =
            ContentKey.unwrap(encryptedKey, header: header, with: key) ?? SymmetricKey(size: .bits256)
        guard let box = try? AES.GCM.SealedBox(nonce: AES.GCM.Nonce(data: nonce), ciphertext: ciphertext, tag: tag),
            let content = try? AES.GCM.open(box, using: contentKey, authenticating: authenticated)
        else { throw .cannotDecrypt }
        return Array(content)
    }

    /// Encrypts `content` to `key`.
    ///
    /// - Parameters:
    ///   - contentType: `JWT` when the content is a compact JWS (RFC 7519 §5.2).
    ///   - keyIdentifier: the recipient's name for its key; without one its thumbprint is not told either.
    public static func encrypt(
        _ content: [UInt8], to key: EncryptionKey, contentType: String? = nil, keyIdentifier: String? = nil
    ) throws -> String {
        let contentKey = SymmetricKey(size: .bits256)
        let (encryptedKey, ephemeral) = try ContentKey.wrap(contentKey, to: key)
        var header: JSONObject = [
            "alg": .string(key.algorithm.rawValue), "enc": .string(JWEContentEncryption.a256GCM.rawValue),
        ]
        header["kid"] = keyIdentifier.map { .string($0) }
        header["cty"] = contentType.map { .string($0) }
        header["epk"] = ephemeral.map { .object($0.jwk) }
        let authenticated = Base64URL.encode(header.serialized)
        let box = try AES.GCM.seal(content, using: contentKey, authenticating: Array(authenticated.utf8))
        let parts = [encryptedKey, Array(box.nonce), Array(box.ciphertext), Array(box.tag)]
        return ([authenticated] + parts.map { Base64URL.encode($0) }).joined(separator: ".")
    }
}
