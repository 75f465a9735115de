internal import AccountDirectory
internal import IdentityCrypto
public import OpenIDMessages

/// Takes authorization requests: pushed (RFC 9126) or in the browser's query (RFC 6749 §4.1.1).
public struct AuthorizationFlow: Sendable {
    let issuer: IssuerURL
    let registry: ClientRegistry
    let pushed: ExpiringMemory<ValidatedAuthorizationRequest>
    let clock: ProviderClock

    init(issuer: IssuerURL, registry: ClientRegistry, clock: ProviderClock, capacity: Int) {
        self.issuer = issuer
        self.registry = registry
        self.clock = clock
        pushed = ExpiringMemory(capacity: capacity)
    }

    /// Accepts a pushed request; the reference is good once and for `Lifetime.pushedRequest` seconds.
    public func push(_ parameters: FormParameters, by client: AuthenticatedClient) throws(ClientRefusal)
        -> PushedRequestURI
    {
        guard parameters["request_uri"] == nil else {
            throw ClientRefusal(.invalidRequest, "request_uri must not be pushed", nil)
        }
        if let named = parameters["client_id"], named != client.identifier.rawValue {
            throw ClientRefusal(.invalidRequest, "client_id is not the authenticated client", .clientKeyUnknown)
        }
        var complete = parameters
        if parameters["client_id"] == nil { complete.append("client_id", client.identifier.rawValue) }
        let rules = AuthorizationRules(issuer: issuer, registry: registry)
        let validated: ValidatedAuthorizationRequest
        do { validated = try rules.validate(complete) } catch {
            switch error {
            case .page(let error, let reason), .redirect(let error, _, let reason):
                throw ClientRefusal(error.code, error.description, reason)
            }
        }
        let reference = RandomBytes.text(32)
        guard pushed.insert(validated, as: reference, expiresAt: clock.now() + Lifetime.pushedRequest, now: clock.now())
        else { throw ClientRefusal(.temporarilyUnavailable, "too many requests are waiting", .overloaded) }
        return PushedRequestURI(reference: reference)
    }

    /// Validates what the browser brings. A pushed request is used up whatever follows.
    public func authorize(_ parameters: FormParameters) throws(AuthorizationRefusal) -> ValidatedAuthorizationRequest {
        guard let text = parameters["request_uri"], let uri = PushedRequestURI(parsing: text) else {
            return try authorizeUnpushed(parameters)
        }
        // Other parameters than client_id are ignored (RFC 9126 §4, FAPI 2.0 §5.3.2.2).
        guard let client = parameters["client_id"].flatMap(ClientIdentifier.init(rawValue:)) else {
            throw .page(OAuthError(.invalidRequest, "client_id is missing"), nil)
        }
        // The reference is bound to its client: another client's attempt does not use it up.
        guard
            let validated = pushed.take(
                uri.reference, now: clock.now(), where: { $0.client.client.identifier == client }),
            registry.resolve(client)?.client == validated.client.client
        else {
            throw .page(
                OAuthError(.invalidRequestURI, "request_uri is unknown, used or expired"), .pushedRequestUnknown)
        }
        return validated
    }

    private func authorizeUnpushed(_ parameters: FormParameters) throws(AuthorizationRefusal)
        -> ValidatedAuthorizationRequest
    {
        let validated = try AuthorizationRules(issuer: issuer, registry: registry).validate(parameters)
        guard !validated.client.client.requiresPushedAuthorizationRequests else {
            throw .redirect(
                OAuthError(.invalidRequest, "this client must push its authorization requests"), validated.wayBack,
                .pushedRequestRequired)
        }
        return validated
    }
}
