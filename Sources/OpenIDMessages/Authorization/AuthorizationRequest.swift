/// An authorization request (RFC 6749 §4.1.1, OpenID Connect Core §3.1.2.1): well-formed, not yet believed.
public struct AuthorizationRequest: Sendable {
    /// `prompt` values (OpenID Connect Core §3.1.2.1).
    public enum Prompt: String, Sendable, CaseIterable {
        case none, login, consent
        case selectAccount = "select_account"
    }

    /// `display` values (OpenID Connect Core §3.1.2.1). All get the same page, which fits them all.
    public enum Display: String, Sendable, CaseIterable {
        case page, popup, touch, wap
    }

    public let scope: Scope
    public let state: StateValue?
    public let nonce: Nonce?
    /// Always for S256 (RFC 7636 §4.3); `plain` is refused. Whether it may be missing is the client's profile to say.
    public let codeChallenge: CodeChallenge?
    public let responseMode: ResponseMode
    /// How old an earlier authentication may be, in seconds; nil when the request does not say.
    public let maximumAge: Int64?
    /// The resource that access tokens shall be for (RFC 8707 §2.1).
    public let resource: ResourceURI?
    /// The key that the code shall be bound to (RFC 9449 §10).
    public let proofKey: KeyThumbprint?
    /// The town for which a client of one-for-all services asks; nil when the request names none.
    public let servedTenant: TenantIdentifier?
    /// An earlier ID token of the person who is expected; not yet verified.
    public let idTokenHint: String?
    /// Who is expected to log in, in words of the portal; at most 512 bytes, no control characters.
    public let loginHint: String?
    /// For which company somebody is expected to act: its `sub` at the portal, or a number of it that authorities know. It is
    /// shown first, and nothing else follows from it.
    public let actingHint: String?
    public let display: Display
    public let prompts: Set<Prompt>
    /// Levels that satisfy the portal, in its order of preference; empty when it names none.
    public let acrValues: [AssuranceLevel]
    /// `acr_values` was there; if nothing in it is known the request cannot be met.
    public let asksForLevel: Bool
    /// Claims that are asked for one by one.
    public let claims: ClaimsRequest
    /// Languages that the person prefers (BCP 47 tags).
    public let uiLocales: [String]

    public init(parameters: FormParameters) throws(OAuthError) {
        try parameters.refuseOversized(AuthorizationParameter.allCases)
        try Self.refuseUnsupported(parameters)
        state = try Self.wire(parameters, .state)
        guard let responseType = parameters[.responseType] else {
            throw OAuthError(.invalidRequest, "response_type is missing")
        }
        guard responseType == "code" else {
            throw OAuthError(.unsupportedResponseType, "only response_type=code is supported")
        }
        responseMode = try Self.choice(parameters, .responseMode) ?? .query
        guard let scope = parameters[.scope].flatMap(Scope.init(asked:)) else {
            throw OAuthError(.invalidScope, "scope is missing or malformed")
        }
        guard scope.contains(Scope.openID) else {
            throw OAuthError(.invalidScope, "scope must contain openid")
        }
        self.scope = scope
        nonce = try Self.wire(parameters, .nonce)
        codeChallenge = try Self.challenge(parameters)
        prompts = try Self.prompts(parameters)
        let acrValues = parameters[.acrValues]?.split(separator: " ").map(String.init) ?? []
        guard acrValues.count <= 8 else { throw OAuthError(.invalidRequest, "acr_values has too many values") }
        asksForLevel = !acrValues.isEmpty
        self.acrValues = acrValues.compactMap(AssuranceLevel.init(acr:))
        if let text = parameters[.claims] { claims = try ClaimsRequest(parsing: text) } else { claims = .none }
        maximumAge = try Self.maximumAge(parameters)
        resource = try parameters.resource()
        proofKey = try Self.wire(parameters, .proofKey)
        servedTenant = try Self.wire(parameters, .servedTenant)
        idTokenHint = parameters[.idTokenHint]
        loginHint = parameters[.loginHint]
        actingHint = parameters[.actingHint]
        display = try Self.choice(parameters, .display) ?? .page
        uiLocales = parameters[.uiLocales]?.split(separator: " ").prefix(8).map(String.init) ?? []
    }

    private static func wire<Value: WireValue>(
        _ parameters: FormParameters, _ parameter: AuthorizationParameter
    ) throws(OAuthError) -> Value? {
        guard let text = parameters[parameter] else { return nil }
        guard let value = Value(rawValue: text) else {
            throw OAuthError(.invalidRequest, "\(parameter.rawValue) is malformed")
        }
        return value
    }

    private static func choice<Value: RawRepresentable<String>>(
        _ parameters: FormParameters, _ parameter: AuthorizationParameter
    ) throws(OAuthError) -> Value? {
        guard let text = parameters[parameter] else { return nil }
        guard let value = Value(rawValue: text) else {
            throw OAuthError(.invalidRequest, "\(parameter.rawValue) has an unknown value")
        }
        return value
    }

    private static func refuseUnsupported(_ parameters: FormParameters) throws(OAuthError) {
        // A request object is opened before its parameters are read.
        if parameters[.request] != nil || parameters[.requestURI] != nil {
            throw OAuthError(.invalidRequest, "request and request_uri are not allowed here")
        }
        if parameters[.registration] != nil {
            throw OAuthError(.registrationNotSupported, "registration is not supported")
        }
    }

    private static func maximumAge(_ parameters: FormParameters) throws(OAuthError) -> Int64? {
        guard let text = parameters[.maximumAge] else { return nil }
        guard let seconds = Int64(text), seconds >= 0, String(seconds) == text else {
            throw OAuthError(.invalidRequest, "max_age is not a number of seconds")
        }
        return seconds
    }

    /// RFC 7636 §4.3.
    private static func challenge(_ parameters: FormParameters) throws(OAuthError) -> CodeChallenge? {
        guard let text = parameters[.codeChallenge] else {
            guard parameters[.codeChallengeMethod] == nil else {
                throw OAuthError(.invalidRequest, "code_challenge is missing")
            }
            return nil
        }
        guard parameters[.codeChallengeMethod] == "S256" else {
            throw OAuthError(.invalidRequest, "code_challenge_method must be S256")
        }
        guard let challenge = CodeChallenge(rawValue: text) else {
            throw OAuthError(.invalidRequest, "code_challenge is not the base64url of a SHA-256 digest")
        }
        return challenge
    }

    private static func prompts(_ parameters: FormParameters) throws(OAuthError) -> Set<Prompt> {
        var prompts: Set<Prompt> = []
        for word in parameters[.prompt]?.split(separator: " ") ?? [] {
            guard let prompt = Prompt(rawValue: String(word)) else {
                throw OAuthError(.invalidRequest, "prompt has an unknown value")
            }
            prompts.insert(prompt)
        }
        guard !prompts.contains(.none) || prompts.count == 1 else {
            throw OAuthError(.invalidRequest, "prompt=none goes with no other value")
        }
        return prompts
    }
}
