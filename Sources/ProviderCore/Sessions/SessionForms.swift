internal import IdentityCrypto
internal import OpenIDMessages

/// Tokens that forms about a session carry back: only a page that was made for this browser's cookie knows its token.
struct SessionForms: Sendable {
    let key: [UInt8]

    func token(for cookie: OneTimeHandle) -> String {
        let message = Array("citizen-id/session-form/v1\n\(cookie.text)".utf8)
        return Base64URL.encode(Digest.authenticationCode(message, key: key))
    }

    func isToken(_ text: String?, for cookie: OneTimeHandle) -> Bool {
        guard let text else { return false }
        return constantTimeEqual(Array(text.utf8), Array(token(for: cookie).utf8))
    }
}
