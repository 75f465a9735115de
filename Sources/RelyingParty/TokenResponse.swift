internal import OpenIDMessages

/// A successful token response (RFC 6749 §5.1, OpenID Connect Core §3.1.3.3, §12.2).
struct TokenResponse: Sendable {
    let accessToken: String
    let expiresAt: Timestamp?
    /// A refresh may bring none (OpenID Connect Core §12.2).
    let idToken: String?
    let refreshToken: String?

    /// - Parameter isBound: whether the request proved a key: then the token must be bound to it. A bearer token instead would
    ///   take away the protection that was asked for, and a bound one cannot be used without a key (RFC 9449 §5, RFC 6749 §7.1).
    init(json: JSONObject, isBound: Bool, now: Timestamp) throws(RelyingPartyError) {
        guard let type = json["token_type"]?.string else { throw Self.malformed }
        guard type.lowercased() == (isBound ? "dpop" : "bearer") else { throw .tokenTypeMismatch }
        guard let accessToken = json["access_token"]?.string, Self.isToken(accessToken) else { throw Self.malformed }
        self.accessToken = accessToken
        idToken = try Self.text("id_token", in: json)
        refreshToken = try Self.text("refresh_token", in: json)
        guard let lifetime = json["expires_in"] else {
            expiresAt = nil
            return
        }
        guard let seconds = lifetime.integer, (0...Self.longestLifetime).contains(seconds) else { throw Self.malformed }
        expiresAt = now + seconds
    }

    private static let malformed = RelyingPartyError.unusableAnswer(.token, status: 200)
    /// A century, in seconds: far from what a sum of times could not hold.
    private static let longestLifetime: Int64 = 3_153_600_000

    /// The longest token that is taken, in bytes.
    static let maximumLength = 65_536

    /// A member that may be absent, and must be visible characters (RFC 6749 Appendix A, `VSCHAR`) if it is there.
    private static func text(_ name: String, in json: JSONObject) throws(RelyingPartyError) -> String? {
        guard let value = json[name] else { return nil }
        guard let text = value.string, (1...maximumLength).contains(text.utf8.count),
            text.utf8.allSatisfy({ (0x20...0x7E).contains($0) })
        else { throw malformed }
        return text
    }

    /// `b64token` (RFC 6750 §2.1): nothing that could end a header line.
    private static func isToken(_ text: String) -> Bool {
        (1...16_384).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"):
                    true
                default: "-._~+/=".utf8.contains(byte)
                }
            }
    }
}
