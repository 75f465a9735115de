internal import AccountDirectory
internal import IdentityCrypto
public import OpenIDMessages
internal import Synchronization

/// Brings logout tokens to portals (OpenID Connect Back-Channel Logout §2.5): what is due lies in the store, so that a
/// restart loses none.
public final class LogoutDeliveryFlow: Sendable {
    /// Sends the form to a portal and gives the status of its answer.
    public typealias Post = @Sendable (_ form: FormParameters, _ url: OutboundURL) async throws -> Int

    /// Portals that one round calls at once. Each is called for one session after the other.
    static let portalsAtOnce = 8
    /// Deliveries to one portal that are read at once.
    public static let batch = 100
    /// How long a portal keeps others waiting for their turn.
    public static let patience: Duration = .milliseconds(500)

    private let issuer: IssuerURL
    private let registry: ClientRegistry
    private let protection: ResponseProtection
    private let store: any SessionStore
    private let clock: ProviderClock
    /// Which portals are being called, so that a hanging one holds up neither the others nor the next round.
    private let busy = Mutex<Set<ClientIdentifier>>([])

    init(
        issuer: IssuerURL, registry: ClientRegistry, protection: ResponseProtection, store: any SessionStore,
        clock: ProviderClock
    ) {
        self.issuer = issuer
        self.registry = registry
        self.protection = protection
        self.store = store
        self.clock = clock
    }

    /// One round: sends what is due and writes how it went. Rounds may overlap.
    ///
    /// Every portal gets its turn, however much is due elsewhere: what is due to it is read when its turn comes. Its place
    /// goes to the next as soon as it is done, or when it has been waited for long enough: then it goes on beside the others.
    /// How many can hang so is bounded by what goes out.
    ///
    /// A fault of the store ends the calls to that portal; what was not written is sent again later, which portals must
    /// bear (§2.6: a token for a session that is over changes nothing).
    public func deliverDue(
        patience: Duration = LogoutDeliveryFlow.patience, batch: Int = LogoutDeliveryFlow.batch,
        _ post: @escaping Post
    ) async throws {
        let clients = try await store.clientsWithDueLogouts(now: clock.now())
        let (places, free) = AsyncStream.makeStream(of: Void.self)
        for _ in 0..<Self.portalsAtOnce { free.yield() }
        try await withThrowingTaskGroup(of: Void.self) { group in
            var turns = places.makeAsyncIterator()
            for client in clients {
                guard await turns.next() != nil else { break }
                guard busy.withLock({ $0.insert(client).inserted }) else {
                    free.yield()
                    continue
                }
                group.addTask {
                    let place = Place(free)
                    let timer = Task {
                        try await Task.sleep(for: patience)
                        place.leave()
                    }
                    defer {
                        timer.cancel()
                        _ = self.busy.withLock { $0.remove(client) }
                        place.leave()
                    }
                    try await self.deliver(to: client, batch, post)
                }
            }
            try await group.waitForAll()
        }
    }

    /// A portal's place in a round; it is free for the next once.
    private final class Place: Sendable {
        private let free: AsyncStream<Void>.Continuation
        private let isTaken = Mutex(true)

        init(_ free: AsyncStream<Void>.Continuation) { self.free = free }

        func leave() {
            let wasTaken = isTaken.withLock { isTaken in
                defer { isTaken = false }
                return isTaken
            }
            if wasTaken { free.yield() }
        }
    }

    private func deliver(to client: ClientIdentifier, _ batch: Int, _ post: Post) async throws {
        var unreachable: LogoutDelivery?
        // What is due now: what fails is due again later, so that this ends.
        let now = clock.now()
        while true {
            let deliveries = try await store.dueLogouts(to: client, now: now, limit: batch)
            for delivery in deliveries {
                if let unreachable {
                    try await store.save(LogoutSchedule.postponed(delivery, behind: unreachable))
                    continue
                }
                // Nothing was sent: it is due at the next round as it is.
                guard let (after, isReachable) = try await attempt(delivery, post) else { return }
                try await store.save(after)
                if !isReachable { unreachable = after }
            }
            guard deliveries.count == batch else { return }
        }
    }

    /// One delivery after its attempt, and whether the portal answered at all; nil when there was no place for a call.
    private func attempt(_ delivery: LogoutDelivery, _ post: Post) async throws -> (LogoutDelivery, isReachable: Bool)?
    {
        guard let registered = registry.resolve(delivery.client) else {
            // A town that is suspended today may be back tomorrow.
            return (LogoutSchedule.failed(delivery, "the client is not active", now: clock.now()), true)
        }
        guard let url = registered.client.logout.backChannelURI else {
            return (LogoutSchedule.withoutAddress(delivery), true)
        }
        let form: FormParameters
        do { form = try await self.form(delivery, for: registered) } catch let refusal as ClientRefusal {
            // The portal wants what it is sent encrypted and has no key for it, or its key set cannot be had.
            return (LogoutSchedule.failed(delivery, refusal.error.description, now: clock.now()), true)
        }
        let status: Int
        do { status = try await post(form, url) } catch OutboundFailure.busy {
            return nil
        } catch {
            // Only a failure that is known to hold nothing of the portal's is written down in its own words.
            let failure = (error as? OutboundFailure).map { "\($0)" } ?? "the call failed"
            return (LogoutSchedule.failed(delivery, failure, now: clock.now()), false)
        }
        guard status == 200 || status == 204 else {
            return (LogoutSchedule.failed(delivery, "the portal answered \(status)", now: clock.now()), true)
        }
        return (LogoutSchedule.delivered(delivery), true)
    }

    private func form(_ delivery: LogoutDelivery, for registered: RegisteredClient) async throws -> FormParameters {
        let claims = LogoutToken.claims(delivery, issuer: issuer, now: clock.now())
        return FormParameters(["logout_token": try await protection.logoutToken(claims, for: registered)])
    }
}
