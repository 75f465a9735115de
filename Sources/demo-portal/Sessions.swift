internal import IdentityCrypto
internal import OpenIDMessages
internal import RelyingParty

/// Who is logged in at the portal.
actor Sessions {
    struct Session: Sendable {
        let login: LoggedIn
        /// The released claims.
        let userinfo: JSONObject
        let startedAt: Timestamp
    }

    private var store = BoundedStore<Session>(capacity: 1000, lifetime: 3600)

    /// Starts a session under a fresh cookie value.
    func start(_ session: Session, now: Timestamp) -> String {
        let secret = OneTimeSecret()
        store.insert(session, for: secret.digest, now: now)
        return secret.text
    }

    func session(cookie: String, now: Timestamp) -> Session? { store.value(for: SecretDigest(of: cookie), now: now) }

    /// Ends a session, and gives it for the last time.
    func end(cookie: String, now: Timestamp) -> Session? { store.remove(SecretDigest(of: cookie), now: now) }

    /// Ends the sessions that the provider named, and says how many there were.
    func end(_ notice: LogoutNotice) -> Int { store.removeAll { notice.ends($0.login) } }
}
