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
        var claims = JSONObject()
        // All of these, and two more of an introspection.
        claims.reserveCapacity(17)
        claims.append("iss", .string(issuer.rawValue))
        claims.append("sub", .string(subject.rawValue))
        claims.append("aud", .string(resource?.rawValue ?? issuer.rawValue))
        claims.append("client_id", .string(client.rawValue))
        claims.append("exp", expiresAt.json)
        claims.append("iat", issuedAt.json)
        claims.append("jti", .string(identifier.rawValue))
        claims.append("txn", transaction.map { .string($0.rawValue) })
        claims.append("scope", scope.map { .string($0.description) })
        claims.append("acr", acr.map { .string($0) })
        claims.append("auth_time", authenticatedAt?.json)
        claims.append("rr", relayResistance.map { .string($0.rawValue) })
        claims.append("cnf", proofKey.map { .object(["jkt": .string($0.rawValue)]) })
        claims.append("act", actor.map { .object($0) })
        if let town { claims.append(issuer.tenantClaim, .object(town.claim)) }
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
    @Shared private(set) var token: AccessToken
    let client: RegisteredClient
    /// Nil for a client's own token.
    let live: LiveGrant?

    fileprivate init(token: Shared<AccessToken>, client: RegisteredClient, live: LiveGrant?) {
        _token = token
        self.client = client
        self.live = live
    }
}

/// The one way in which access tokens are believed: at userinfo, introspection, revocation and exchange. A class: who hands
/// it on, as each of these does in every call, counts one reference instead of one for each of its parts.
final class AccessTokenVerifier: Sendable {
    let issuer: IssuerURL
    let registry: ClientRegistry
    let keys: KeyCustodian
    let store: any GrantStore & OneTimeUseStore
    let contexts: ActingContexts
    let clock: ProviderClock
    /// Tokens that we signed or verified lately: most are used in the moments after they were made.
    let verified: VerifiedTexts<Shared<AccessToken>>

    init(
        issuer: IssuerURL, registry: ClientRegistry, keys: KeyCustodian, store: any GrantStore & OneTimeUseStore,
        contexts: ActingContexts, clock: ProviderClock, verified: VerifiedTexts<Shared<AccessToken>>
    ) {
        self.issuer = issuer
        self.registry = registry
        self.keys = keys
        self.store = store
        self.contexts = contexts
        self.clock = clock
        self.verified = verified
    }

    /// Throws the reason why a token does not count, or a fault of the store.
    func verify(_ text: String) async throws -> ProvedAccessToken {
        let token = try sharedToken(text)
        let now = clock.now()
        guard token.wrappedValue.expiresAt > now else { throw Refusal.accessTokenExpired }
        // A client that was removed, or whose tenant was suspended, gets nothing any more.
        guard let client = registry.resolve(token.wrappedValue.client) else { throw Refusal.unknownClient }
        guard let transaction = token.wrappedValue.transaction else {
            guard try await !store.isUsed(token.wrappedValue.identifier.rawValue, class: .revokedAccessToken) else {
                throw Refusal.grantRevoked
            }
            return ProvedAccessToken(token: token, client: client, live: nil)
        }
        guard let granted = try await store.liveGrant(transaction, token: token.wrappedValue.identifier, now: now),
            granted.grant.subject == token.wrappedValue.subject
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
        let isOfPortal = token.wrappedValue.client == granted.grant.client
        return ProvedAccessToken(token: token, client: isOfPortal ? acting : client, live: live)
    }

    /// Signature and form alone: enough to revoke it.
    func read(_ text: String) throws(Refusal) -> AccessToken { try sharedToken(text).wrappedValue }

    private func sharedToken(_ text: String) throws(Refusal) -> Shared<AccessToken> {
        let ring = keys.ring
        return try verified.value(of: text, ring: ring, now: clock.now()) { () throws(Refusal) in
            guard let compact = try? CompactJWS(parsing: text) else { throw .accessTokenMalformed }
            guard let verified = try? ring.verificationKeys.verify(compact, type: AccessToken.type) else {
                throw .accessTokenSignature
            }
            guard let token = AccessToken(verified.payload, issuer: issuer) else { throw .accessTokenClaims }
            return (Shared(wrappedValue: token), verified.key.thumbprint)
        }
    }
}
