internal import AccountDirectory
internal import IdentityCrypto
internal import OpenIDMessages
internal import Synchronization

/// Device authorizations that wait for their person (RFC 8628), in bounded memory. What is lost at a restart is begun
/// anew; an approval is in the store.
final class DeviceAuthorizations: Sendable {
    struct Entry: Sendable {
        let device: HandleDigest
        let request: ValidatedAuthorizationRequest
        let expiresAt: Timestamp
        /// The login in which the person decides; nil until the code was typed.
        var login: String?
        var pace = PollingPace()
    }

    private struct Contents {
        var entries: [UserCode: Entry] = [:]
        var codes: [HandleDigest: UserCode] = [:]
        var order = ExpiryOrder<UserCode>()
        var shares: TenantShares
    }

    private let logins: LoginsInFlight
    private let clock: ProviderClock
    private let contents: Mutex<Contents>

    init(capacity: Int, logins: LoginsInFlight, clock: ProviderClock) {
        contents = Mutex(Contents(shares: TenantShares(capacity: capacity)))
        self.logins = logins
        self.clock = clock
    }

    var count: Int { contents.withLock { $0.entries.count } }

    /// Remembers a request; nil when too many of its town wait.
    func begin(_ request: ValidatedAuthorizationRequest) -> (device: OneTimeHandle, user: UserCode)? {
        let device = OneTimeHandle(.deviceCode)
        let now = clock.now()
        return contents.withLock { contents in
            if !contents.shares.hasRoom(for: request.tenant) { Self.sweep(&contents, now: now) }
            var user = UserCode.random()
            while contents.entries[user] != nil { user = .random() }
            guard contents.shares.hasRoom(for: request.tenant) else { return nil }
            contents.shares.take(request.tenant)
            contents.entries[user] = Entry(
                device: device.digest, request: request, expiresAt: now + Lifetime.deviceCode)
            contents.codes[device.digest] = user
            contents.order.append(user)
            return (device, user)
        }
    }

    /// The request behind a typed code, if it waits and nobody decides about it at this moment.
    func entry(_ code: UserCode) -> Entry? {
        let now = clock.now()
        return contents.withLock { contents in
            guard let entry = contents.entries[code], entry.expiresAt > now, isOpen(entry) else { return nil }
            return entry
        }
    }

    /// Ties a code to the login in which its person decides; false when another was first.
    func attach(_ code: UserCode, login page: String) -> Bool {
        let now = clock.now()
        return contents.withLock { contents in
            guard let entry = contents.entries[code], entry.expiresAt > now, isOpen(entry) else { return false }
            contents.entries[code]?.login = page
            return true
        }
    }

    /// Free, or tied to a login that ended without an answer of the person. An approval made the one grant of the code, also
    /// where the browser did not come back to its login.
    private func isOpen(_ entry: Entry) -> Bool {
        guard let page = entry.login else { return true }
        guard let login = logins.login(.page(page)) else { return false }
        return login.state.isTerminal && !login.isAnswered
    }

    /// RFC 8628 §3.5: returns when the person approved; the store decides who redeems.
    func poll(_ device: HandleDigest, by client: ClientIdentifier) throws(ClientRefusal) {
        let now = clock.now()
        let found = contents.withLock { contents -> (Entry, isTooFast: Bool)? in
            guard let user = contents.codes[device], var entry = contents.entries[user],
                entry.request.client.client.identifier == client
            else { return nil }
            let isTooFast = entry.pace.isTooFast(at: now)
            contents.entries[user] = entry
            return (entry, isTooFast)
        }
        guard let (entry, isTooFast) = found else { throw ClientRefusal(invalidGrant: .codeUnknown) }
        try PollingRules.answer(
            decision(entry), expiresAt: entry.expiresAt, isTooFast: isTooFast, now: now)
    }

    /// A login that ends without an answer of the person is none: the code can be typed again. One that ends after an approval
    /// and before the phone came back to its browser is refused: somebody else may have approved.
    private func decision(_ entry: Entry) -> PollingRules.Decision {
        guard let login = entry.login.flatMap({ logins.login(.page($0)) }) else { return .open }
        if login.state == .complete { return .approved }
        return login.state.isTerminal && login.isAnswered ? .refused : .open
    }

    func sweep() {
        let now = clock.now()
        contents.withLock { Self.sweep(&$0, now: now) }
    }

    /// A finished one answers until the store's own record of it ends. From the oldest on: a full memory is looked at with
    /// each request that it refuses.
    private static func sweep(_ contents: inout Contents, now: Timestamp) {
        while let user = contents.order.oldest, let entry = contents.entries[user],
            entry.expiresAt + Lifetime.finishedLogin <= now
        {
            contents.order.removeOldest()
            contents.entries[user] = nil
            contents.codes[entry.device] = nil
            contents.shares.giveBack(entry.request.tenant)
        }
    }
}
