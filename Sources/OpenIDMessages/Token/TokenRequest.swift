/// A token request for an authorization code (RFC 6749 §4.1.3, RFC 7636 §4.5): well-formed, not yet believed.
public struct AuthorizationCodeRequest: Sendable {
    public let code: String
    public let redirectURI: String
    public let codeVerifier: CodeVerifier

    public init(parameters: FormParameters) throws(OAuthError) {
        guard let grantType = parameters["grant_type"] else {
            throw OAuthError(.invalidRequest, "grant_type is missing")
        }
        guard grantType == "authorization_code" else {
            throw OAuthError(.unsupportedGrantType, "only grant_type=authorization_code is supported")
        }
        guard let code = parameters["code"] else { throw OAuthError(.invalidRequest, "code is missing") }
        guard code.isASCII(1...256, CharacterClass.isVisible) else {
            throw OAuthError(.invalidGrant, "the code is malformed")
        }
        guard let redirectURI = parameters["redirect_uri"] else {
            throw OAuthError(.invalidRequest, "redirect_uri is missing")
        }
        guard let verifier = parameters["code_verifier"] else {
            throw OAuthError(.invalidRequest, "code_verifier is missing")
        }
        guard let verifier = CodeVerifier(rawValue: verifier) else {
            throw OAuthError(.invalidRequest, "code_verifier has not 43 to 128 unreserved characters")
        }
        self.code = code
        self.redirectURI = redirectURI
        codeVerifier = verifier
    }
}
