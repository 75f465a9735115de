public import OpenIDMessages

/// The provider's word that somebody is logged out: a logout token that passed every check of OpenID Connect Back-Channel Logout
/// §2.6, once. Only `RelyingParty.logoutNotice` makes it.
public struct LogoutNotice: Sendable, Equatable, CustomStringConvertible {
    /// Whose logins end; nil when the session alone is named.
    public let subject: SubjectIdentifier?
    /// The session at the provider that is over; nil when all of the person's are.
    public let session: SessionName?
    /// The person's account is gone (RISC Profile 1.0 §2.1): what the portal keeps under this `sub` may be deleted, by the law
    /// of the portal.
    public let isAccountPurged: Bool

    init(_ token: ValidatedLogoutToken) {
        subject = token.subject
        session = token.session
        isAccountPurged = token.isAccountPurged
    }

    /// Whether the portal's session of this login has to end (§2.7): one of the session that is named, or else any of the
    /// person.
    public func ends(_ login: LoggedIn) -> Bool {
        guard subject == nil || subject == login.subject else { return false }
        return session == nil || session == login.session
    }

    /// Names nobody.
    public var description: String { "(logout notice)" }
}
