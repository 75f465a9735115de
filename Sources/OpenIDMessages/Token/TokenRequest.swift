/// A token request (RFC 6749 §4.1.3, §4.4.2, §6; RFC 8628 §3.4; RFC 8693 §2.1; CIBA Core §10.1): well-formed, not yet
/// believed.
public enum TokenRequest: Sendable {
    case authorizationCode(AuthorizationCodeRequest)
    case refreshToken(RefreshRequest)
    case clientCredentials(RequestedAccess)
    case deviceCode(String)
    case tokenExchange(TokenExchangeRequest)
    /// By the `auth_req_id` of a back-channel authentication request.
    case backChannel(String)

    public static let deviceCodeGrant = "urn:ietf:params:oauth:grant-type:device_code"
    public static let tokenExchangeGrant = "urn:ietf:params:oauth:grant-type:token-exchange"
    public static let backChannelGrant = "urn:openid:params:grant-type:ciba"

    public init(parameters: FormParameters) throws(OAuthError) {
        switch parameters["grant_type"] {
        case nil: throw OAuthError(.invalidRequest, "grant_type is missing")
        case "authorization_code": self = .authorizationCode(try AuthorizationCodeRequest(parameters: parameters))
        case "refresh_token": self = .refreshToken(try RefreshRequest(parameters: parameters))
        case "client_credentials": self = .clientCredentials(try RequestedAccess(parameters: parameters))
        case Self.deviceCodeGrant:
            self = .deviceCode(try parameters.handle("device_code"))
        case Self.backChannelGrant:
            self = .backChannel(try parameters.handle("auth_req_id"))
        case Self.tokenExchangeGrant: self = .tokenExchange(try TokenExchangeRequest(parameters: parameters))
        default: throw OAuthError(.unsupportedGrantType, "grant_type is not supported")
        }
    }
}

/// The access that a token request asks for; nil where it leaves it to the grant.
public struct RequestedAccess: Sendable {
    /// RFC 6749 §3.3.
    public let scope: Scope?
    /// RFC 8707 §2.2.
    public let resource: ResourceURI?

    public init(parameters: FormParameters) throws(OAuthError) {
        if let text = parameters["scope"] {
            guard let scope = Scope(asked: text) else { throw OAuthError(.invalidScope, "scope is malformed") }
            self.scope = scope
        } else {
            scope = nil
        }
        resource = try parameters.resource()
    }
}

/// RFC 6749 §4.1.3, RFC 7636 §4.5.
public struct AuthorizationCodeRequest: Sendable {
    public let code: String
    public let redirectURI: String
    /// Nil only where the client sent no challenge either.
    public let codeVerifier: CodeVerifier?
    /// RFC 8707 §2.2. A `scope` is ignored: this request has none (RFC 6749 §4.1.3, §3.2), yet much software repeats the one
    /// of its authorization request. What was granted stands in the answer.
    public let resource: ResourceURI?

    public init(parameters: FormParameters) throws(OAuthError) {
        code = try parameters.handle("code")
        guard let redirectURI = parameters["redirect_uri"] else {
            throw OAuthError(.invalidRequest, "redirect_uri is missing")
        }
        guard redirectURI.utf8.count <= 2048 else { throw OAuthError(.invalidGrant, "redirect_uri is too long") }
        self.redirectURI = redirectURI
        codeVerifier = try parameters["code_verifier"].map { text throws(OAuthError) in
            guard let verifier = CodeVerifier(rawValue: text) else {
                throw OAuthError(.invalidRequest, "code_verifier has not 43 to 128 unreserved characters")
            }
            return verifier
        }
        resource = try parameters.resource()
    }
}

/// RFC 6749 §6.
public struct RefreshRequest: Sendable {
    public let refreshToken: String
    public let access: RequestedAccess

    public init(parameters: FormParameters) throws(OAuthError) {
        refreshToken = try parameters.handle("refresh_token")
        access = try RequestedAccess(parameters: parameters)
    }
}

/// RFC 8693 §2.1: access tokens for access tokens; the actor is the authenticated client.
public struct TokenExchangeRequest: Sendable {
    public static let accessTokenType = "urn:ietf:params:oauth:token-type:access_token"

    public let subjectToken: String
    public let access: RequestedAccess

    public init(parameters: FormParameters) throws(OAuthError) {
        guard let token = parameters["subject_token"] else {
            throw OAuthError(.invalidRequest, "subject_token is missing")
        }
        guard token.utf8.count <= AccessTokenText.maximumLength else {
            throw OAuthError(.invalidRequest, "subject_token is too long")
        }
        guard parameters["subject_token_type"] == Self.accessTokenType else {
            throw OAuthError(.invalidRequest, "subject_token_type must be that of an access token")
        }
        guard [nil, Self.accessTokenType].contains(parameters["requested_token_type"]) else {
            throw OAuthError(.invalidRequest, "only access tokens can be requested")
        }
        guard parameters["actor_token"] == nil, parameters["actor_token_type"] == nil else {
            throw OAuthError(.invalidRequest, "actor_token is not supported: the client itself is the actor")
        }
        guard parameters["audience"] == nil else {
            throw OAuthError(.invalidTarget, "audience is not supported: use resource")
        }
        subjectToken = token
        access = try RequestedAccess(parameters: parameters)
    }
}

/// Limits of access tokens as they are presented.
public enum AccessTokenText {
    /// The longest token that is looked at, in bytes.
    public static let maximumLength = 8192
}

extension FormParameters {
    /// What is asked for at the authorization and the token endpoint is read alike (RFC 8707 §2.1, §2.2).
    func resource() throws(OAuthError) -> ResourceURI? {
        guard let text = self["resource"] else { return nil }
        guard let resource = ResourceURI(rawValue: text) else {
            throw OAuthError(.invalidTarget, "resource is no absolute URI without fragment")
        }
        return resource
    }

    /// A code or token that must be there: 1 to 256 visible characters.
    fileprivate func handle(_ name: String) throws(OAuthError) -> String {
        guard let text = self[name] else { throw OAuthError(.invalidRequest, "\(name) is missing") }
        guard text.isASCII(1...256, CharacterClass.isVisible) else {
            throw OAuthError(.invalidGrant, "\(name) is malformed")
        }
        return text
    }
}
