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

    /// RISC Profile 1.0 §2.1: the portal may delete what it keeps under this subject, by its own law.
    static let purgeEvent = "https://schemas.openid.net/secevent/risc/event-type/account-purged"

    /// The claims of a token about a delivery. Never a `nonce`, which would make it look like an ID token.
    ///
    /// Without a session all of the subject's are over (§2.4). That the account is gone is said beside it: whoever does
    /// not know the second event signs out, which is right.
    static func claims(_ delivery: LogoutDelivery, issuer: IssuerURL, now: Timestamp) -> JSONObject {
        var events: JSONObject = [event: .object([:])]
        if delivery.session == nil { events[purgeEvent] = .object([:]) }
        var claims: JSONObject = [
            "iss": .string(issuer.rawValue), "aud": .string(delivery.client.rawValue), "iat": now.json,
            "exp": (now + lifetime).json, "jti": .string(RandomBytes.text(16)),
            "sub": .string(delivery.subject.rawValue),
        ]
        claims["sid"] = delivery.session.map { .string($0.name(for: delivery.subject).rawValue) }
        claims["events"] = .object(events)
        return claims
    }
}
