internal import AccountDirectory
internal import IdentityCrypto
internal import OpenIDMessages

/// Who would get tokens, by which grant, for what.
struct TokenAttempt: Sendable {
    var client: RegisteredClient
    var grantType: GrantType
    /// Nil when no person takes part (client credentials).
    var live: LiveGrant?
    var access: TokenAccess
    /// The key that this call proved.
    var provedKey: KeyThumbprint?
    /// The key that code, refresh token or subject token are bound to.
    var boundKey: KeyThumbprint?
}

/// What an access token will be good for.
struct TokenAccess: Sendable {
    /// Nil for no scope at all.
    var scope: Scope?
    /// Nil for the provider's own endpoints.
    var resource: ResourceURI?
    /// What an exchanged token says about who acts (RFC 8693 §4.1).
    var actor: JSONObject?
    /// A limit that another token sets.
    var notAfter: Timestamp?
    /// The town that a client of one-for-all services acts for; nil where the client says it alone.
    var town: TenantIdentifier?
}

/// Tokens that may be issued. Only `GrantPolicy.authorize` makes it, and nothing else can be minted.
struct AuthorizedTokens: Sendable {
    let attempt: TokenAttempt
    var client: RegisteredClient { attempt.client }
    var access: TokenAccess { attempt.access }
    var live: LiveGrant? { attempt.live }
    /// OpenID Connect Core §3.1.2.1: without the scope there is no ID token.
    var hasIDToken: Bool { access.scope?.contains(Scope.openID) == true }

    fileprivate init(_ attempt: TokenAttempt) { self.attempt = attempt }
}

/// The one way in: every grant asks here before tokens are made (CVE-2024-38371, CVE-2024-52287).
enum GrantPolicy {
    static func authorize(_ attempt: TokenAttempt) throws(ClientRefusal) -> AuthorizedTokens {
        try checkClient(attempt)
        try checkKey(attempt)
        try checkAccess(attempt)
        if let live = attempt.live { try checkPerson(live, attempt) }
        return AuthorizedTokens(attempt)
    }

    private static func checkClient(_ attempt: TokenAttempt) throws(ClientRefusal) {
        let client = attempt.client.client
        guard client.grantTypes.contains(attempt.grantType) else {
            throw ClientRefusal(.unauthorizedClient, "the client may not use this grant", .grantTypeNotAllowed)
        }
        // A grant without a person needs a client that can prove who it is.
        guard attempt.live != nil || client.authenticationMethod != .none else {
            throw ClientRefusal(.unauthorizedClient, "the client may not use this grant", .grantTypeNotAllowed)
        }
    }

    /// RFC 9449 §5, FAPI 2.0 Security Profile §5.3.2.1-5.
    private static func checkKey(_ attempt: TokenAttempt) throws(ClientRefusal) {
        guard attempt.provedKey != nil || !attempt.client.isKeyBound else {
            throw ClientRefusal(.invalidDPoPProof, "this client's tokens must be bound by DPoP", .proofMissing)
        }
        guard attempt.boundKey == nil || attempt.boundKey == attempt.provedKey else {
            throw ClientRefusal(.invalidGrant, "the grant is bound to another key", .proofKeyMismatch)
        }
    }

    private static func checkAccess(_ attempt: TokenAttempt) throws(ClientRefusal) {
        let client = attempt.client.client
        let scope = attempt.access.scope?.tokens ?? []
        guard scope.allSatisfy({ Scope.namesService($0) || client.scopes.contains($0) }) else {
            throw ClientRefusal(.invalidScope, "the client may not ask for this scope", .scopeNotAllowed)
        }
        if let resource = attempt.access.resource, !client.resources.contains(resource) {
            throw ClientRefusal(.invalidTarget, "the client may not ask for this resource", .resourceNotAllowed)
        }
    }

    /// Account, session, device and level as they are now, not as they were at the login.
    private static func checkPerson(_ live: LiveGrant, _ attempt: TokenAttempt) throws(ClientRefusal) {
        let client = attempt.client
        guard attempt.grantType == .tokenExchange || live.grant.client == client.client.identifier else {
            throw ClientRefusal(invalidGrant: .codeOfOtherClient)
        }
        guard live.account.isActive else { throw ClientRefusal(invalidGrant: .accountNotActive) }
        guard live.isDeviceActive else { throw ClientRefusal(invalidGrant: .deviceNotActive) }
        guard live.isSessionLive else { throw ClientRefusal(invalidGrant: .sessionOver) }
        guard live.isContextLive else { throw ClientRefusal(invalidGrant: .contextUnavailable) }
        guard live.isLevelLive else { throw ClientRefusal(invalidGrant: .levelUnreachable) }
        if let limits = live.representation?.limits {
            guard live.grant.context.level <= min(limits.binding, limits.company) else {
                throw ClientRefusal(invalidGrant: .levelUnreachable)
            }
        }
        var service: Service?
        if let name = live.grant.service, live.grant.client == client.client.identifier {
            service = client.service(name)
            guard service != nil else { throw ClientRefusal(invalidGrant: .serviceNotAllowed) }
        }
        guard live.grant.context.level >= client.requiredLevel(for: service) else {
            throw ClientRefusal(invalidGrant: .levelUnreachable)
        }
        if let ceiling = client.levelCeiling, live.grant.context.level > ceiling {
            throw ClientRefusal(invalidGrant: .levelAboveProfile)
        }
    }
}

extension ClientRefusal {
    /// `invalid_grant` in the same words for every reason: the caller hears little.
    init(invalidGrant reason: Refusal) {
        self.init(.invalidGrant, "the grant is unknown, used, expired, revoked or not for this request", reason)
    }
}

extension RegisteredClient {
    /// Every token of this client is bound to a key of it.
    var isKeyBound: Bool {
        client.requiresDPoP || client.profile == .fapi2 || client.authenticationMethod == .none
    }

    /// The highest level that the client's profile may carry; nil for any.
    var levelCeiling: AssuranceLevel? { client.profile == .legacy ? .normal : nil }
}
