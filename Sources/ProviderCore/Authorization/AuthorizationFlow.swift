internal import AccountDirectory
internal import IdentityCrypto
public import OpenIDMessages

/// Takes authorization requests: pushed (RFC 9126) or in the browser's query (RFC 6749 §4.1.1), plain or in a request
/// object (RFC 9101).
public struct AuthorizationFlow: Sendable {
    let rules: AuthorizationRules
    let objects: RequestObjectVerifier
    /// By the digest: not even this memory holds the handle itself.
    let pushed: ExpiringMemory<HandleDigest, ValidatedAuthorizationRequest>
    let clock: ProviderClock
    let observations: ClientObservations

    init(
        registry: ClientRegistry, protection: ResponseProtection, keys: ClientKeys, uses: any OneTimeUseStore,
        observations: ClientObservations, capacity: Int
    ) {
        self.observations = observations
        rules = AuthorizationRules(registry: registry, protection: protection)
        objects = RequestObjectVerifier(
            issuer: protection.issuer, keys: keys, uses: uses, clock: protection.clock)
        clock = protection.clock
        pushed = ExpiringMemory(capacity: capacity, sharedBy: \.tenant)
    }

    /// How many pushed requests wait now.
    public var pushedRequests: Int { pushed.count }

    /// Accepts a pushed request; the reference is good for one login and for `Lifetime.pushedRequest` seconds.
    ///
    /// - Parameter proofKey: the key of the DPoP proof that came with the request; the code will be bound to it
    ///   (RFC 9449 §10.1).
    /// - Throws: `ClientRefusal`, or a fault of the store: then nothing was accepted.
    public func push(
        _ parameters: FormParameters, by client: AuthenticatedClient, proofKey: KeyThumbprint? = nil
    ) async throws -> PushedRequestURI {
        guard parameters[.requestURI] == nil else {
            throw ClientRefusal(.invalidRequest, "request_uri must not be pushed", .requestMalformed)
        }
        if let named = parameters[.clientIdentifier], named != client.identifier.rawValue {
            throw ClientRefusal(.invalidRequest, "client_id is not the authenticated client", .clientIdentifierMismatch)
        }
        let validated = try await validate(parameters, by: client, proofKey: proofKey)
        guard proofKey == nil || validated.request.proofKey == proofKey else {
            throw ClientRefusal(.invalidDPoPProof, "dpop_jkt is not the key of the DPoP proof", .proofKeyMismatch)
        }
        let handle = OneTimeHandle(.pushedRequest)
        let now = clock.now()
        guard pushed.insert(validated, as: handle.digest, expiresAt: now + Lifetime.pushedRequest, now: now) else {
            throw ClientRefusal(.temporarilyUnavailable, "too many requests are waiting", .overloaded)
        }
        return PushedRequestURI(reference: handle.text)
    }

    private func validate(
        _ parameters: FormParameters, by client: AuthenticatedClient, proofKey: KeyThumbprint?
    ) async throws -> ValidatedAuthorizationRequest {
        var complete = parameters
        var origin = RequestOrigin(isPushed: true)
        if let object = parameters[.request] {
            // What stands beside a request object is for the client's authentication alone (RFC 9126 §3).
            complete = try await objects.parameters(of: object, by: client.registered)
            origin.isSigned = true
        } else if parameters[.clientIdentifier] == nil {
            complete.append(AuthorizationParameter.clientIdentifier.rawValue, client.identifier.rawValue)
        }
        if let proofKey, complete[.proofKey] == nil {
            complete.append(AuthorizationParameter.proofKey.rawValue, proofKey.rawValue)
        }
        do { return try rules.validate(complete, origin: origin) } catch { throw error.clientRefusal }
    }

    /// Validates what the browser brings. A pushed request is used up whatever follows.
    ///
    /// Throws `AuthorizationRefusal`, or a fault of the store: then nothing was accepted.
    public func authorize(_ parameters: FormParameters) async throws -> ValidatedAuthorizationRequest {
        do {
            let validated = try await judge(parameters)
            observations.asked(
                validated.request, by: validated.client.client.identifier, isPushed: parameters[.requestURI] != nil)
            return validated
        } catch let refusal as AuthorizationRefusal {
            observations.refused(
                parameters[.clientIdentifier].flatMap(ClientIdentifier.init(rawValue:)), refusal.clientRefusal)
            throw refusal
        }
    }

    private func judge(_ parameters: FormParameters) async throws -> ValidatedAuthorizationRequest {
        if let text = parameters[.requestURI] { return try authorize(pushedAs: text, parameters) }
        guard let object = parameters[.request] else { return try rules.validate(parameters) }
        // All parameters are in the object (RFC 9101 §5); until it is believed there is no redirect URI.
        let inner: FormParameters
        do {
            let client = try rules.client(AuthorizationTarget.client(of: parameters))
            inner = try await objects.parameters(of: object, by: client)
        } catch let refusal as ClientRefusal {
            throw AuthorizationRefusal.page(refusal.error, refusal.reason)
        } catch let error as OAuthError {
            throw AuthorizationRefusal.page(error, .requestMalformed)
        }
        return try rules.validate(inner, origin: RequestOrigin(isSigned: true))
    }

    private func authorize(
        pushedAs text: String, _ parameters: FormParameters
    ) throws(AuthorizationRefusal) -> ValidatedAuthorizationRequest {
        guard let uri = PushedRequestURI(parsing: text) else { throw foreignReference(parameters) }
        // Other parameters than client_id are ignored (RFC 9126 §4, FAPI 2.0 §5.3.2.2).
        let client: ClientIdentifier
        do { client = try AuthorizationTarget.client(of: parameters) } catch {
            throw .page(error, .requestMalformed)
        }
        // The reference is bound to its client: another client's attempt does not use it up.
        guard let handle = OneTimeHandle(parsing: uri.reference, as: .pushedRequest),
            var validated = pushed.take(
                handle.digest, now: clock.now(), where: { $0.client.client.identifier == client }),
            // The client is as it was, and serves the town still.
            try rules.client(client).acting(for: validated.client.scope.tenant.identifier)?.client
                == validated.client.client
        else {
            throw .page(
                OAuthError(.invalidRequestURI, "request_uri is unknown, used or expired"), .pushedRequestUnknown)
        }
        validated.reference = handle.digest
        return validated
    }

    /// A reference to somebody else's server is never followed (checklist M3).
    private func foreignReference(_ parameters: FormParameters) -> AuthorizationRefusal {
        let error = OAuthError(.requestURINotSupported, "request_uri is only for pushed requests")
        guard let target = try? rules.target(parameters) else { return .page(error, .requestURIForeign) }
        return .redirect(error, target.wayBack, .requestURIForeign)
    }
}
