internal import AccountDirectory
internal import IdentityCrypto
public import OpenIDMessages

/// The token endpoint (RFC 6749 §3.2): each grant finds out what it stands for, `GrantPolicy` decides, `TokenMinter`
/// writes.
public struct TokenFlow: Sendable {
    let grants: any GrantStore
    let minter: TokenMinter
    let accessTokens: AccessTokenVerifier
    let devices: DeviceAuthorizations
    let backChannel: BackChannelRequests
    let contexts: ActingContexts
    let clock: ProviderClock
    /// Makes the successor of each refresh token.
    let successorKey: [UInt8]

    /// The answer's JSON body.
    ///
    /// - Parameter key: the key that the call's DPoP proof proved.
    public func answer(
        _ request: TokenRequest, by client: AuthenticatedClient, key: ProvedKey?
    ) async throws -> JSONObject {
        let call = Call(client: client.registered, key: key?.thumbprint)
        return switch request {
        case .authorizationCode(let request): try await redeem(request, call)
        case .refreshToken(let request): try await refresh(request, call)
        case .clientCredentials(let access): try await clientCredentials(access, call)
        case .deviceCode(let code): try await redeem(deviceCode: code, call)
        case .backChannel(let request): try await redeem(authenticationRequest: request, call)
        case .tokenExchange(let request): try await exchange(request, call)
        }
    }

    private struct Call {
        let client: RegisteredClient
        let key: KeyThumbprint?
        var identifier: ClientIdentifier { client.client.identifier }

        /// The client on behalf of the town that the grant is for. One that is not served any more, or not with the
        /// service of the grant, gives nothing (I28).
        func acting(for grant: AuthorizationGrant) throws(ClientRefusal) -> RegisteredClient {
            guard let client = client.acting(for: grant) else {
                throw ClientRefusal(invalidGrant: .tenantNotServed)
            }
            return client
        }
    }

    /// RFC 6749 §4.1.3.
    ///
    /// The code is used up before anything else is compared: whoever presents the right code with the wrong rest may be
    /// a thief, and gets no second try (RFC 9700 §2.1.1).
    private func redeem(_ request: AuthorizationCodeRequest, _ call: Call) async throws -> JSONObject {
        guard let code = OneTimeHandle(parsing: request.code, as: .authorizationCode) else {
            throw ClientRefusal(invalidGrant: .codeUnknown)
        }
        return try await redeem(code, call) { grant throws(ClientRefusal) in
            guard let redirectURI = grant.redirectURI, redirectURI.utf8.elementsEqual(request.redirectURI.utf8) else {
                throw ClientRefusal(invalidGrant: .redirectURIMismatch)
            }
            // RFC 7636 §4.6; a verifier without a challenge is a downgrade (RFC 9700 §2.1.1).
            guard request.codeVerifier?.challenge == grant.codeChallenge else {
                throw ClientRefusal(invalidGrant: .codeVerifierMismatch)
            }
            try Self.check(request.resource, within: grant.resource)
        }
    }

    /// RFC 8628 §3.4.
    private func redeem(deviceCode text: String, _ call: Call) async throws -> JSONObject {
        guard let code = OneTimeHandle(parsing: text, as: .deviceCode) else {
            throw ClientRefusal(invalidGrant: .codeUnknown)
        }
        try devices.poll(code.digest, by: call.identifier)
        return try await redeem(code, call) { _ in }
    }

    /// CIBA Core §10.1.
    private func redeem(authenticationRequest text: String, _ call: Call) async throws -> JSONObject {
        guard let request = OneTimeHandle(parsing: text, as: .authenticationRequest) else {
            throw ClientRefusal(invalidGrant: .codeUnknown)
        }
        try backChannel.poll(request.digest, by: call.identifier)
        return try await redeem(request, call) { _ in }
    }

