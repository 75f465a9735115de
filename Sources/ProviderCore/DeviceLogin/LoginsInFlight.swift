internal import OpenIDMessages
internal import Synchronization

/// The logins of the last minutes, in bounded memory. Every change happens under one lock and wakes who waits for it.
final class LoginsInFlight: Sendable {
    private struct Contents {
        var logins: [String: Login] = [:]
        var pageOfHandle: [String: String] = [:]
        var pageOfTransaction: [TransactionIdentifier: String] = [:]
        var openByAccount: [AccountIdentifier: Set<String>] = [:]
        var waiters: [String: [Int: CheckedContinuation<Void, Never>]] = [:]
        var nextWaiter = 0
        var sweptAt: Timestamp?
    }

    /// Which login is meant.
    enum Key: Sendable {
        case page(String)
        case handle(String)
        case transaction(TransactionIdentifier)
    }

    private let capacity: Int
    private let clock: ProviderClock
    private let contents = Mutex(Contents())

    init(capacity: Int, clock: ProviderClock) {
        self.capacity = capacity
        self.clock = clock
    }

    var count: Int { contents.withLock { $0.logins.count } }

    /// False when the memory is full.
    func insert(_ login: Login) -> Bool {
        // A full memory is swept at most once a second: otherwise each refused login would cost more than a good one.
        let now = clock.now()
        let isWorthSweeping = contents.withLock { $0.logins.count >= capacity && $0.sweptAt != now }
        if isWorthSweeping { sweep() }
        return contents.withLock { contents in
            guard contents.logins.count < capacity else { return false }
            contents.logins[login.page] = login
            contents.pageOfHandle[login.handle] = login.page
            contents.pageOfTransaction[login.transaction] = login.page
            return true
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

    private func change<Result, Failure: Error>(
        _ key: Key, _ body: (inout Login) throws(Failure) -> Result
    ) throws(Failure) -> Result? {
        var woken: [CheckedContinuation<Void, Never>] = []
        var outcome: Swift.Result<Result, Failure>?
        contents.withLock { contents in
            guard let page = Self.page(key, contents), var login = contents.logins[page] else { return }
            let before = login.version
            do throws(Failure) { outcome = .success(try body(&login)) } catch { outcome = .failure(error) }
            contents.logins[page] = login
            Self.countOpen(login, &contents)
            if login.version != before { woken = Array((contents.waiters.removeValue(forKey: page) ?? [:]).values) }
        }
        for continuation in woken { continuation.resume() }
        return try outcome?.get()
    }

    /// How many logins of an account are between claim and end.
    func openLogins(of account: AccountIdentifier) -> Int {
        let now = clock.now()
        return contents.withLock { contents in
            (contents.openByAccount[account] ?? []).count { page in
                guard let login = contents.logins[page] else { return false }
                return !login.state.isTerminal && login.deadline > now
            }
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
                    guard let login = contents.logins[page], login.version == version, !Task.isCancelled else {
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
            guard let page = Self.page(key, contents) else { return nil }
            contents.nextWaiter += 1
            return (page, contents.nextWaiter)
        }
    }

    private func wake(_ page: String, _ waiter: Int) {
        contents.withLock { $0.waiters[page]?.removeValue(forKey: waiter) }?.resume()
    }

    /// Ends what has waited too long and forgets what nobody can want any more.
    func sweep() {
        let now = clock.now()
        var woken: [CheckedContinuation<Void, Never>] = []
        contents.withLock { contents in
            contents.sweptAt = now
            for (page, login) in contents.logins {
                var login = login
                let before = login.version
                login.expire(now: now)
                guard login.version != before || login.isForgettable(now: now) else { continue }
                woken += (contents.waiters.removeValue(forKey: page) ?? [:]).values
                contents.logins[page] = login
                Self.countOpen(login, &contents)
                if login.isForgettable(now: now) { Self.forget(login, &contents) }
            }
        }
        for continuation in woken { continuation.resume() }
    }

    private static func forget(_ login: Login, _ contents: inout Contents) {
        contents.logins[login.page] = nil
        contents.pageOfHandle[login.handle] = nil
        contents.pageOfTransaction[login.transaction] = nil
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

    private static func page(_ key: Key, _ contents: Contents) -> String? {
        switch key {
        case .page(let page): page
        case .handle(let handle): contents.pageOfHandle[handle]
        case .transaction(let transaction): contents.pageOfTransaction[transaction]
        }
    }
}
