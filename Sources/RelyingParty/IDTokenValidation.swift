internal import IdentityCrypto
internal import OpenIDMessages

/// What an ID token answers.
enum IDTokenOccasion: Sendable {
    /// A login that was begun with this nonce.
    case login(Nonce)
    /// A refresh of a login whose own ID token said this.
    case refresh(FirstIDToken)
}

/// What the ID token of a login said and refreshed ones must not contradict (OpenID Connect Core §12.2).
struct FirstIDToken: Sendable, Equatable {
    let subject: SubjectIdentifier
    let nonce: Nonce
    /// `auth_time`.
    let authenticatedAt: Timestamp?
    /// Whether there was an `azp`; it is this client's in any case.
    let hasAuthorizedParty: Bool
}

/// An ID token that passed every check of OpenID Connect Core §3.1.3.7, or of §12.2, and names the town that was asked for.
struct ValidatedIDToken: Sendable {
    /// The signed token, without encryption.
    let text: String
    let claims: JSONObject
    let first: FirstIDToken
    let session: SessionName?
    let acr: String
    let context: AuthenticationContext

    var subject: SubjectIdentifier { first.subject }

    fileprivate init(
        text: String, claims: JSONObject, first: FirstIDToken, session: SessionName?, acr: String,
        context: AuthenticationContext
    ) {
        self.text = text
        self.claims = claims
        self.first = first
        self.session = session
        self.acr = acr
        self.context = context
    }
}

/// Checks ID tokens from the token endpoint. The numbers are those of OpenID Connect Core §3.1.3.7.
struct IDTokenValidator: Sendable {
    typealias Token = ProviderToken<IDTokenDefect>

    let issuer: IssuerURL
    let client: ClientIdentifier
    let levels: AcceptedLevels

    func validate(
        _ text: String, keys: VerificationKeySet, for occasion: IDTokenOccasion, servedTenant: TenantIdentifier?,
        accessToken: String, now: Timestamp
    ) throws(IDTokenDefect) -> ValidatedIDToken {
        // 1. `TokenDecryption` has taken the encryption away: a JWE has five parts and is malformed here.
        // 6., 7., 8. The signature.
        let token = try Token(verifying: text, keys: keys, type: nil)
        let claims = token.claims
        // 2. The issuer.
        try token.expect("iss", issuer.rawValue)
        // 3., 4., 5. The audience.
        try token.expectAudience(client)
        if claims["azp"] != nil { try token.expect("azp", client.rawValue) }
        // 9., 10. The times.
        try token.checkTimes(now: now)
        // 11. The nonce of this login.
        let nonce = try Self.checkNonce(token, for: occasion)
        // 12. The level.
        guard let acr = claims["acr"]?.string else { throw .missing("acr") }
        guard let context = levels.context(ofSatisfying: acr) else { throw .levelNotSatisfied }
        // 13. The time of authentication.
        let authenticatedAt = claims["auth_time"] == nil ? nil : try token.time("auth_time")
        if let authenticatedAt, authenticatedAt > now + Token.clockTolerance { throw .clockDisagrees("auth_time") }
        // §3.1.3.8: the access token belongs to this ID token.
        if claims["at_hash"] != nil { try token.expect("at_hash", token.algorithm.halfHash(of: accessToken)) }
        // I28: `sub` is the person's name at one town, so the town comes first.
        if let servedTenant { try checkTenant(claims, equals: servedTenant) }
        let said = FirstIDToken(
            subject: try token.value("sub", as: SubjectIdentifier.self), nonce: nonce, authenticatedAt: authenticatedAt,
            hasAuthorizedParty: claims["azp"] != nil)
        let session = claims["sid"] == nil ? nil : try token.value("sid", as: SessionName.self)
        return ValidatedIDToken(
            text: text, claims: claims, first: try Self.first(said, for: occasion), session: session, acr: acr,
            context: context)
    }

    /// In a refreshed token there should be none; one that is there must be the login's (§12.2).
    private static func checkNonce(_ token: Token, for occasion: IDTokenOccasion) throws(IDTokenDefect) -> Nonce {
        switch occasion {
        case .login(let nonce):
            guard let answered = token.claims["nonce"]?.string else { throw .missing("nonce") }
            guard constantTimeEqual(Array(answered.utf8), Array(nonce.rawValue.utf8)) else { throw .wrong("nonce") }
            return nonce
        case .refresh(let first):
            guard let answered = token.claims["nonce"] else { return first.nonce }
            guard answered == .string(first.nonce.rawValue) else { throw .changed("nonce") }
            return first.nonce
        }
    }

    /// §12.2: person, time of authentication and authorized party are those of the login.
    private static func first(
        _ said: FirstIDToken, for occasion: IDTokenOccasion
    ) throws(IDTokenDefect) -> FirstIDToken {
        guard case .refresh(let first) = occasion else { return said }
        guard said.subject == first.subject else { throw .changed("sub") }
        guard said.authenticatedAt == nil || said.authenticatedAt == first.authenticatedAt else {
            throw .changed("auth_time")
        }
        guard said.hasAuthorizedParty == first.hasAuthorizedParty else { throw .changed("azp") }
        return first
    }

    /// The claim `{issuer}/claims/tenant`, an object whose `id` is the town.
    private func checkTenant(_ claims: JSONObject, equals tenant: TenantIdentifier) throws(IDTokenDefect) {
        let name = issuer.tenantClaim
        guard let claim = claims[name] else { throw .missing(name) }
        guard let identifier = claim.object?["id"]?.string.flatMap(TenantIdentifier.init(rawValue:)) else {
            throw .wrong(name)
        }
        guard identifier == tenant else { throw .tenantMismatch }
    }
}