    private func redeem(
        _ code: OneTimeHandle, _ call: Call, _ check: (AuthorizationGrant) throws(ClientRefusal) -> Void
    ) async throws -> JSONObject {
        try await minter.protection.prepareIDToken(for: call.client)
        let now = clock.now()
        let refreshToken =
            call.client.client.grantTypes.contains(.refreshToken) ? OneTimeHandle(.refreshToken) : nil
        let redemption = try await grants.redeem(
            code.digest, client: call.identifier,
            refreshToken: refreshToken.map {
                NewRefreshToken(handle: $0.digest, proofKey: call.key, expiresAt: now + Lifetime.refreshToken)
            }, now: now)
        let redeemed: LiveGrant
        switch redemption {
        case .redeemed(let grant): redeemed = grant
        case .replayed: throw ClientRefusal(invalidGrant: .codeReplayed)
        case .expired: throw ClientRefusal(invalidGrant: .codeExpired)
        case .unknown: throw ClientRefusal(invalidGrant: .codeUnknown)
        }
        do {
            let client = try call.acting(for: redeemed.grant)
            let live = try await contexts.current(redeemed, for: client)
            try check(live.grant)
            let tokens = try GrantPolicy.authorize(
                TokenAttempt(
                    client: client, grantType: code.handleClass.grantType, live: live,
                    access: TokenAccess(
                        scope: live.grant.scope, resource: live.grant.resource, town: client.namedTown),
                    provedKey: call.key, boundKey: live.grant.proofKey))
            return try await minter.response(tokens, idToken: .first, refreshToken: refreshToken?.text)
        } catch {
            // The code is spent and nobody has tokens of it: the grant ends, with the refresh token nobody knows.
            let grant = redeemed.grant
            try await grants.revoke(
                grant.transaction,
                event: SecurityEvent(
                    .tokenRevoked, time: now, tenant: grant.tenant, object: call.identifier.rawValue,
                    transaction: grant.transaction, actor: .system, person: grant.account))
            throw error
        }
    }

    /// RFC 6749 §6, RFC 9700 §4.14.2: without a proof key the token rotates; whoever lost the answer gets the same one
    /// again for a moment.
    private func refresh(_ request: RefreshRequest, _ call: Call) async throws -> JSONObject {
        let now = clock.now()
        guard let token = OneTimeHandle(parsing: request.refreshToken, as: .refreshToken) else {
            throw ClientRefusal(invalidGrant: .refreshTokenUnknown)
        }
        // What is refused anyway uses nothing up and keeps nothing alive.
        if let (record, live) = try await grants.refreshToken(token.digest, now: now),
            record.client == call.identifier
        {
            let tokens = try await authorize(request, live, record, call)
            if tokens.hasIDToken { try await minter.protection.prepareIDToken(for: tokens.client) }
        }
        let successor = token.successor(key: successorKey)
        let outcome = try await grants.refresh(
            token.digest, client: call.identifier, successor: successor.digest,
            expiresAt: now + Lifetime.refreshToken, grace: Lifetime.refreshGrace, now: now)
        switch outcome {
        case .reused: throw ClientRefusal(invalidGrant: .refreshTokenReplayed)
        case .expired: throw ClientRefusal(invalidGrant: .refreshTokenExpired)
        case .unknown: throw ClientRefusal(invalidGrant: .refreshTokenUnknown)
        case .granted(let granted, let record):
            let tokens = try await authorize(request, granted, record, call)
            return try await minter.response(
                tokens, idToken: .refreshed,
                refreshToken: record.proofKey == nil ? successor.text : token.text)
        }
    }

