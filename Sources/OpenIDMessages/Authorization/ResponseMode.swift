/// How an authorization response comes back to the portal; `fragment` does not exist here.
public enum ResponseMode: String, Sendable, Hashable, CaseIterable {
    /// OAuth 2.0 Multiple Response Types §2.1.
    case query
    /// OAuth 2.0 Form Post Response Mode.
    case formPost = "form_post"
    /// JARM §2.3.4: for the code flow the same as `query.jwt`.
    case jwt
    case queryJWT = "query.jwt"
    case formPostJWT = "form_post.jwt"

    /// True when the response is one signed JWT (JARM).
    public var isSigned: Bool { self == .jwt || self == .queryJWT || self == .formPostJWT }

    /// True when the browser posts a form instead of following a redirect.
    public var isForm: Bool { self == .formPost || self == .formPostJWT }
}
