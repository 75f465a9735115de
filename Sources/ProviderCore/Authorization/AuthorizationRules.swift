internal import AccountDirectory
internal import IdentityCrypto
public import OpenIDMessages

/// An authorization request that client and registry agree on. Only `AuthorizationRules.validate` makes it.
public struct ValidatedAuthorizationRequest: Sendable {
    public let client: RegisteredClient
    public let wayBack: AuthorizationReturn
    public let request: AuthorizationRequest

    fileprivate init(client: RegisteredClient, wayBack: AuthorizationReturn, request: AuthorizationRequest) {
        self.client = client
        self.wayBack = wayBack
        self.request = request
    }
}

extension ValidatedAuthorizationRequest {
    /// The grant that an approval of this request makes.
    func grant(
        transaction: TransactionIdentifier, handle: HandleDigest, session: SessionRecord,
        context: AuthenticationContext, released: [String], now: Timestamp
    ) -> AuthorizationGrant {
        AuthorizationGrant(
            transaction: transaction, handle: handle, client: client.client.identifier, tenant: client.client.tenant,
            account: session.account, redirectURI: wayBack.redirectURI.rawValue, scope: request.scope,
            resource: request.resource, nonce: request.nonce, codeChallenge: request.codeChallenge,
            proofKey: request.proofKey, context: context, methods: session.methods, flow: session.flow,
            authenticatedAt: session.authenticatedAt, session: session.identifier, released: released,
            expiresAt: now + Lifetime.code)
    }
}

/// The proved way back to the portal: a code or an error goes there, always with `state` and `iss` (RFC 9207).
public struct AuthorizationReturn: Sendable {
    public let redirectURI: RedirectURI
    public let state: StateValue?
    public let issuer: IssuerURL

    /// The address that takes a code to the portal.
    public func location(code: String) -> String { location(["code": code]) }

    /// The address that takes an error to the portal.
    public func location(error: OAuthError) -> String {
        location(["error": error.code.rawValue, "error_description": error.description])
    }

    private func location(_ outcome: KeyValuePairs<String, String>) -> String {
        var parameters = FormParameters(outcome)
        if let state { parameters.append("state", state.rawValue) }
        parameters.append("iss", issuer.rawValue)
        return redirectURI.appending(parameters)
    }
}

/// Why an authorization request was refused, and where the refusal may be shown.
public enum AuthorizationRefusal: Error, Sendable {
    /// Client or redirect URI are not proved: a page, never a redirect (RFC 6749 §4.1.2.1).
    case page(OAuthError, Refusal?)
    /// Both are proved: back to the portal.
    case redirect(OAuthError, AuthorizationReturn, Refusal?)
}

/// The checks of an authorization request in the specification's order. Values in, decision out.
struct AuthorizationRules {
    let issuer: IssuerURL
    let registry: ClientRegistry

    func validate(_ parameters: FormParameters) throws(AuthorizationRefusal) -> ValidatedAuthorizationRequest {
        // 1. Client and redirect URI: until both are believed nothing is redirected.
        let target: AuthorizationTarget
        do { target = try AuthorizationTarget(parameters: parameters) } catch { throw .page(error, nil) }
        guard let client = registry.resolve(target.client) else {
            throw .page(OAuthError(.invalidRequest, "the client is unknown"), .unknownClient)
        }
        guard let redirectURI = client.client.redirectURIs.first(where: { $0.isExactly(target.redirectURI) }) else {
            throw .page(OAuthError(.invalidRequest, "redirect_uri is not registered"), .redirectURINotRegistered)
        }
        // 2. Everything else goes back to the portal.
        let wayBack = AuthorizationReturn(
            redirectURI: redirectURI, state: parameters["state"].flatMap(StateValue.init(rawValue:)), issuer: issuer)
        func refusal(_ error: OAuthError, _ reason: Refusal?) -> AuthorizationRefusal {
            .redirect(error, wayBack, reason)
        }
        let request: AuthorizationRequest
        do { request = try AuthorizationRequest(parameters: parameters) } catch { throw refusal(error, nil) }
        guard request.codeChallenge != nil || client.client.profile == .legacy else {
            throw refusal(OAuthError(.invalidRequest, "code_challenge is missing: PKCE is required"), nil)
        }
        guard request.scope.tokens.allSatisfy(client.client.scopes.contains) else {
            throw refusal(OAuthError(.invalidScope, "the client may not ask for this scope"), .scopeNotAllowed)
        }
        guard !request.asksForLevel || !request.acrValues.isEmpty else {
            throw refusal(
                OAuthError(.unmetAuthenticationRequirements, "acr_values names no level that is known here"),
                .levelUnknown)
        }
        return ValidatedAuthorizationRequest(client: client, wayBack: wayBack, request: request)
    }
}

extension RedirectURI {
    /// Byte for byte (RFC 9700 §2.1). Swift compares strings by their characters' meaning, hence the bytes.
    func isExactly(_ text: String) -> Bool { rawValue.utf8.elementsEqual(text.utf8) }
}
