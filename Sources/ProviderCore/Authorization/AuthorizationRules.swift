public import AccountDirectory
internal import IdentityCrypto
public import OpenIDMessages

/// An authorization request that client and registry agree on. Only `AuthorizationRules.validate` makes it.
public struct ValidatedAuthorizationRequest: Sendable {
    public let client: RegisteredClient
    public let wayBack: AuthorizationReturn
    public let request: AuthorizationRequest
    /// What the login is for; nil when it is for no service in particular.
    public let service: Service?
    /// Which level satisfies request, client and service.
    public let levels: LevelDemand
    /// What must stand against a relayed login.
    let relay: RelayDemand
    /// The claims that are asked for, by scopes and one by one, in the catalogue's order.
    public let claims: [String]
    /// The reference by which a browser brought it; nil unless it was pushed and visited.
    var reference: HandleDigest?

    fileprivate init(
        client: RegisteredClient, wayBack: AuthorizationReturn, request: AuthorizationRequest, service: Service?,
        levels: LevelDemand, relay: RelayDemand, claims: [String]
    ) {
        self.client = client
        self.wayBack = wayBack
        self.request = request
        self.service = service
        self.levels = levels
        self.relay = relay
        self.claims = claims
    }

    /// The hats in which somebody may log in: the service's, or the citizen's alone (invariant I20).
    var contexts: [Service.Context] { service?.contexts ?? [.citizen] }

    /// Where people know the portal from. One that asks without a browser may have no redirect URI: then it is the host to
    /// which its tokens go, or the town's.
    var portalHost: String {
        guard wayBack.grantType == .backChannel else { return wayBack.redirectURI.host }
        let client = client.client
        return client.redirectURIs.first?.host ?? client.backChannel?.notificationEndpoint.map { "\($0.host)" }
            ?? self.client.scope.tenant.hostNames.first ?? wayBack.redirectURI.host
    }

    /// The version of the purpose that the person reads; empty without a service.
    var purposeVersion: String { service.map { String($0.purposeVersion) } ?? "" }

    /// What the person's decision about this request is filed under.
    func releaseKey(of account: AccountIdentifier, in context: ContextName) -> ReleaseKey {
        ReleaseKey(
            account: account, context: context, client: client.client.identifier,
            tenant: client.scope.tenant.identifier, service: service?.identifier, purposeVersion: purposeVersion)
    }
}

extension ValidatedAuthorizationRequest {
    /// The grant that an approval of this request makes.
    ///
    /// - Parameter limits: what bounds the login in a company's context.
    func grant(
        transaction: TransactionIdentifier, handle: HandleDigest, session: SessionRecord,
        context: AuthenticationContext, acting: ActingContext, limits: CompanyLimits?, released: [String],
        until: Timestamp? = nil,
        now: Timestamp
    ) -> AuthorizationGrant {
        AuthorizationGrant(
            transaction: transaction, handle: handle, client: client.client.identifier,
            tenant: client.scope.tenant.identifier, account: session.account,
            redirectURI: wayBack.takesCode ? wayBack.redirectURI.rawValue : nil,
            scope: request.scope,
            resource: request.resource, nonce: request.nonce, codeChallenge: request.codeChallenge,
            proofKey: request.proofKey, context: context,
            bounds: limits.map { session.bounds.acting(binding: $0.binding, company: $0.company) } ?? session.bounds,
            methods: session.methods, flow: session.flow,
            // The device that waits for the tokens may be anybody's, whatever bound the phone to the browser.
            relayResistance: wayBack.grantType == .deviceCode ? .none : session.relayResistance,
            authenticatedAt: session.authenticatedAt, session: session.identifier, released: released,
            idTokenClaims: released.filter(ClaimCatalogue.meant(by: request.claims.idToken).contains),
            verified: VerifiedClaimsDemand(
                userinfo: request.claims.verifiedUserinfo, idToken: request.claims.verifiedIDToken),
            service: service?.identifier,
            purposeVersion: purposeVersion, acting: acting, expiresAt: max(now + Lifetime.code, until ?? now))
    }
}

/// Why an authorization request was refused, and where the refusal may be shown.
public enum AuthorizationRefusal: Error, Sendable {
    /// Client or redirect URI are not proved: a page, never a redirect (RFC 6749 §4.1.2.1).
    case page(OAuthError, Refusal)
    /// Both are proved: back to the portal.
    case redirect(OAuthError, AuthorizationReturn, Refusal)

    /// The same for a call that the client makes for itself.
    var clientRefusal: ClientRefusal {
        switch self {
        case .page(let error, let reason), .redirect(let error, _, let reason): ClientRefusal(error, reason)
        }
    }
}

extension Refusal {
    /// Why an authorization request that is not well-formed is refused.
    fileprivate init(malformed error: OAuthError) {
        self = error.code == .unsupportedResponseType ? .responseTypeUnsupported : .requestMalformed
    }
}

