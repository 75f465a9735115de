/// Where an authorization request wants to go: the part that must be believed before any error may be redirected
/// (RFC 6749 §4.1.2.1).
public struct AuthorizationTarget: Sendable {
    public let client: ClientIdentifier
    /// The `redirect_uri` as it was sent; compared byte for byte, never parsed.
    public let redirectURI: String

    public init(parameters: FormParameters) throws(OAuthError) {
        guard let client = parameters["client_id"] else {
            throw OAuthError(.invalidRequest, "client_id is missing")
        }
        guard let client = ClientIdentifier(rawValue: client) else {
            throw OAuthError(.invalidRequest, "client_id is malformed")
        }
        guard let redirectURI = parameters["redirect_uri"] else {
            throw OAuthError(.invalidRequest, "redirect_uri is missing")
        }
        self.client = client
        self.redirectURI = redirectURI
    }
}

/// An authorization request (RFC 6749 §4.1.1, OpenID Connect Core §3.1.2.1): well-formed, not yet believed.
public struct AuthorizationRequest: Sendable {
    /// `prompt` values (OpenID Connect Core §3.1.2.1).
    public enum Prompt: String, Sendable, CaseIterable {
        case none, login, consent
        case selectAccount = "select_account"
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
    /// An earlier ID token of the person who is expected; not yet verified.
    public let idTokenHint: String?
    public let prompts: Set<Prompt>
    /// Levels that satisfy the portal, in its order of preference; empty when it names none.
    public let acrValues: [AssuranceLevel]
    /// `acr_values` was there; if nothing in it is known the request cannot be met.
    public let asksForLevel: Bool
    /// Languages that the person prefers (BCP 47 tags).
    public let uiLocales: [String]

    public init(parameters: FormParameters) throws(OAuthError) {
        state = try Self.wire(parameters, "state")
        try Self.refuseUnsupported(parameters)
        try Self.refuseOversized(parameters)
        guard let responseType = parameters["response_type"] else {
            throw OAuthError(.invalidRequest, "response_type is missing")
        }
        guard responseType == "code" else {
            throw OAuthError(.unsupportedResponseType, "only response_type=code is supported")
        }
        guard let mode = ResponseMode(rawValue: parameters["response_mode"] ?? ResponseMode.query.rawValue) else {
            throw OAuthError(.invalidRequest, "response_mode is not supported")
        }
        responseMode = mode
        guard let scope = parameters["scope"].flatMap(Scope.init(parsing:)) else {
            throw OAuthError(.invalidScope, "scope is missing or malformed")
        }
        guard scope.contains(Scope.openID) else {
            throw OAuthError(.invalidScope, "scope must contain openid")
        }
        self.scope = scope
        nonce = try Self.wire(parameters, "nonce")
        codeChallenge = try Self.challenge(parameters)
        prompts = try Self.prompts(parameters)
        let acrValues = parameters["acr_values"]?.split(separator: " ").map(String.init) ?? []
        guard acrValues.count <= 8 else { throw OAuthError(.invalidRequest, "acr_values has too many values") }
        asksForLevel = !acrValues.isEmpty
        self.acrValues = acrValues.compactMap(AssuranceLevel.init(acr:))
        maximumAge = try Self.maximumAge(parameters)
        resource = try Self.wire(parameters, "resource")
        proofKey = try Self.wire(parameters, "dpop_jkt")
        idTokenHint = parameters["id_token_hint"]
        uiLocales = parameters["ui_locales"]?.split(separator: " ").prefix(8).map(String.init) ?? []
    }

    private static func wire<Value: WireValue>(
        _ parameters: FormParameters, _ name: String
    ) throws(OAuthError) -> Value? {
        guard let text = parameters[name] else { return nil }
        guard let value = Value(rawValue: text) else {
            throw OAuthError(.invalidRequest, "\(name) is too long or has characters that are not allowed")
        }
        return value
    }

    private static func refuseUnsupported(_ parameters: FormParameters) throws(OAuthError) {
        if parameters["request"] != nil {
            throw OAuthError(.requestNotSupported, "request objects are not supported")
        }
        if parameters["request_uri"] != nil {
            throw OAuthError(.requestURINotSupported, "request_uri is only for pushed requests")
        }
        if parameters["registration"] != nil {
            throw OAuthError(.registrationNotSupported, "registration is not supported")
        }
        if parameters["claims"] != nil {
            throw OAuthError(.invalidRequest, "the claims parameter is not supported: use scopes")
        }
    }

    /// Lists and hints have no grammar that would bound them; present but unusable is an error, never ignored.
    private static func refuseOversized(_ parameters: FormParameters) throws(OAuthError) {
        for name in ["acr_values", "prompt", "ui_locales", "max_age", "display", "login_hint"] {
            guard let value = parameters[name] else { continue }
            guard value.utf8.count <= 512 else { throw OAuthError(.invalidRequest, "\(name) is too long") }
        }
        guard (parameters["id_token_hint"]?.utf8.count ?? 0) <= 8192 else {
            throw OAuthError(.invalidRequest, "id_token_hint is too long")
        }
        if let display = parameters["display"], !["page", "popup", "touch", "wap"].contains(display) {
            throw OAuthError(.invalidRequest, "display has an unknown value")
        }
    }

    private static func maximumAge(_ parameters: FormParameters) throws(OAuthError) -> Int64? {
        guard let text = parameters["max_age"] else { return nil }
        guard let seconds = Int64(text), seconds >= 0, String(seconds) == text else {
            throw OAuthError(.invalidRequest, "max_age is not a number of seconds")
        }
        return seconds
    }

    /// RFC 7636 §4.3.
    private static func challenge(_ parameters: FormParameters) throws(OAuthError) -> CodeChallenge? {
        guard let text = parameters["code_challenge"] else {
            guard parameters["code_challenge_method"] == nil else {
                throw OAuthError(.invalidRequest, "code_challenge is missing")
            }
            return nil
        }
        guard parameters["code_challenge_method"] == "S256" else {
            throw OAuthError(.invalidRequest, "code_challenge_method must be S256")
        }
        guard let challenge = CodeChallenge(rawValue: text) else {
            throw OAuthError(.invalidRequest, "code_challenge is not the base64url of a SHA-256 digest")
        }
        return challenge
    }

    private static func prompts(_ parameters: FormParameters) throws(OAuthError) -> Set<Prompt> {
        var prompts: Set<Prompt> = []
        for word in parameters["prompt"]?.split(separator: " ") ?? [] {
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
