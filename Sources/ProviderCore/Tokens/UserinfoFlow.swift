internal import AccountDirectory
internal import IdentityCrypto
public import OpenIDMessages

/// The userinfo endpoint (OpenID Connect Core §5.3): the claims that the person released, and nothing else.
public struct UserinfoFlow: Sendable {
    let issuer: IssuerURL
    let registry: ClientRegistry
    let keys: KeyCustodian
    let grants: any GrantStore
    let clock: ProviderClock

    /// The claims for an access token. Revoked grants get nothing, nor do accounts, clients and towns
    /// that are not active.
    public func claims(accessToken text: String) async throws -> JSONObject {
        let compact: CompactJWS
        do { compact = try CompactJWS(parsing: text) } catch { throw refuse(.accessTokenMalformed) }
        let verified: VerifiedJWS
        do { verified = try keys.ring.verificationKeys.verify(compact, type: AccessToken.type) } catch {
            throw refuse(.accessTokenSignature)
        }
        let claims = verified.payload
        guard claims["iss"]?.string == issuer.rawValue, claims["aud"]?.string == issuer.rawValue,
            let expires = claims["exp"]?.integer,
            let transaction = claims["txn"]?.string.flatMap(TransactionIdentifier.init(rawValue:)),
            let token = claims["jti"]?.string.flatMap(TokenIdentifier.init(rawValue:))
        else { throw refuse(.accessTokenClaims) }
        guard Timestamp(seconds: expires) > clock.now() else { throw refuse(.accessTokenExpired) }
        // A client that was removed, or whose tenant was suspended, gets nothing any more.
        guard let live = try await grants.liveGrant(transaction, token: token, now: clock.now()),
            live.account.isActive, let subject = live.grant.subject, subject.rawValue == claims["sub"]?.string,
            registry.resolve(live.grant.client) != nil
        else { throw refuse(.grantRevoked) }
        let (grant, account) = (live.grant, live.account)
        var result: JSONObject = ["sub": .string(subject.rawValue)]
        for name in grant.released { result[name] = account.person.claim(name, namespace: issuer.claimNamespace) }
        return result
    }

    private func refuse(_ reason: Refusal) -> ClientRefusal {
        ClientRefusal(.invalidToken, "the access token is malformed, expired or revoked", reason)
    }
}
