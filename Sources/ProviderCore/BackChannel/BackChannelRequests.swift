internal import AccountDirectory
internal import IdentityCrypto
internal import OpenIDMessages
internal import Synchronization

/// Back-channel authentication requests that wait for their person (CIBA Core §7.3), in bounded memory. What is lost at a
/// restart is begun anew, also what was approved and not yet asked for.
final class BackChannelRequests: Sendable {
    private struct Entry {
        let client: ClientIdentifier
        /// The login in which the person decides, or the one that nobody sees.
        let page: String
        let expiresAt: Timestamp
        var pace = PollingPace()
    }

    private let logins: LoginsInFlight
    private let clock: ProviderClock
    private let entries = Mutex<[HandleDigest: Entry]>([:])

    init(logins: LoginsInFlight, clock: ProviderClock) {
        self.logins = logins
        self.clock = clock
    }

    var count: Int { entries.withLock { $0.count } }

    /// Remembers a request; false when too many logins are in flight.
    func begin(_ login: Login, _ redemption: PolledRedemption) -> Bool {
        guard logins.hasRoom(for: login.request.tenant), logins.insert(login) else { return false }
        let entry = Entry(
            client: login.request.client.client.identifier, page: login.page, expiresAt: redemption.until)
        entries.withLock { $0[redemption.handle] = entry }
        return true
    }

    /// CIBA Core §11: returns when the person approved; the store decides who redeems.
    func poll(_ request: HandleDigest, by client: ClientIdentifier) throws(ClientRefusal) {
        let now = clock.now()
        let found = entries.withLock { entries -> (Entry, isTooFast: Bool)? in
            guard var entry = entries[request], entry.client == client else { return nil }
            let isTooFast = entry.pace.isTooFast(at: now)
            entries[request] = entry
            return (entry, isTooFast)
        }
        guard let (entry, isTooFast) = found else { throw ClientRefusal(invalidGrant: .codeUnknown) }
        try PollingRules.answer(
            logins.login(.page(entry.page))?.decision ?? .open, expiresAt: entry.expiresAt, isTooFast: isTooFast,
            now: now)
    }

    func sweep() {
        let now = clock.now()
        // One that is over answers until the store's own record of it ends.
        entries.withLock { $0 = $0.filter { $0.value.expiresAt + Lifetime.finishedLogin > now } }
    }
}

extension Login {
    /// What a portal learns of the person's decision. That nobody was there, could not be reached, or had no device that
    /// is good enough is no decision: all of it ends with the request's time (docs/decisions/0014).
    var decision: PollingRules.Decision {
        switch state {
        case .complete: .approved
        case .denied, .reported, .codeLocked, .deviceCloned: .refused
        case .failed: claim == nil ? .open : .refused
        default: .open
        }
    }
}
