internal import IdentityCrypto
internal import OpenIDMessages
internal import RelyingParty

/// Logins that were begun. Each belongs to one browser, which may have several at a time, one in each tab.
actor PendingLogins {
    struct Entry: Sendable {
        let login: PendingLogin
        /// The language in which the person began.
        let language: Language
    }

    private var store = BoundedStore<Entry>(capacity: 1000, lifetime: PendingLogin.lifetime)

    func add(_ entry: Entry, browser: String, now: Timestamp) {
        store.insert(entry, for: Self.digest(browser: browser, state: entry.login.state.rawValue), now: now)
    }

    /// Takes the login that this browser began with this `state`; it cannot be taken twice.
    func take(browser: String, state: String, now: Timestamp) -> Entry? {
        store.remove(Self.digest(browser: browser, state: state), now: now)
    }

    /// Neither value contains a line feed, so the pair has one spelling.
    private static func digest(browser: String, state: String) -> SecretDigest {
        SecretDigest(of: browser + "\n" + state)
    }
}
