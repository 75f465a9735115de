/// A logout request of a portal (OpenID Connect RP-Initiated Logout §2): well-formed, not yet believed.
public struct LogoutRequest: Sendable {
    /// Names of all parameters, in the order in which a form carries them on.
    public static let parameterNames = [
        "id_token_hint", "logout_hint", "client_id", "post_logout_redirect_uri", "state", "ui_locales",
    ]

    /// An earlier ID token of the person; not yet verified.
    public let idTokenHint: String?
    public let client: ClientIdentifier?
    /// Compared byte for byte, never parsed.
    public let returnURI: String?
    public let state: StateValue?
    /// Languages that the person prefers (BCP 47 tags).
    public let uiLocales: [String]

    public init(parameters: FormParameters) throws(OAuthError) {
        for (name, limit) in [
            ("id_token_hint", 8192), ("logout_hint", 512), ("post_logout_redirect_uri", 2048), ("ui_locales", 512),
        ] where (parameters[name]?.utf8.count ?? 0) > limit {
            throw OAuthError(.invalidRequest, "\(name) is too long")
        }
        idTokenHint = parameters["id_token_hint"]
        returnURI = parameters["post_logout_redirect_uri"]
        client = parameters["client_id"].flatMap(ClientIdentifier.init(rawValue:))
        guard client != nil || parameters["client_id"] == nil else {
            throw OAuthError(.invalidRequest, "client_id is malformed")
        }
        state = parameters["state"].flatMap(StateValue.init(rawValue:))
        guard state != nil || parameters["state"] == nil else {
            throw OAuthError(.invalidRequest, "state is too long or has characters that are not allowed")
        }
        uiLocales = parameters["ui_locales"]?.split(separator: " ").prefix(8).map(String.init) ?? []
    }
}