/// How an authorization request came.
struct RequestOrigin: Sendable {
    /// Over the back channel (RFC 9126).
    var isPushed = false
    /// In a request object that the client signed (RFC 9101).
    var isSigned = false
}

/// The checks of an authorization request in the specification's order. Values in, decision out.
struct AuthorizationRules: Sendable {
    let registry: ClientRegistry
    let protection: ResponseProtection

    /// A client and one of its redirect URIs: from here on errors go back to the portal.
    struct ProvedTarget: Sendable {
        let client: RegisteredClient
        let wayBack: AuthorizationReturn

        fileprivate init(client: RegisteredClient, wayBack: AuthorizationReturn) {
            self.client = client
            self.wayBack = wayBack
        }

        func refusal(_ code: OAuthError.Code, _ description: String, _ reason: Refusal) -> AuthorizationRefusal {
            .redirect(OAuthError(code, description), wayBack, reason)
        }
    }

    func validate(
        _ parameters: FormParameters, origin: RequestOrigin = RequestOrigin()
    ) throws(AuthorizationRefusal) -> ValidatedAuthorizationRequest {
        // 1. Client and redirect URI: until both are believed nothing is redirected.
        let target = try target(parameters)
        // 2. Everything else goes back to the portal.
        try checkOrigin(origin, target)
        return try validate(parameters, target)
    }

    /// The request behind a grant that is redeemed without a browser: of a device (RFC 8628 §3.1) or over the back channel
    /// (CIBA Core §7.1). The same rules as for any other; what is only for a browser has no say in it.
    func validate(
        polled parameters: FormParameters, by client: RegisteredClient, grantType: GrantType,
        proofKey: KeyThumbprint? = nil
    ) throws(ClientRefusal) -> ValidatedAuthorizationRequest {
        guard let page = RedirectURI(rawValue: protection.issuer.appending(DiscoveryDocument.Path.deviceDone)) else {
            preconditionFailure("an issuer with a path of ours behind it is an address")
        }
        var request = FormParameters(["response_type": "code"])
        for parameter in [AuthorizationParameter.scope, .acrValues, .claims, .resource, .servedTenant] {
            if let value = parameters[parameter] { request.append(parameter.rawValue, value) }
        }
        if let proofKey { request.append(AuthorizationParameter.proofKey.rawValue, proofKey.rawValue) }
        let wayBack = AuthorizationReturn(
            redirectURI: page, state: nil, mode: .query, grantType: grantType,
            signer: AuthorizationResponseSigner(
                protection: protection, client: client.client.identifier,
                algorithm: client.client.cryptography.authorizationResponseAlgorithm))
        do { return try validate(request, ProvedTarget(client: client, wayBack: wayBack)) } catch {
            throw error.clientRefusal
        }
    }

    private func validate(
        _ parameters: FormParameters, _ target: ProvedTarget
    ) throws(AuthorizationRefusal) -> ValidatedAuthorizationRequest {
        let request: AuthorizationRequest
        do { request = try AuthorizationRequest(parameters: parameters) } catch {
            throw .redirect(error, target.wayBack, Refusal(malformed: error))
        }
        let target = try acting(target, for: request.servedTenant)
        try checkClientMayAsk(request, target)
        let service = try service(request, target)
        let demand: ClaimDemand
        do throws(ClaimDemand.Mistake) {
            demand = try ClaimDemand(request, client: target.client, service: service)
        } catch { throw target.refusal(.invalidScope, error.description, error.reason) }
        guard let levels = LevelDemand(request, client: target.client, service: service) else {
            throw target.refusal(
                .unmetAuthenticationRequirements, "no level that is asked for can be reached", .levelUnknown)
        }
        guard let relay = RelayDemand(request.claims, grantType: target.wayBack.grantType) else {
            throw target.refusal(
                .unmetAuthenticationRequirements, "no login of this kind has the rr that is asked for",
                .relayResistanceTooLow)
        }
        return ValidatedAuthorizationRequest(
            client: target.client, wayBack: target.wayBack, request: request, service: service, levels: levels,
            relay: relay, claims: demand.claims)
    }

    /// The client on behalf of the town that the request is for. That follows from the client alone, or from the town that
    /// a client of one-for-all services names, and from nothing else (invariant I28).
    private func acting(
        _ target: ProvedTarget, for named: TenantIdentifier?
    ) throws(AuthorizationRefusal) -> ProvedTarget {
        do throws(ServedTenantObjection) {
            return ProvedTarget(client: try target.client.acting(naming: named), wayBack: target.wayBack)
        } catch { throw target.refusal(.invalidRequest, error.description, error.reason) }
    }

