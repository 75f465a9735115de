internal import AccountDirectory
internal import IdentityCrypto
public import OpenIDMessages

/// How an access token was presented at a resource (RFC 6750 §2.1, RFC 9449 §7.1).
public enum PresentedAccessToken: Sendable {
    case bearer(String)
    case dpop(String, PresentedProof)
}

/// The userinfo endpoint (OpenID Connect Core §5.3): the claims that the person released, and nothing else.
public struct UserinfoFlow: Sendable {
    let issuer: IssuerURL
    let accessTokens: AccessTokenVerifier
    let proofs: ProofOfPossession
    let protection: ResponseProtection
    let evidence: any EvidenceStore
    let registry: ClientRegistry
    let clock: ProviderClock

    /// Userinfo as the client wants it (OpenID Connect Core §5.3.2).
    public enum Answer: Sendable {
        case json(JSONObject)
        case jwt(String)
    }

    public func answer(_ presented: PresentedAccessToken) async throws -> Answer {
        let proved = try await prove(presented)
        guard let live = proved.live, let subject = live.grant.subject else { throw refuse(.accessTokenClaims) }
        guard let scope = proved.token.scope, scope.contains(Scope.openID) else {
            throw ClientRefusal(.insufficientScope, "the scope openid is needed", .scopeNotAllowed)
        }
        // A portal that needs a higher level by now must send its person back (RFC 9470 §3).
        let required = proved.client.requiredLevel(for: live.grant.service.flatMap(proved.client.service))
        guard live.grant.context.level >= required else {
            throw StepUpNeeded(
                acr: AuthenticationContext(level: required, isSimulated: false)
                    .acr(in: proved.client.client.levelVocabulary))
        }
        var claims = JSONObject()
        claims.reserveCapacity(16)
        claims.append("sub", .string(subject.rawValue))
        let released = try await evidence.released(
            live, to: proved.client, for: scope, issuer: issuer, registry, now: clock.now())
        for member in released.plain().members { claims.append(member.name, member.value) }
        for member in released.company.members { claims.append(member.name, member.value) }
        var verified = released.verified(live.grant.verified.userinfo.map(VerifiedView.init))
        if proved.client.client.receivesVerifiedClaims, let authority = released.authority {
            verified.append(authority)
        }
        if !verified.isEmpty { claims.append("verified_claims", verified.count == 1 ? verified[0] : .array(verified)) }
        return try await protection.userinfo(claims, for: proved.client)
    }

    /// A stronger login is needed than the token came from.
    public struct StepUpNeeded: Error, Sendable {
        /// What to ask for with `acr_values`.
        public let acr: String
    }

    private func prove(_ presented: PresentedAccessToken) async throws -> ProvedAccessToken {
        switch presented {
        case .bearer(let text):
            let proved = try await verify(text)
            // A bound token without its proof is stolen (CVE-2024-49755).
            guard proved.token.proofKey == nil else { throw refuse(.proofMissing) }
            return proved
        case .dpop(let text, let proof):
            let examined: ExaminedProof
            do { examined = try proofs.examine(proof, accessToken: text) } catch { throw error.clientRefusal }
            let proved = try await verify(text)
            guard proved.token.proofKey == examined.key.thumbprint else { throw refuse(.proofKeyMismatch) }
            // Only what goes with a token that counts is remembered: proofs alone cost their senders nothing.
            do { _ = try proofs.use(examined) } catch { throw error.clientRefusal }
            return proved
        }
    }

    private func verify(_ text: String) async throws -> ProvedAccessToken {
        do {
            let proved = try await accessTokens.verify(text)
            guard proved.token.resource == nil else { throw Refusal.accessTokenClaims }
            return proved
        } catch let reason as Refusal { throw refuse(reason) }
    }

    private func refuse(_ reason: Refusal) -> ClientRefusal {
        ClientRefusal(.invalidToken, "the access token is malformed, expired, revoked or bound to another key", reason)
    }
}
