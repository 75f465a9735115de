/// Where an authorization request wants to go: the part that must be believed before any error may be redirected
/// (RFC 6749 §4.1.2.1).
public struct AuthorizationTarget: Sendable {
    public let client: ClientIdentifier
    /// The `redirect_uri` as it was sent; compared byte for byte, never parsed.
    public let redirectURI: String

    public init(parameters: FormParameters) throws(OAuthError) {
        client = try Self.client(of: parameters)
        guard let redirectURI = parameters[.redirectURI] else {
            throw OAuthError(.invalidRequest, "redirect_uri is missing")
        }
        try parameters.refuseOversized([.redirectURI])
        self.redirectURI = redirectURI
    }

    /// The client that a request names.
    public static func client(of parameters: FormParameters) throws(OAuthError) -> ClientIdentifier {
        guard let text = parameters[.clientIdentifier] else {
            throw OAuthError(.invalidRequest, "client_id is missing")
        }
        guard let client = ClientIdentifier(rawValue: text) else {
            throw OAuthError(.invalidRequest, "client_id is malformed")
        }
        return client
    }
}
