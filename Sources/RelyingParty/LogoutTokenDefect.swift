public import IdentityCrypto

/// Why a logout token was not accepted (OpenID Connect Back-Channel Logout §2.6).
public enum LogoutTokenDefect: Error, Sendable, Equatable {
    /// The body is not a form with one `logout_token` (§2.5).
    case malformedForm
    /// Encryption was agreed for ID tokens and the token is not encrypted to the portal's key, or was not agreed and it is.
    case encryption
    /// Format, kind, key, algorithm or signature.
    case signature(JWSError)
    /// A claim that must be there is missing.
    case missing(String)
    /// A claim has a wrong type or is not what it must be.
    case wrong(String)
    case expired
    /// `iat` lies in the future or too far in the past.
    case clockDisagrees(String)
    /// Neither `sub` nor `sid`: it says of nobody that they are logged out.
    case nobodyNamed
    /// `events` does not say that this is about a logout.
    case noLogoutEvent
    /// There is a `nonce`: this is an ID token.
    case nonce
    /// The `jti` was used before.
    case replayed
    /// Whether the `jti` is new could not be found out: too many are remembered, or the portal's own memory failed.
    case useNotDecided

    /// In `error_description` of the answer with status 400 (§2.8), and for the operator.
    public var remedy: String {
        switch self {
        case .malformedForm: "The body is not a form with one logout_token."
        case .encryption: "The logout token is not encrypted as ID tokens are."
        case .signature:
            "The logout token's signature does not stand with the provider's published keys, or it is another kind of token."
        case .missing(let claim): "The logout token has no \(claim)."
        case .wrong(let claim): "The logout token's \(claim) is not what it must be."
        case .expired: "The logout token has expired. Check the clocks of portal and provider."
        case .clockDisagrees(let claim): "The logout token's \(claim) does not fit this clock. Check the clocks."
        case .nobodyNamed: "The logout token has neither sub nor sid."
        case .noLogoutEvent: "The logout token's events name no back-channel logout."
        case .nonce: "The logout token has a nonce, which only ID tokens have."
        case .replayed: "The logout token was used before."
        case .useNotDecided: "Whether the logout token was used before could not be found out. Send another one later."
        }
    }
}

extension LogoutTokenDefect: TokenDefect {}
