internal import AccountDirectory
internal import IdentityCrypto
internal import OpenIDMessages

/// Logout tokens (OpenID Connect Back-Channel Logout §2.4).
enum LogoutToken {
    /// No other token of ours has this type, so that none passes for another (RFC 8725 §3.11).
    static let type = "logout+jwt"
    static let event = "http://schemas.openid.net/event/backchannel-logout"
    /// In seconds; §2.4 recommends at most two minutes.
    static let lifetime: Int64 = 120

    /// The claims of a token about a delivery. Never a `nonce`, which would make it look like an ID token.
    static func claims(_ delivery: LogoutDelivery, issuer: IssuerURL, now: Timestamp) -> JSONObject {
        [
            "iss": .string(issuer.rawValue), "aud": .string(delivery.client.rawValue), "iat": now.json,
            "exp": (now + lifetime).json, "jti": .string(RandomBytes.text(16)),
            "sub": .string(delivery.subject.rawValue), "sid": .string(delivery.session.rawValue),
            "events": .object([event: .object([:])]),
        ]
    }
}
