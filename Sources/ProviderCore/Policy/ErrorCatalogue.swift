public import OpenIDMessages

/// Where a caller hears an OAuth error.
public enum ErrorPlace: String, Sendable, Hashable, CaseIterable {
    /// Parameters on the way back to the portal (RFC 6749 §4.1.2.1).
    case redirect
    /// A page for the person: client or redirect URI are not believed yet, so there is no way back.
    case page
    /// JSON at `/par`, `/token`, `/introspect`, `/revoke`, `/device_authorization`, `/bc-authorize` and `/authority/check`
    /// (RFC 6749 §5.2).
    case endpoint
    /// JSON at `/register` (RFC 7591 §3.2.2).
    case registration
    /// JSON and a challenge at `/userinfo` (RFC 6750 §3).
    case userinfo
}

/// What an OAuth error means and what the portal's developer does about it.
public struct ErrorEntry: Sendable {
    /// One plain sentence.
    public let meaning: String
    public let remedy: String
    /// Where it occurs.
    public let places: Set<ErrorPlace>
}

extension OAuthError.Code {
    /// The HTTP status of an answer with this error.
    ///
    /// - Parameter reason: why, where that makes a difference: who calls too often hears 429 (RFC 6585 §4).
    public func status(at place: ErrorPlace, reason: Refusal? = nil) -> Int {
        switch (place, self) {
        case (.redirect, _): 303
        case (_, .serverError): 500
        case (.endpoint, .temporarilyUnavailable) where reason == .rateLimited: 429
        case (.registration, .temporarilyUnavailable) where reason == .rateLimited: 429
        case (_, .temporarilyUnavailable): 503
        case (.page, _): 400
        case (.endpoint, .invalidClient), (.registration, .invalidToken): 401
        case (.endpoint, _), (.registration, _): 400
        case (.userinfo, .invalidRequest): 400
        case (.userinfo, .insufficientScope): 403
        // RFC 6750 §3.1, RFC 9449 §7.1, RFC 9470 §3: the call needs another token or proof.
        case (.userinfo, _): 401
        }
    }

