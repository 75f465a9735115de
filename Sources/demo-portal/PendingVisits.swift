internal import IdentityCrypto
internal import OpenIDMessages

/// Visits to the provider, logins or logouts, whose return is awaited. Each belongs to one browser, which may have several at a
/// time, one in each tab.
actor PendingVisits<Visit: Sendable> {
    struct Entry: Sendable {
        let visit: Visit
        /// The language in which the person began.
        let language: Language
    }

    private var store: BoundedStore<Entry>

    init(lifetime: Int64) { store = BoundedStore(capacity: 1000, lifetime: lifetime) }

    func add(_ visit: Visit, _ language: Language, browser: String, state: StateValue, now: Timestamp) {
        let entry = Entry(visit: visit, language: language)
        store.insert(entry, for: Self.digest(browser: browser, state: state.rawValue), now: now)
    }

    /// Takes the visit that this browser began with this `state`; it cannot be taken twice.
    func take(browser: String, state: String, now: Timestamp) -> Entry? {
        store.remove(Self.digest(browser: browser, state: state), now: now)
    }

    /// Neither value contains a line feed, so the pair has one spelling.
    private static func digest(browser: String, state: String) -> SecretDigest {
        SecretDigest(of: browser + "\n" + state)
    }
}
