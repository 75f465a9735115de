public import IdentityCrypto
internal import OpenIDMessages

/// Why an ID token was not accepted.
public enum IDTokenDefect: Error, Sendable, Equatable {
    /// Encryption was agreed and the token is not encrypted to the portal's key, or was not agreed and it is.
    case encryption
    /// Format, key, algorithm or signature.
    case signature(JWSError)
    /// A claim that must be there is missing.
    case missing(String)
    /// A claim has a wrong type or is not what it must be.
    case wrong(String)
    case expired
    /// `iat` or `auth_time` lies in the future, or `iat` too far in the past.
    case clockDisagrees(String)
    /// The level was not reached, or it was only simulated.
    case levelNotSatisfied
    /// The login was for another town than the one for which a portal of several towns asked (invariant I28).
    case tenantMismatch

    var remedy: String {
        switch self {
        case .encryption:
            "The ID token is not encrypted to the portal's key. Compare the key, and id_token_encrypted_response_alg, "
                + "with the client's registration."
        case .signature: "The ID token's signature does not stand with the provider's published keys."
        case .missing(let claim): "The ID token has no \(claim)."
        case .wrong(let claim): "The ID token's \(claim) is not the one that this login must have."
        case .expired: "The ID token has expired. Check the clocks of portal and provider."
        case .clockDisagrees(let claim): "The ID token's \(claim) does not fit this clock. Check the clocks."
        case .levelNotSatisfied:
            "The login did not reach a level that the portal asked for. Simulated levels (sim:) count only where the "
                + "portal's configuration accepts them."
        case .tenantMismatch:
            "The ID token is for another town than the one that this login was begun for. Discard it: its sub is of that "
                + "town's files."
        }
    }
}

/// An ID token that passed every check of OpenID Connect Core §3.1.3.7, and names the town that was asked for.
struct ValidatedIDToken: Sendable {
    let claims: JSONObject
    let subject: SubjectIdentifier
    let acr: String
    let context: AuthenticationContext

    fileprivate init(claims: JSONObject, subject: SubjectIdentifier, acr: String, context: AuthenticationContext) {
        self.claims = claims
        self.subject = subject
        self.acr = acr
        self.context = context
    }
}

/// Checks ID tokens from the token endpoint. The numbers are those of OpenID Connect Core §3.1.3.7.
struct IDTokenValidator: Sendable {
    let issuer: IssuerURL
    let client: ClientIdentifier
    let levels: AcceptedLevels

    /// How far two clocks may differ, in seconds.
    static let clockTolerance: Int64 = 30
    /// How old a token may be that was issued just now, in seconds.
    static let maximumAge: Int64 = 600

    func validate(
        _ text: String, keys: VerificationKeySet, nonce: Nonce, servedTenant: TenantIdentifier?, accessToken: String,
        now: Timestamp
    ) throws(IDTokenDefect) -> ValidatedIDToken {
        // 1. `IDTokenDecryption` has taken the encryption away: a JWE has five parts and is malformed here.
        // 6., 7., 8. The signature, by the key that `kid` names, with that key's algorithm and no other.
        let token = try Self.verifiedToken(text, keys: keys)
        let claims = token.payload
        // 2. The issuer, byte for byte.
        try Self.expect("iss", in: claims, equals: issuer.rawValue)
        // 3., 4., 5. The audience: this client and nobody else.
        try checkAudience(claims)
        // 9., 10. The times.
        try Self.checkTimes(claims, now: now)
        // 11. The nonce of this login.
        guard let answered = claims["nonce"]?.string else { throw .missing("nonce") }
        guard constantTimeEqual(Array(answered.utf8), Array(nonce.rawValue.utf8)) else { throw .wrong("nonce") }
        // 12. The level.
        guard let acr = claims["acr"]?.string else { throw .missing("acr") }
        guard let context = levels.context(ofSatisfying: acr) else { throw .levelNotSatisfied }
        // 13. The time of authentication.
        try Self.checkAuthenticationTime(claims, now: now)
        // §3.1.3.8: the access token belongs to this ID token.
        try Self.checkAccessTokenHash(claims, accessToken: accessToken, algorithm: token.key.algorithm)
        // I28: `sub` is the person's name at one town, so the town comes first.
        if let servedTenant { try checkTenant(claims, equals: servedTenant) }
        guard let subject = claims["sub"]?.string else { throw .missing("sub") }
        guard let subject = SubjectIdentifier(rawValue: subject) else { throw .wrong("sub") }
        return ValidatedIDToken(claims: claims, subject: subject, acr: acr, context: context)
    }

    private static func verifiedToken(_ text: String, keys: VerificationKeySet) throws(IDTokenDefect) -> VerifiedJWS {
        do throws(JWSError) {
            let token = try CompactJWS(parsing: text)
            guard token.keyIdentifier != nil else { throw JWSError.unknownKey }
            // RFC 8725 §3.11: an ID token says `JWT` or nothing; another type is another kind of token.
            let type = token.header["typ"] == nil ? nil : "jwt"
            return try keys.verify(token, type: type)
        } catch { throw .signature(error) }
    }

    private static func expect(_ claim: String, in claims: JSONObject, equals value: String) throws(IDTokenDefect) {
        guard let actual = claims[claim] else { throw .missing(claim) }
        guard let text = actual.string, Array(text.utf8) == Array(value.utf8) else { throw .wrong(claim) }
    }

    private func checkAudience(_ claims: JSONObject) throws(IDTokenDefect) {
        guard let audience = claims["aud"] else { throw .missing("aud") }
        guard audience == .string(client.rawValue) || audience == .strings([client.rawValue]) else {
            throw .wrong("aud")
        }
        if claims["azp"] != nil { try Self.expect("azp", in: claims, equals: client.rawValue) }
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

    private static func checkTimes(_ claims: JSONObject, now: Timestamp) throws(IDTokenDefect) {
        let expiry = try time("exp", in: claims)
        guard now < expiry + clockTolerance else { throw .expired }
        let issuedAt = try time("iat", in: claims)
        guard issuedAt <= now + clockTolerance, issuedAt >= now - maximumAge else { throw .clockDisagrees("iat") }
        if claims["nbf"] != nil {
            guard try time("nbf", in: claims) <= now + clockTolerance else { throw .clockDisagrees("nbf") }
        }
    }

    private static func checkAuthenticationTime(_ claims: JSONObject, now: Timestamp) throws(IDTokenDefect) {
        guard claims["auth_time"] != nil else { return }
        guard try time("auth_time", in: claims) <= now + clockTolerance else { throw .clockDisagrees("auth_time") }
    }

    private static func checkAccessTokenHash(
        _ claims: JSONObject, accessToken: String, algorithm: JWSAlgorithm
    ) throws(IDTokenDefect) {
        guard claims["at_hash"] != nil else { return }
        try expect("at_hash", in: claims, equals: algorithm.halfHash(of: accessToken))
    }

    /// A NumericDate in whole seconds (RFC 7519 §2).
    private static func time(_ claim: String, in claims: JSONObject) throws(IDTokenDefect) -> Timestamp {
        guard let value = claims[claim] else { throw .missing(claim) }
        guard let seconds = value.integer, (0...253_402_300_799).contains(seconds) else { throw .wrong(claim) }
        return Timestamp(seconds: seconds)
    }
}
