/// A question about a token (RFC 7662 §2.1) or the wish to end it (RFC 7009 §2.1).
public struct TokenInquiry: Sendable {
    public let token: String

    /// `token_type_hint` is read and not needed: a token says itself what it is. An unknown hint is ignored (RFC 7009
    /// §2.1), an oversized one is not.
    public init(parameters: FormParameters) throws(OAuthError) {
        guard let token = parameters["token"] else { throw OAuthError(.invalidRequest, "token is missing") }
        guard token.utf8.count <= AccessTokenText.maximumLength else {
            throw OAuthError(.invalidRequest, "token is too long")
        }
        guard (parameters["token_type_hint"]?.utf8.count ?? 0) <= 64 else {
            throw OAuthError(.invalidRequest, "token_type_hint is too long")
        }
        self.token = token
    }
}
