internal import AccountDirectory
internal import IdentityCrypto
internal import OpenIDMessages

/// Writes tokens for what `GrantPolicy` let through.
struct TokenMinter: Sendable {
    let issuer: IssuerURL
    let keys: KeyCustodian
    let protection: ResponseProtection
    let evidence: any EvidenceStore
    let registry: ClientRegistry
    let clock: ProviderClock
    let verified: VerifiedTexts<Shared<AccessToken>>

    /// What an ID token says beyond the grant.
    enum IDTokenKind: Sendable {
        case none
        /// The first one, with the request's nonce.
        case first
        /// A refreshed one has no nonce (OpenID Connect Core §12.2).
        case refreshed
    }

    /// The JSON body of a token response (RFC 6749 §5.1).
    func response(
        _ tokens: AuthorizedTokens, idToken kind: IDTokenKind = .none, refreshToken: String? = nil
    ) async throws -> JSONObject {
        let now = clock.now()
        let subject =
            tokens.live?.grant.subject ?? SubjectIdentifier(rawValue: tokens.client.client.identifier.rawValue)
        guard let subject else { throw ClientRefusal(invalidGrant: .codeUnknown) }
        let access = AccessToken(tokens, subject: subject, now: now)
        let key = keys.ring.current(.es256)
        let text = try key.sign(type: AccessToken.type, payload: access.claims(issuer: issuer))
        verified.remember(Shared(wrappedValue: access), as: text, signer: key.thumbprint, now: now)
        var response: JSONObject = [
            "access_token": .string(text), "token_type": access.proofKey == nil ? "Bearer" : "DPoP",
            "expires_in": .integer(access.expiresAt.seconds - now.seconds),
        ]
        response["scope"] = access.scope.map { .string($0.description) }
        response["refresh_token"] = refreshToken.map { .string($0) }
        if kind != .none, let live = tokens.live, let scope = tokens.access.scope, tokens.hasIDToken {
            let released = try await evidence.released(
                live, to: tokens.client, for: scope, issuer: issuer, registry, now: now)
            let claims = IDTokenClaims(
                issuer: issuer, live: live, client: tokens.client, subject: subject, released: released
            ).payload(accessToken: text, withNonce: kind == .first, now: now)
            response["id_token"] = .string(try await protection.idToken(claims, for: tokens.client))
        }
        return response
    }
}

extension EvidenceStore {
    /// What goes out to a client on a grant, with a token of `scope`; the store is asked only when what was verified matters.
    func released(
        _ live: LiveGrant, to client: RegisteredClient, for scope: Scope, issuer: IssuerURL,
        _ registry: ClientRegistry, now: Timestamp
    ) async throws -> ReleasedClaims {
        let needsEvidence = ReleasedClaims.needsEvidence(live, client)
        return ReleasedClaims(
            live: live, client: client, scope: scope, issuer: issuer,
            attributes: needsEvidence ? try await verifiedAttributes(of: live.account.identifier) : [],
            townName: { registry.tenant($0)?.officialName }, now: now)
    }
}
