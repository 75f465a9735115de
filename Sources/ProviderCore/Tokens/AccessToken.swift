internal import AccountDirectory
internal import IdentityCrypto
internal import OpenIDMessages

/// The claims of an access token (RFC 9068 §2.2), as they are written and read.
struct AccessToken: Sendable, Equatable {
    static let type = "at+jwt"

    var identifier: TokenIdentifier
    var subject: SubjectIdentifier
    var client: ClientIdentifier
    /// Nil for the provider's own endpoints: then the audience is the issuer.
    var resource: ResourceURI?
    var scope: Scope?
    var issuedAt: Timestamp
    var expiresAt: Timestamp
    /// Nil for a client's own token.
    var transaction: TransactionIdentifier?
    var acr: String?
    var authenticatedAt: Timestamp?
    /// What stood against a relayed login; nil for a client's own token.
    var relayResistance: RelayResistance?
    /// RFC 9449 §6.1.
    var proofKey: KeyThumbprint?
    /// RFC 8693 §4.1.
    var actor: JSONObject?
    /// The town that the token is for, where the client serves several; nil where it follows from the client.
    var town: TenantIdentifier?

    func claims(issuer: IssuerURL) -> JSONObject {
        var claims: JSONObject = [
            "iss": .string(issuer.rawValue), "sub": .string(subject.rawValue),
            "aud": .string(resource?.rawValue ?? issuer.rawValue), "client_id": .string(client.rawValue),
            "exp": expiresAt.json, "iat": issuedAt.json, "jti": .string(identifier.rawValue),
        ]
        claims["txn"] = transaction.map { .string($0.rawValue) }
        claims["scope"] = scope.map { .string($0.description) }
        claims["acr"] = acr.map { .string($0) }
        claims["auth_time"] = authenticatedAt?.json
        claims["rr"] = relayResistance.map { .string($0.rawValue) }
        claims["cnf"] = proofKey.map { .object(["jkt": .string($0.rawValue)]) }
        claims["act"] = actor.map { .object($0) }
        if let town { claims[issuer.tenantClaim] = .object(town.claim) }
        return claims
    }

    /// Reads the claims of a verified token; nil when they are not what `claims` writes.
    init?(_ claims: JSONObject, issuer: IssuerURL) {
        func wire<Value: WireValue>(_ name: String) -> Value? { claims[name]?.string.flatMap(Value.init(rawValue:)) }
        guard claims["iss"]?.string == issuer.rawValue, let audience = claims["aud"]?.string,
            let identifier: TokenIdentifier = wire("jti"), let subject: SubjectIdentifier = wire("sub"),
            let client: ClientIdentifier = wire("client_id"), let expires = claims["exp"]?.integer,
            let issued = claims["iat"]?.integer
        else { return nil }
        if audience != issuer.rawValue {
            guard let resource = ResourceURI(rawValue: audience) else { return nil }
            self.resource = resource
        }
        if let text = claims["scope"] {
            guard let scope = text.string.flatMap(Scope.init(parsing:)) else { return nil }
            self.scope = scope
        }
        if let confirmation = claims["cnf"] {
            guard let key = confirmation.object?["jkt"]?.string.flatMap(KeyThumbprint.init(rawValue:)) else {
                return nil
            }
            proofKey = key
        }
        if let claim = claims[issuer.tenantClaim] {
            guard let town = TenantIdentifier(claim: claim) else { return nil }
            self.town = town
        }
        if claims["txn"] != nil {
            guard let transaction: TransactionIdentifier = wire("txn") else { return nil }
            self.transaction = transaction
        }
        self.identifier = identifier
        self.subject = subject
        self.client = client
        issuedAt = Timestamp(seconds: issued)
        expiresAt = Timestamp(seconds: expires)
        acr = claims["acr"]?.string
        authenticatedAt = claims["auth_time"]?.integer.map { Timestamp(seconds: $0) }
        relayResistance = claims["rr"]?.string.flatMap(RelayResistance.init(rawValue:))
        actor = claims["act"]?.object
    }

