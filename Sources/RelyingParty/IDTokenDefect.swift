public import IdentityCrypto

/// Why an ID token was not accepted.
public enum IDTokenDefect: Error, Sendable, Equatable {
    /// Encryption was agreed and the token is not encrypted to the portal's key, or was not agreed and it is.
    case encryption
    /// Format, key, algorithm or signature.
    case signature(JWSError)
    /// A claim that must be there is missing.
    case missing(String)
    /// A claim has a wrong type or is not what it must be.
    case wrong(String)
    case expired
    /// `iat` or `auth_time` lies in the future, or `iat` too far in the past.
    case clockDisagrees(String)
    /// The level was not reached, or it was only simulated.
    case levelNotSatisfied
    /// The login was for another town than the one for which a portal of several towns asked (invariant I28).
    case tenantMismatch
    /// A refreshed token says something else than the login's own (OpenID Connect Core §12.2).
    case changed(String)

    var remedy: String {
        switch self {
        case .encryption:
            "The ID token is not encrypted to the portal's key. Compare the key, and id_token_encrypted_response_alg, "
                + "with the client's registration."
        case .signature: "The ID token's signature does not stand with the provider's published keys."
        case .missing(let claim): "The ID token has no \(claim)."
        case .wrong(let claim): "The ID token's \(claim) is not the one that this login must have."
        case .expired: "The ID token has expired. Check the clocks of portal and provider."
        case .clockDisagrees(let claim): "The ID token's \(claim) does not fit this clock. Check the clocks."
        case .levelNotSatisfied:
            "The login did not reach a level that the portal asked for. Simulated levels (sim:) count only where the "
                + "portal's configuration accepts them."
        case .tenantMismatch:
            "The ID token is for another town than the one that this login was begun for. Discard it: its sub is of that "
                + "town's files."
        case .changed(let claim):
            "The refreshed ID token's \(claim) is not that of the login. Discard its tokens, end the session and report it "
                + "to the provider's operator."
        }
    }
}

extension IDTokenDefect: TokenDefect {}
