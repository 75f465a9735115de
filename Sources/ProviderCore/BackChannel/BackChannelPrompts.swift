internal import AccountDirectory
internal import OpenIDMessages
internal import Synchronization

/// Requests that wait for a phone: one for each person, and none for a while after one that the person did not want
/// (checklist G6, request fatigue). In bounded memory; after a restart a portal begins anew.
final class BackChannelPrompts: Sendable {
    /// Who asks whom.
    private struct Pair: Hashable {
        let account: AccountIdentifier
        let client: ClientIdentifier
    }

    /// The silence after requests that were not approved.
    private struct Silence {
        var unwanted: Int
        var until: Timestamp
    }

    private struct Prompt {
        let page: String
        /// The phone that has taken it.
        var device: DeviceIdentifier?
    }

    private struct Waiter {
        let number: Int
        let continuation: CheckedContinuation<Void, Never>
    }

    private struct Contents {
        var open: [AccountIdentifier: Prompt] = [:]
        var silences: [Pair: Silence] = [:]
        /// One for each phone: a phone that asks again is answered at its first call.
        var waiters: [AccountIdentifier: [DeviceIdentifier: Waiter]] = [:]
        var nextWaiter = 0
    }

    /// Seconds of silence after the first request that was not approved; four times as long after each further one.
    static let firstSilence: Int64 = 60
    static let longestSilence: Int64 = 86_400

    private let clock: ProviderClock
    private let isLimited: Bool
    private let contents = Mutex(Contents())

    /// - Parameter isLimited: true but in tests of the attacker.
    init(clock: ProviderClock, isLimited: Bool = true) {
        self.clock = clock
        self.isLimited = isLimited
    }

    /// How long a portal waits after so many requests in a row that this person did not approve.
    static func silence(after unwanted: Int) -> Int64 {
        // 60 · 4⁶ is more than a day.
        min(firstSilence << (2 * min(max(unwanted - 1, 0), 6)), longestSilence)
    }

    /// Takes the one place for a request to the person; false when another one is open or the portal has to be silent.
    func open(_ page: String, for account: AccountIdentifier, of client: ClientIdentifier) -> Bool {
        let now = clock.now()
        return contents.withLock { contents in
            guard isLimited else {
                contents.open[account] = Prompt(page: page)
                return true
            }
            guard contents.open[account] == nil else { return false }
            if let silence = contents.silences[Pair(account: account, client: client)], silence.until > now {
                return false
            }
            contents.open[account] = Prompt(page: page)
            return true
        }
    }

    /// The login can be claimed from now on: wakes the phones that wait.
    func announce(_ login: Login) {
        guard let account = login.start.prompt?.recipient else { return }
        let woken = contents.withLock { $0.waiters.removeValue(forKey: account) }
        for waiter in (woken ?? [:]).values { waiter.continuation.resume() }
    }

    /// The request could not be made: it was none.
    func withdraw(_ login: Login) {
        guard let account = login.start.prompt?.recipient else { return }
        contents.withLock { contents in
            if contents.open[account]?.page == login.page { contents.open[account] = nil }
        }
    }

    /// The request for this phone of the person; nil when there is none, or another phone has it.
    func page(for account: AccountIdentifier, device: DeviceIdentifier) -> String? {
        contents.withLock { contents in
            guard let prompt = contents.open[account], prompt.device == nil || prompt.device == device else {
                return nil
            }
            return prompt.page
        }
    }

    /// The phone has the request; from now on the others do not.
    func take(_ page: String, of account: AccountIdentifier, by device: DeviceIdentifier) {
        contents.withLock { contents in
            if contents.open[account]?.page == page { contents.open[account]?.device = device }
        }
    }

    /// A login has ended: the person is free for another request, of this portal after a silence.
    func ended(_ login: Login) {
        guard let account = login.start.prompt?.recipient else { return }
        let now = clock.now()
        contents.withLock { contents in
            if contents.open[account]?.page == login.page { contents.open[account] = nil }
            let pair = Pair(account: account, client: login.request.client.client.identifier)
            guard login.state != .complete else {
                contents.silences[pair] = nil
                return
            }
            let unwanted = (contents.silences[pair]?.unwanted ?? 0) + 1
            contents.silences[pair] = Silence(unwanted: unwanted, until: now + Self.silence(after: unwanted))
        }
    }

    /// Waits until a request comes for the person, at most `seconds`; not so long when the same phone waits anew.
    func wait(for account: AccountIdentifier, device: DeviceIdentifier, seconds: Int64) async {
        let number = contents.withLock { contents in
            contents.nextWaiter += 1
            return contents.nextWaiter
        }
        let timer = Task { [weak self] in
            try? await Task.sleep(for: .seconds(seconds))
            self?.wake(account, device, number)
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let replaced = contents.withLock { contents -> CheckedContinuation<Void, Never>? in
                    let prompt = contents.open[account]
                    let isHere = prompt != nil && (prompt?.device == nil || prompt?.device == device)
                    guard !isHere, !Task.isCancelled else { return continuation }
                    let former = contents.waiters[account]?[device]
                    contents.waiters[account, default: [:]][device] = Waiter(
                        number: number, continuation: continuation)
                    return former?.continuation
                }
                replaced?.resume()
            }
        } onCancel: {
            wake(account, device, number)
        }
        timer.cancel()
    }

    private func wake(_ account: AccountIdentifier, _ device: DeviceIdentifier, _ number: Int) {
        contents.withLock { contents -> CheckedContinuation<Void, Never>? in
            guard let waiter = contents.waiters[account]?[device], waiter.number == number else { return nil }
            contents.waiters[account]?[device] = nil
            if contents.waiters[account]?.isEmpty == true { contents.waiters[account] = nil }
            return waiter.continuation
        }?.resume()
    }

    /// How many phones wait.
    var waiting: Int { contents.withLock { $0.waiters.values.reduce(0) { $0 + $1.count } } }

    /// Forgets silences that have been over for as long as the longest one.
    func sweep() {
        let now = clock.now()
        contents.withLock { contents in
            contents.silences = contents.silences.filter { $0.value.until + Self.longestSilence > now }
        }
    }
}