    /// The catalogue, which `docs/errors.md` shows.
    public var entry: ErrorEntry {
        switch self {
        case .invalidRequest:
            ErrorEntry(
                "A parameter is missing, malformed, too long or sent twice; the description names it.",
                "Correct the parameter. What is present but unusable is never ignored.",
                [.redirect, .page, .endpoint, .registration, .userinfo])
        case .unauthorizedClient:
            ErrorEntry(
                "The client may not use this grant.", "Ask the operator to list the grant in `grant_types`.",
                [.redirect, .endpoint])
        case .accessDenied:
            ErrorEntry(
                "The person refused, cancelled or took too long.",
                "Say so and offer to begin again; do not begin by yourself.", [.redirect, .endpoint])
        case .unsupportedResponseType:
            ErrorEntry("Another response type than `code`.", "Send `response_type=code`.", [.redirect, .endpoint])
        case .invalidScope:
            ErrorEntry(
                "A scope or claim that the client may not ask for.",
                "Ask for less, or ask the operator to list the scope for the client.", [.redirect, .endpoint])
        case .serverError:
            ErrorEntry(
                "Something went wrong at the provider.", "Try again later; quote the reference to the operator.",
                [.page, .endpoint, .registration, .userinfo])
        case .temporarilyUnavailable:
            ErrorEntry(
                "The provider has no room for this now, or cannot fetch the client's keys.",
                "Try again after some seconds, each time later.",
                [.redirect, .page, .endpoint, .registration, .userinfo])
        case .invalidClient:
            ErrorEntry(
                "The client did not prove who it is.",
                "Check key, `kid`, `aud` (the issuer as one string), `exp`, a fresh `jti`, the clock; or the secret.",
                [.page, .endpoint])
        case .invalidGrant:
            ErrorEntry(
                "The code or token is unknown, used, expired, revoked or made for another client, key or redirect URI.",
                "Begin a new login. Redeem a code once and at once, with the same `redirect_uri` and `code_verifier`.",
                [.endpoint])
        case .unsupportedGrantType:
            ErrorEntry("The grant type does not exist here.", "See `grant_types_supported`.", [.endpoint])
        case .invalidToken:
            ErrorEntry(
                "The access token is missing, malformed, expired, revoked or bound to another key.",
                "Refresh the token or begin a new login; use a registration token only at its own address.",
                [.registration, .userinfo])
        case .insufficientScope:
            ErrorEntry(
                "The token's scope is too small for this call.", "Begin a login with the scope `openid`.", [.userinfo])
        case .loginRequired:
            ErrorEntry(
                "Nobody, somebody else or somebody whose login is too old is signed in.",
                "Begin a login without `prompt=none`.", [.redirect])
        case .interactionRequired:
            ErrorEntry(
                "The person must be asked, and `prompt=none` forbids it.", "Begin a login without `prompt=none`.",
                [.redirect])
        case .consentRequired:
            ErrorEntry(
                "The person has not released these claims yet.", "Begin a login without `prompt=none`.", [.redirect])
        case .requestURINotSupported:
            ErrorEntry(
                "A `request_uri` that was not pushed here; documents elsewhere are never fetched.",
                "Push the request to `/par`.", [.redirect, .page])
        case .invalidRequestURI:
            ErrorEntry(
                "The pushed request is unknown, used, expired or of another client.",
                "Push each request anew and use its address within 60 seconds.", [.page])
        case .registrationNotSupported:
            ErrorEntry(
                "The parameter `registration` is not supported.", "Register at `/register`.", [.redirect, .endpoint])
        case .invalidRequestObject:
            ErrorEntry(
                "The signed request object is not acceptable.",
                "Sign with a registered key; `iss` the client, `aud` the issuer, `nbf` and `exp` within 60 minutes.",
                [.page, .endpoint])
        case .unmetAuthenticationRequirements:
            ErrorEntry(
                "The level that is asked for cannot be reached, and no lower one is given.",
                "Ask for a level of `acr_values_supported`; tell the person what the service needs.",
                [.redirect, .endpoint])
        case .invalidTarget:
            ErrorEntry(
                "The `resource` is unknown, missing or not allowed for this client or grant.",
                "Name one that the operator lists for the client.", [.redirect, .endpoint])
        case .authorizationPending:
            ErrorEntry("The person has not decided yet.", "Ask again after `interval` seconds.", [.endpoint])
        case .slowDown:
            ErrorEntry("The device or portal asks too often.", "Wait five seconds longer between calls.", [.endpoint])
        case .expiredToken:
            ErrorEntry(
                "The device code or `auth_req_id` is over.",
                "Begin again at `/device_authorization`; over the back channel only when the person wants it.",
                [.endpoint])
        case .expiredLoginHintToken:
            ErrorEntry("The `login_hint_token` is too old.", "Make a fresh one for each request.", [.endpoint])
        case .unknownUserIdentifier:
            ErrorEntry(
                "The hint cannot name anybody: it is no `sub` and no token about one. Whether a person with a `sub` "
                    + "exists is never told.",
                "Send the `sub` of an earlier login at this portal.", [.endpoint])
        case .invalidUserCode:
            ErrorEntry("User codes are not offered.", "Leave out `user_code`: the phone asks for its PIN.", [.endpoint])
        case .invalidBindingMessage:
            ErrorEntry(
                "The `binding_message` is too long or has hidden characters.",
                "Send 1 to 100 visible characters.", [.endpoint])
        case .insufficientUserAuthentication:
            ErrorEntry(
                "The token came from a login at a lower level than the client needs now.",
                "Begin a login with the `acr_values` of the challenge.", [.userinfo])
        case .invalidRedirectURI:
            ErrorEntry(
                "A redirect URI that cannot be registered.",
                "Register https addresses without fragment, user or wildcard.", [.registration])
        case .invalidClientMetadata:
            ErrorEntry(
                "A member of the client's metadata cannot be honoured; the description names it.",
                "Correct or leave out the member.", [.registration])
        case .unapprovedSoftwareStatement:
            ErrorEntry("Software statements are not accepted.", "Register without one.", [.registration])
        case .invalidDPoPProof:
            ErrorEntry(
                "The DPoP proof is missing, malformed, used before or not for this call, key or token.",
                "Make a fresh proof for each call: `htm`, `htu`, `jti`, `iat`, `nonce` and, with a token, `ath`.",
                [.endpoint, .userinfo])
        case .useDPoPNonce:
            ErrorEntry(
                "The proof needs the provider's nonce.", "Repeat the call with the `DPoP-Nonce` of this answer.",
                [.endpoint, .userinfo])
        }
    }
}

extension ErrorEntry {
    fileprivate init(_ meaning: String, _ remedy: String, _ places: Set<ErrorPlace>) {
        self.init(meaning: meaning, remedy: remedy, places: places)
    }
}
