internal import OpenIDMessages

extension Refusal {
    /// The part of the catalogue about what is not well-formed, and about asking before there is an answer.
    var formEntry: RefusalEntry {
        switch self {
        case .requestMalformed:
            RefusalEntry(
                .portal, "A parameter of an authorization request or of a logout is missing, malformed or too long.",
                [
                    .oauth(.invalidRequest), .oauth(.invalidScope), .oauth(.invalidTarget),
                    .oauth(.registrationNotSupported), .page(.loginRefused),
                ],
                "The description that the portal heard names the parameter; the scope must contain `openid`.")
        case .responseTypeUnsupported:
            RefusalEntry(
                .portal, "The portal asked for another response type than `code`.",
                [.oauth(.unsupportedResponseType)],
                "Set the portal's software to the code flow: not implicit, not hybrid.")
        case .responseModeNotAllowed:
            RefusalEntry(
                .portal, "The client may not have its answers by this `response_mode`.", [.oauth(.invalidRequest)],
                "List it in `response_modes`, or leave the parameter out.")
        case .codeChallengeMissing:
            RefusalEntry(
                .portal, "The request has no code challenge, which the client's profile demands.",
                [.oauth(.invalidRequest)],
                "Turn PKCE with S256 on in the portal's software (RFC 7636).")
        case .requestURIForeign:
            RefusalEntry(
                .portal, "`request_uri` is an address elsewhere; documents elsewhere are never fetched.",
                [.oauth(.requestURINotSupported)],
                "Push the request to `/par`, or send a signed one as `request`.")
        case .callMalformed:
            RefusalEntry(
                .portal,
                "A call of a portal or a device is not well-formed, or asks for a grant that does not exist.",
                [
                    .oauth(.invalidRequest), .oauth(.invalidClient), .oauth(.invalidGrant), .oauth(.invalidScope),
                    .oauth(.invalidTarget), .oauth(.unsupportedGrantType), .oauth(.invalidUserCode),
                    .oauth(.invalidBindingMessage), .oauth(.unknownUserIdentifier), .problem(.invalidRequest),
                    .problem(.tooLarge), .problem(.unsupportedMediaType),
                ],
                "The description that the portal heard names the parameter. A device's call is an error in its program."
            )
        case .decisionPending:
            RefusalEntry(
                .person, "A device or portal asked before the person had decided.", [.oauth(.authorizationPending)],
                "Nothing to mend: it asks again after `interval` seconds.")
        case .polledTooOften:
            RefusalEntry(
                .portal, "A device or portal asks for its tokens faster than it was told.", [.oauth(.slowDown)],
                "Wait `interval` seconds between two calls, and five more after each `slow_down`.")
        default:
            RefusalEntry(
                .person, "The person refused what a device or portal waits for.", [.oauth(.accessDenied)],
                "Nothing to mend.")
        }
    }
}
