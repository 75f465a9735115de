internal import IdentityCrypto

/// Takes the encryption from an ID token or a logout token, the first step of OpenID Connect Core §3.1.3.7 and of Back-Channel
/// Logout §2.6. What was agreed decides, not what comes: with a key a token that is only signed is refused, and without one a
/// token that is encrypted.
struct TokenDecryption<Defect: TokenDefect>: Sendable {
    /// The key to which ID tokens are encrypted; nil when none was agreed.
    let key: DecryptionKey?

    /// The signed token inside (RFC 7519 §5.2). Nothing in it is proved yet.
    func signedToken(in text: String) throws(Defect) -> String {
        guard let key else {
            guard (try? CompactJWE(parsing: text)) == nil else { throw .encryption }
            return text
        }
        do throws(JWEError) {
            let token = try CompactJWE(parsing: text)
            guard token.header.contentType?.uppercased() == "JWT" else { throw JWEError.malformed }
            return String(decoding: try token.decrypt(with: key), as: UTF8.self)
        } catch { throw .encryption }
    }
}
