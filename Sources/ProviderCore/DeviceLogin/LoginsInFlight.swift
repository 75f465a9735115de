internal import AccountDirectory
internal import OpenIDMessages
internal import Synchronization

/// The logins of the last minutes, in bounded memory. Every change happens under one lock and wakes who waits for it.
final class LoginsInFlight: Sendable {
    /// Holds one login, so that it is changed where it is: a login has some fifty references, and copying counts each.
    private final class Place {
        var login: Login
        init(_ login: Login) { self.login = login }
    }

    private struct Contents {
        var byPage: [String: Place] = [:]
        var byHandle: [String: Place] = [:]
        var byTransaction: [TransactionIdentifier: Place] = [:]
        var openByAccount: [AccountIdentifier: Set<String>] = [:]
        var waiters: [String: [Int: CheckedContinuation<Void, Never>]] = [:]
        var nextWaiter = 0
        var sweptAt: Timestamp?
        var shares: TenantShares
    }

    /// Which login is meant.
    enum Key: Sendable {
        case page(String)
        case handle(String)
        case transaction(TransactionIdentifier)
    }

    private let clock: ProviderClock
    private let onEnd: @Sendable (Login) -> Void
    private let onForgetting: @Sendable (Login) -> Void
    private let contents: Mutex<Contents>

    /// - Parameters:
    ///   - onEnd: hears once of each login that ends, whatever way.
    ///   - onForgetting: hears of each login that nobody can want any more.
    init(
        capacity: Int, clock: ProviderClock, onEnd: @escaping @Sendable (Login) -> Void = { _ in },
        onForgetting: @escaping @Sendable (Login) -> Void = { _ in }
    ) {
        contents = Mutex(Contents(shares: TenantShares(capacity: capacity)))
        self.clock = clock
        self.onEnd = onEnd
        self.onForgetting = onForgetting
    }

    var count: Int { contents.withLock { $0.byPage.count } }

    /// Whether one more login of a town finds room. To be asked before a login is made: a refused one costs almost nothing
    /// then.
    func hasRoom(for tenant: TenantIdentifier) -> Bool {
        // A full memory is swept at most once a second: otherwise each refused login would cost more than a good one.
        let now = clock.now()
        let isWorthSweeping = contents.withLock { !$0.shares.hasRoom(for: tenant) && $0.sweptAt != now }
        if isWorthSweeping { sweep() }
        return contents.withLock { $0.shares.hasRoom(for: tenant) }
    }

    /// False when there is no room for its town.
    func insert(_ login: Login) -> Bool {
        contents.withLock { contents in
            guard contents.shares.hasRoom(for: login.request.tenant) else { return false }
            contents.shares.take(login.request.tenant)
            let place = Place(login)
            contents.byPage[login.page] = place
            contents.byHandle[login.handle] = place
            contents.byTransaction[login.transaction] = place
            return true
        }
    }

    /// Forgets a login that nobody was told of.
    func withdraw(page: String) {
        contents.withLock { contents in
            guard let place = contents.byPage[page] else { return }
            Self.forget(place.login, &contents)
        }
    }

    /// The login as it is now, with its time limit applied.
    func login(_ key: Key) -> Login? { update(key) { $0 } }

    /// Changes a login and wakes who waits for it; nil when there is none.
    func update<Result>(_ key: Key, _ body: (inout Login) throws(DeviceRefusal) -> Result) throws(DeviceRefusal)
        -> Result?
    {
        let now = clock.now()
        return try change(key) { login throws(DeviceRefusal) in
            login.expire(now: now)
            return try body(&login)
        }
    }

    /// Changes that refuse nothing.
    func update<Result>(_ key: Key, _ body: (inout Login) -> Result) -> Result? {
        let now = clock.now()
        return change(key) { login in
            login.expire(now: now)
            return body(&login)
        }
    }

    /// P-4.2.2: locks a login to the device of `claim`, unless that one's account has `limit` open logins already; nil when
    /// there is none. Counted where the claim is taken: so however many come at once, no more get in.
    func claim(_ key: Key, _ claim: Login.Claim, atMost limit: Int) throws(DeviceRefusal) -> Login? {
        let now = clock.now()
        return try change(key, counting: claim.account) { (login, open) throws(DeviceRefusal) in
            login.expire(now: now)
            guard login.claim != nil || open < limit else { throw DeviceRefusal(.tooManyLogins, .tooManyLogins) }
            try login.claim(claim)
            return login
        }
    }

    private func change<Result, Failure: Error>(
        _ key: Key, _ body: (inout Login) throws(Failure) -> Result
    ) throws(Failure) -> Result? {
        try change(key, counting: nil) { (login, _) throws(Failure) in try body(&login) }
    }

