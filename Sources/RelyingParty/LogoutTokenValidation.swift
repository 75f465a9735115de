internal import IdentityCrypto
internal import OpenIDMessages

/// A logout token that passed the checks of Back-Channel Logout §2.6 but one: its `jti` still has to be used up.
struct ValidatedLogoutToken: Sendable {
    let identifier: TokenIdentifier
    let subject: SubjectIdentifier?
    let session: SessionName?
    let isAccountPurged: Bool
    /// From then on the token is refused as too old, and its `jti` need not be remembered.
    let refusedFrom: Timestamp

    fileprivate init(
        identifier: TokenIdentifier, subject: SubjectIdentifier?, session: SessionName?, isAccountPurged: Bool,
        refusedFrom: Timestamp
    ) {
        self.identifier = identifier
        self.subject = subject
        self.session = session
        self.isAccountPurged = isAccountPurged
        self.refusedFrom = refusedFrom
    }
}

/// Checks logout tokens. The numbers are those of OpenID Connect Back-Channel Logout §2.6.
struct LogoutTokenValidator: Sendable {
    typealias Token = ProviderToken<LogoutTokenDefect>

    let issuer: IssuerURL
    let client: ClientIdentifier

    /// §2.4: explicit typing, so that no other token of the provider passes for one.
    private static let type = "logout+jwt"
    private static let event = "http://schemas.openid.net/event/backchannel-logout"
    private static let purgeEvent = "https://schemas.openid.net/secevent/risc/event-type/account-purged"

    func validate(
        _ text: String, keys: VerificationKeySet, now: Timestamp
    ) throws(LogoutTokenDefect) -> ValidatedLogoutToken {
        // 1. `TokenDecryption` has taken the encryption away.
        // 2., 3. Signature, algorithm and type.
        let token = try Token(verifying: text, keys: keys, type: Self.type)
        // 4. Issuer, audience and times, as in an ID token.
        try token.expect("iss", issuer.rawValue)
        try token.expectAudience(client)
        let expiry = try token.checkTimes(now: now)
        let issuedAt = try token.time("iat")
        // 5. Somebody or some session.
        let subject = token.claims["sub"] == nil ? nil : try token.value("sub", as: SubjectIdentifier.self)
        let session = token.claims["sid"] == nil ? nil : try token.value("sid", as: SessionName.self)
        guard subject != nil || session != nil else { throw .nobodyNamed }
        // 6. The event; its value is an object, empty or not (§2.4).
        guard let events = token.claims["events"] else { throw .missing("events") }
        guard let events = events.object else { throw .wrong("events") }
        guard events[Self.event]?.object != nil else { throw .noLogoutEvent }
        // 7. No nonce, whatever its value.
        guard token.claims["nonce"] == nil else { throw .nonce }
        // 8. Named, so that it can be used up.
        let identifier = try token.value("jti", as: TokenIdentifier.self)
        return ValidatedLogoutToken(
            identifier: identifier, subject: subject, session: session,
            isAccountPurged: events[Self.purgeEvent] != nil,
            refusedFrom: min(expiry + Token.clockTolerance, issuedAt + Token.maximumAge + 1))
    }
}