    /// Throws `ClientRefusal`, or a fault of the store.
    private func authorize(
        _ request: RefreshRequest, _ granted: LiveGrant, _ record: RefreshTokenRecord, _ call: Call
    ) async throws -> AuthorizedTokens {
        let client = try call.acting(for: granted.grant)
        let live = try await contexts.current(granted, for: client)
        let scope = request.access.scope ?? live.grant.scope
        guard scope.tokens.allSatisfy(live.grant.scope.contains) else {
            throw ClientRefusal(.invalidScope, "the scope is more than was granted", .scopeNotAllowed)
        }
        try Self.check(request.access.resource, within: live.grant.resource)
        return try GrantPolicy.authorize(
            TokenAttempt(
                client: client, grantType: .refreshToken, live: live,
                access: TokenAccess(scope: scope, resource: live.grant.resource, town: client.namedTown),
                provedKey: call.key, boundKey: record.proofKey))
    }

    /// RFC 6749 §4.4: a client for itself, at a resource.
    private func clientCredentials(_ access: RequestedAccess, _ call: Call) async throws -> JSONObject {
        guard access.scope == nil else {
            throw ClientRefusal(.invalidScope, "a client's own token has no scope", .scopeNotAllowed)
        }
        guard let resource = access.resource else {
            throw ClientRefusal(.invalidTarget, "resource is missing", .resourceNotAllowed)
        }
        let tokens = try GrantPolicy.authorize(
            TokenAttempt(
                client: call.client, grantType: .clientCredentials, live: nil,
                access: TokenAccess(resource: resource), provedKey: call.key))
        return try await minter.response(tokens)
    }

    /// RFC 8693 §2: a service that got a token calls the next one for the same person.
    private func exchange(_ request: TokenExchangeRequest, _ call: Call) async throws -> JSONObject {
        guard let resource = request.access.resource else {
            throw ClientRefusal(.invalidTarget, "resource is missing", .resourceNotAllowed)
        }
        let subject: ProvedAccessToken
        func refuse(_ reason: Refusal) -> ClientRefusal {
            // One answer for both: a stranger does not learn whether a token lives.
            ClientRefusal(.invalidRequest, "the subject token is not valid or not for this client", reason)
        }
        do { subject = try await accessTokens.verify(request.subjectToken) } catch let reason as Refusal {
            throw refuse(reason)
        }
        // Only the service that the token was made for may hand it on.
        guard let live = subject.live, let served = call.client.client.servedResource,
            subject.token.resource == served
        else { throw refuse(.subjectTokenNotForClient) }
        let scope = request.access.scope ?? subject.token.scope
        guard (scope?.tokens ?? []).allSatisfy({ subject.token.scope?.contains($0) == true }) else {
            throw ClientRefusal(.invalidScope, "the scope is more than the subject token has", .scopeNotAllowed)
        }
        var actor: JSONObject = ["sub": .string(call.identifier.rawValue)]
        actor["act"] = subject.token.actor.map { .object($0) }
        let tokens = try GrantPolicy.authorize(
            TokenAttempt(
                // A portal that hands its own token on does it for the town of the grant; every other stands for itself.
                client: live.grant.client == call.identifier ? try call.acting(for: live.grant) : call.client,
                grantType: .tokenExchange, live: live,
                access: TokenAccess(
                    scope: scope, resource: resource, actor: actor, notAfter: subject.token.expiresAt,
                    town: subject.token.town),
                provedKey: call.key))
        var response = try await minter.response(tokens)
        response["issued_token_type"] = .string(TokenExchangeRequest.accessTokenType)
        return response
    }

    /// A token request may repeat the resource of its grant and name no other (RFC 8707 §2.2).
    private static func check(
        _ asked: ResourceURI?, within granted: ResourceURI?
    ) throws(ClientRefusal) {
        guard asked == nil || asked == granted else {
            throw ClientRefusal(.invalidTarget, "the resource was not granted", .resourceNotAllowed)
        }
    }
}

extension HandleClass {
    /// The grant that a handle redeems; what is no device code and no `auth_req_id` came by way of a browser.
    fileprivate var grantType: GrantType {
        switch self {
        case .deviceCode: .deviceCode
        case .authenticationRequest: .backChannel
        default: .authorizationCode
        }
    }
}
