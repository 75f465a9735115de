internal import OpenIDMessages

/// A successful token response (RFC 6749 §5.1, OpenID Connect Core §3.1.3.3).
struct TokenResponse: Sendable {
    let accessToken: String
    let idToken: String
    let refreshToken: String?

    /// Nil when a member is missing or malformed, or when the token is of a type that the portal cannot present.
    init?(json: JSONObject) {
        guard let accessToken = json["access_token"]?.string, Self.isToken(accessToken),
            let idToken = json["id_token"]?.string,
            json["token_type"]?.string?.lowercased() == "bearer"
        else { return nil }
        self.accessToken = accessToken
        self.idToken = idToken
        refreshToken = json["refresh_token"]?.string
    }

    /// `b64token` (RFC 6750 §2.1): nothing that could end a header line.
    static func isToken(_ text: String) -> Bool {
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