    /// - Parameter account: whose open logins `body` is to know the number of; nil for nobody's.
    private func change<Result, Failure: Error>(
        _ key: Key, counting account: AccountIdentifier?, _ body: (inout Login, Int) throws(Failure) -> Result
    ) throws(Failure) -> Result? {
        var woken: [CheckedContinuation<Void, Never>] = []
        var outcome: Swift.Result<Result, Failure>?
        var ended: Login?
        contents.withLock { contents in
            guard let place = Self.place(key, contents) else { return }
            let open = account.map { Self.openLogins(of: $0, contents, now: clock.now()) } ?? 0
            let before = place.login.version
            let wasOver = place.login.state.isTerminal
            do throws(Failure) { outcome = .success(try body(&place.login, open)) } catch {
                outcome = .failure(error)
            }
            if place.login.version != before { woken = Self.noteChange(place, &contents) }
            if !wasOver, place.login.state.isTerminal { ended = place.login }
        }
        if let ended { onEnd(ended) }
        for continuation in woken { continuation.resume() }
        return try outcome?.get()
    }

    /// How many logins of an account are between claim and end.
    func openLogins(of account: AccountIdentifier) -> Int {
        let now = clock.now()
        return contents.withLock { Self.openLogins(of: account, $0, now: now) }
    }

    private static func openLogins(of account: AccountIdentifier, _ contents: Contents, now: Timestamp) -> Int {
        (contents.openByAccount[account] ?? []).count { page in
            guard let place = contents.byPage[page] else { return false }
            return !place.login.state.isTerminal && place.login.deadline > now
        }
    }

    /// Waits until the login is no more in `version`, at most `seconds`.
    func waitForChange(_ key: Key, after version: Int, seconds: Int64) async {
        guard let (page, waiter) = reserve(key) else { return }
        let timer = Task { [weak self] in
            try? await Task.sleep(for: .seconds(seconds))
            self?.wake(page, waiter)
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isLate = contents.withLock { contents in
                    guard contents.byPage[page]?.login.version == version, !Task.isCancelled else {
                        return true
                    }
                    contents.waiters[page, default: [:]][waiter] = continuation
                    return false
                }
                if isLate { continuation.resume() }
            }
        } onCancel: {
            wake(page, waiter)
        }
        timer.cancel()
    }

    private func reserve(_ key: Key) -> (String, Int)? {
        contents.withLock { contents in
            guard let place = Self.place(key, contents) else { return nil }
            contents.nextWaiter += 1
            return (place.login.page, contents.nextWaiter)
        }
    }

    private func wake(_ page: String, _ waiter: Int) {
        contents.withLock { $0.waiters[page]?.removeValue(forKey: waiter) }?.resume()
    }

    /// Ends what has waited too long and forgets what nobody can want any more.
    func sweep() {
        let now = clock.now()
        var woken: [CheckedContinuation<Void, Never>] = []
        var ended: [Login] = []
        var forgotten: [Login] = []
        contents.withLock { contents in
            contents.sweptAt = now
            for place in contents.byPage.values {
                let before = place.login.version
                let wasOver = place.login.state.isTerminal
                place.login.expire(now: now)
                if !wasOver, place.login.state.isTerminal { ended.append(place.login) }
                let isForgettable = place.login.isForgettable(now: now)
                guard place.login.version != before || isForgettable else { continue }
                woken += Self.noteChange(place, &contents)
                guard isForgettable else { continue }
                forgotten.append(place.login)
                Self.forget(place.login, &contents)
            }
        }
        for login in ended { onEnd(login) }
        for login in forgotten { onForgetting(login) }
        for continuation in woken { continuation.resume() }
    }

    private static func forget(_ login: Login, _ contents: inout Contents) {
        contents.shares.giveBack(login.request.tenant)
        contents.byPage[login.page] = nil
        contents.byHandle[login.handle] = nil
        contents.byTransaction[login.transaction] = nil
    }

    /// Counts the login anew among its account's; whoever waited for a change of it is to be woken.
    private static func noteChange(_ place: Place, _ contents: inout Contents) -> [CheckedContinuation<Void, Never>] {
        countOpen(place.login, &contents)
        return Array((contents.waiters.removeValue(forKey: place.login.page) ?? [:]).values)
    }

    private static func countOpen(_ login: Login, _ contents: inout Contents) {
        guard let account = login.claim?.account else { return }
        if login.state.isTerminal {
            contents.openByAccount[account]?.remove(login.page)
            if contents.openByAccount[account]?.isEmpty == true { contents.openByAccount[account] = nil }
        } else {
            contents.openByAccount[account, default: []].insert(login.page)
        }
    }

    private static func place(_ key: Key, _ contents: Contents) -> Place? {
        switch key {
        case .page(let page): contents.byPage[page]
        case .handle(let handle): contents.byHandle[handle]
        case .transaction(let transaction): contents.byTransaction[transaction]
        }
    }
}