    init(_ tokens: AuthorizedTokens, subject: SubjectIdentifier, now: Timestamp) {
        let client = tokens.client.client
        identifier = .random(bytes: 16)
        self.subject = subject
        self.client = client.identifier
        resource = tokens.access.resource
        scope = tokens.access.scope
        issuedAt = now
        expiresAt = min(now + Lifetime.accessToken, tokens.access.notAfter ?? now + Lifetime.accessToken)
        transaction = tokens.live?.grant.transaction
        acr = tokens.live.map { $0.grant.context.acr(in: client.levelVocabulary) }
        authenticatedAt = tokens.live?.grant.authenticatedAt
        relayResistance = tokens.live?.grant.relayResistance
        proofKey = tokens.attempt.provedKey
        actor = tokens.access.actor
        town = tokens.access.town
    }
}

/// An access token that counts now: signature, time, client, grant, account, session and device were checked. Only
/// `AccessTokenVerifier` makes it.
struct ProvedAccessToken: Sendable {
    let token: AccessToken
    let client: RegisteredClient
    /// Nil for a client's own token.
    let live: LiveGrant?

    fileprivate init(token: AccessToken, client: RegisteredClient, live: LiveGrant?) {
        self.token = token
        self.client = client
        self.live = live
    }
}

/// The one way in which access tokens are believed: at userinfo, introspection, revocation and exchange.
struct AccessTokenVerifier: Sendable {
    let issuer: IssuerURL
    let registry: ClientRegistry
    let keys: KeyCustodian
    let store: any GrantStore & OneTimeUseStore
    let contexts: ActingContexts
    let clock: ProviderClock
    /// Tokens that we signed or verified lately: most are used in the moments after they were made.
    let verified: VerifiedTexts<AccessToken>

    /// Throws the reason why a token does not count, or a fault of the store.
    func verify(_ text: String) async throws -> ProvedAccessToken {
        let token = try read(text)
        let now = clock.now()
        guard token.expiresAt > now else { throw Refusal.accessTokenExpired }
        // A client that was removed, or whose tenant was suspended, gets nothing any more.
        guard let client = registry.resolve(token.client) else { throw Refusal.unknownClient }
        guard let transaction = token.transaction else {
            guard try await !store.isUsed(token.identifier.rawValue, class: .revokedAccessToken) else {
                throw Refusal.grantRevoked
            }
            return ProvedAccessToken(token: token, client: client, live: nil)
        }
        guard let granted = try await store.liveGrant(transaction, token: token.identifier, now: now),
            granted.grant.subject == token.subject
        else { throw Refusal.grantRevoked }
        // Also what was exchanged ends with the portal that it came from, and with the town's part in it (invariant I28).
        guard let portal = registry.resolve(granted.grant.client) else { throw Refusal.unknownClient }
        guard let acting = portal.acting(for: granted.grant) else { throw Refusal.tenantNotServed }
        guard acting.offers(granted.grant) else { throw Refusal.serviceNotAllowed }
        let live = try await contexts.current(granted, for: acting)
        guard live.account.isActive else { throw Refusal.accountNotActive }
        guard live.isDeviceActive else { throw Refusal.deviceNotActive }
        guard live.isSessionLive else { throw Refusal.sessionOver }
        guard live.isContextLive else { throw Refusal.contextUnavailable }
        guard live.isLevelLive else { throw Refusal.levelUnreachable }
        let isOfPortal = token.client == granted.grant.client
        return ProvedAccessToken(token: token, client: isOfPortal ? acting : client, live: live)
    }

    /// Signature and form alone: enough to revoke it.
    func read(_ text: String) throws(Refusal) -> AccessToken {
        let ring = keys.ring
        return try verified.value(of: text, ring: ring, now: clock.now()) { () throws(Refusal) in
            guard let compact = try? CompactJWS(parsing: text) else { throw .accessTokenMalformed }
            guard let verified = try? ring.verificationKeys.verify(compact, type: AccessToken.type) else {
                throw .accessTokenSignature
            }
            guard let token = AccessToken(verified.payload, issuer: issuer) else { throw .accessTokenClaims }
            return (token, verified.key.thumbprint)
        }
    }
}