    /// The service that the scope names (`service:NAME`, at most one), or the client's only one.
    private func service(
        _ request: AuthorizationRequest, _ target: ProvedTarget
    ) throws(AuthorizationRefusal) -> Service? {
        let names = request.scope.services
        guard names.count <= 1 else {
            throw target.refusal(.invalidScope, "a login is for one service at most", .serviceNotAllowed)
        }
        guard let name = names.first else {
            let services = target.client.services
            guard services.count != 1 else { return services[0] }
            guard target.client.client.isOneForAll else { return nil }
            // For no service in particular nobody has adopted anything (invariant I28).
            throw target.refusal(.invalidScope, "name one of the client's services", .serviceNotAllowed)
        }
        guard let identifier = ServiceIdentifier(rawValue: name), let service = target.client.service(identifier) else {
            let elsewhere = ServiceIdentifier(rawValue: name).flatMap { offeredElsewhere($0, target) } ?? ""
            throw target.refusal(
                .invalidScope, "the client may not ask for this service" + elsewhere, .serviceNotAllowed)
        }
        return service
    }

    /// Who offers a service that the client's own town does not, so that a portal can lead people there.
    private func offeredElsewhere(_ service: ServiceIdentifier, _ target: ProvedTarget) -> String? {
        let places = registry.places(of: service).map(\.tenant)
        guard let first = places.first, !places.contains(target.client.scope.tenant.identifier) else { return nil }
        let others = places.count == 1 ? "" : " and \(places.count - 1) more"
        return "; not offered here, offered by \(first)\(others): \(DiscoveryDocument.Path.services)/\(service)"
    }

    /// Client and redirect URI. A request that names no response mode that the client may use gets its errors by the
    /// first that it may use.
    func target(_ parameters: FormParameters) throws(AuthorizationRefusal) -> ProvedTarget {
        let target: AuthorizationTarget
        do { target = try AuthorizationTarget(parameters: parameters) } catch {
            throw .page(error, .requestMalformed)
        }
        let registered = try client(target.client)
        let client = registered.client
        guard let redirectURI = RedirectURIRules.match(target.redirectURI, of: client) else {
            throw .page(OAuthError(.invalidRequest, "redirect_uri is not registered"), .redirectURINotRegistered)
        }
        let wanted = parameters[.responseMode].map(ResponseMode.init(rawValue:)) ?? .query
        let usable = ([wanted].compactMap(\.self) + ResponseMode.allCases).first(where: client.responseModes.contains)
        return ProvedTarget(
            client: registered,
            wayBack: AuthorizationReturn(
                redirectURI: redirectURI, state: parameters[.state].flatMap(StateValue.init(rawValue:)),
                mode: usable ?? .query,
                signer: AuthorizationResponseSigner(
                    protection: protection, client: client.identifier,
                    algorithm: client.cryptography.authorizationResponseAlgorithm)))
    }

    func client(_ identifier: ClientIdentifier) throws(AuthorizationRefusal) -> RegisteredClient {
        guard let client = registry.resolve(identifier) else {
            throw .page(OAuthError(.invalidRequest, "the client is unknown"), .unknownClient)
        }
        return client
    }

    private func checkOrigin(_ origin: RequestOrigin, _ target: ProvedTarget) throws(AuthorizationRefusal) {
        let client = target.client.client
        // FAPI 2.0 Security Profile §5.3.2.2-3; RFC 9126 §6.
        guard origin.isPushed || !(client.requiresPushedAuthorizationRequests || client.profile == .fapi2) else {
            throw target.refusal(
                .invalidRequest, "this client must push its authorization requests", .pushedRequestRequired)
        }
        guard origin.isSigned || !client.requiresSignedRequestObject else {
            throw target.refusal(
                .invalidRequest, "this client must sign its authorization requests", .requestObjectRequired)
        }
    }

    private func checkClientMayAsk(
        _ request: AuthorizationRequest, _ target: ProvedTarget
    ) throws(AuthorizationRefusal) {
        let client = target.client.client
        guard client.grantTypes.contains(target.wayBack.grantType) else {
            throw target.refusal(.unauthorizedClient, "the client may not use this grant", .grantTypeNotAllowed)
        }
        guard !target.wayBack.takesCode || client.responseModes.contains(request.responseMode) else {
            throw target.refusal(
                .invalidRequest, "the client may not use this response_mode", .responseModeNotAllowed)
        }
        guard request.codeChallenge != nil || client.profile == .legacy || !target.wayBack.takesCode else {
            throw target.refusal(
                .invalidRequest, "code_challenge is missing: PKCE is required", .codeChallengeMissing)
        }
        // A token that names a service is judged with the service.
        guard request.scope.tokens.allSatisfy({ Scope.namesService($0) || client.scopes.contains($0) }) else {
            throw target.refusal(.invalidScope, "the client may not ask for this scope", .scopeNotAllowed)
        }
        guard request.resource.map(client.resources.contains) ?? true else {
            throw target.refusal(.invalidTarget, "the client may not ask for this resource", .resourceNotAllowed)
        }
    }
}
