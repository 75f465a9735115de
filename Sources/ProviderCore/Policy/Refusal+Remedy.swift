extension Refusal {
    /// What the portal's developer does about a refusal of this kind; nil for those that no portal causes.
    var portalRemedy: String? {
        switch self {
        case .redirectURINotRegistered, .redirectURIMismatch:
            "Send exactly a registered redirect URI, at the token endpoint the same as in the request."
        case .pushedRequestRequired: "Send the request to /par first."
        case .pushedRequestUnknown: "Use a request_uri at once, and once: it lives for a minute."
        case .scopeNotAllowed: "Ask only for scopes of the registration, with openid."
        case .levelUnknown: "Ask in acr_values for levels of the provider's metadata."
        case .requestObjectSignature, .requestObjectClaims, .requestObjectTime, .requestObjectReplayed,
            .requestObjectRequired:
            "Sign a fresh request object for each login, with iss, aud, exp, nbf and jti (RFC 9101)."
        case .clientMethodMismatch: "Authenticate in the registered way (token_endpoint_auth_method)."
        case .clientSecretWrong: "Compare the secret with secret_sha256 of the registration."
        case .clientKeyUnknown, .assertionSignature: "Register the public key of the key that signs, with its kid."
        case .clientKeysUnreachable: "Make jwks_uri reachable for the provider."
        case .assertionClaims: "Set iss and sub to the client_id, aud to the issuer as one string, and a fresh jti."
        case .assertionTooOld: "Set the clock by NTP, and exp at most five minutes ahead."
        case .assertionReplayed: "Make a new assertion with a new jti for each call."
        case .assertionHeader, .assertionAlgorithm: "Sign with the registered algorithm, without a key in the header."
        case .codeUnknown, .codeReplayed, .codeExpired, .codeOfOtherClient:
            "Redeem each code once, within a minute, by the client that asked."
        case .codeVerifierMismatch: "Send the code_verifier of the same login."
        case .grantTypeNotAllowed: "Use grants of the registration only, or register the grant."
        case .proofMissing, .proofMalformed, .proofNonce, .proofReplayed, .proofKeyMismatch:
            "Send a fresh DPoP proof with each call, under the same key, with the provider's last nonce."
        case .refreshTokenUnknown, .refreshTokenReplayed, .refreshTokenExpired:
            "Keep the newest refresh token, use it once, and log in again when it is refused."
        case .resourceNotAllowed: "Ask for registered resources only."
        case .logoutURINotRegistered: "Register the post_logout_redirect_uri, byte for byte."
        case .levelAboveProfile: "Use a client with PKCE for logins above level normal."
        default: nil
        }
    }
}
