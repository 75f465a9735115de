internal import AccountDirectory
public import OpenIDMessages
internal import Synchronization

/// What the provider has seen of each client since it started: counts and times, for the operator's doctor.
///
/// Nothing of a person, no value of a request and no secret is kept. Only clients of the registry are counted, so that
/// invented names cost no memory. A refused call counts for the client that it names, also when it did not prove to be
/// that client: an attacker can add to the counts, not take away.
public final class ClientObservations: Sendable {
    /// One client's counts.
    public struct Observation: Sendable, Equatable {
        /// How often something happened, when last, and what the portal heard then.
        public struct Count: Sendable, Equatable {
            public var count: Int64 = 0
            public var lastAt: Timestamp
            /// `error_description`, which names parameters and holds no value of any but the name of a service.
            public var lastHeard: String
        }

        /// How far the client's clock is ahead of ours, in seconds, by `iat` of assertions whose signature was good.
        public struct Skew: Sendable, Equatable {
            public var least: Int64
            public var most: Int64
            public var last: Int64
            public var lastAt: Timestamp
        }

        /// Authorization requests that were good, and how many of them had what.
        public var requests: Int64 = 0
        public var pushed: Int64 = 0
        public var withState: Int64 = 0
        public var withNonce: Int64 = 0
        public var withChallenge: Int64 = 0
        public var refusals: [Refusal: Count] = [:]
        public var skew: Skew?

        public init() {}
    }

    private let registry: ClientRegistry
    private let clock: ProviderClock
    private let capacity: Int
    private let observations = Mutex<[ClientIdentifier: Observation]>([:])
    /// Since when it counts.
    public let since: Timestamp

    init(registry: ClientRegistry, clock: ProviderClock, capacity: Int = 10_000) {
        self.registry = registry
        self.clock = clock
        self.capacity = capacity
        since = clock.now()
    }

    public func observation(of client: ClientIdentifier) -> Observation {
        observations.withLock { $0[client] } ?? Observation()
    }

    /// A good authorization request has come.
    func asked(_ request: AuthorizationRequest, by client: ClientIdentifier, isPushed: Bool) {
        update(client) { observation in
            observation.requests += 1
            if isPushed { observation.pushed += 1 }
            if request.state != nil { observation.withState += 1 }
            if request.nonce != nil { observation.withNonce += 1 }
            if request.codeChallenge != nil { observation.withChallenge += 1 }
        }
    }

    /// A call of the client, or in its name, was refused.
    public func refused(_ client: ClientIdentifier?, _ refusal: ClientRefusal) {
        guard let client else { return }
        let now = clock.now()
        update(client) { observation in
            let before = observation.refusals[refusal.reason]?.count ?? 0
            observation.refusals[refusal.reason] = .init(
                count: before + 1, lastAt: now, lastHeard: refusal.error.description)
        }
    }

    /// An assertion with a good signature says when it was made.
    func asserted(_ client: ClientIdentifier, issuedAt: Timestamp, now: Timestamp) {
        // What is further away than a century says nothing of a clock, and must not overflow.
        let (skew, overflows) = issuedAt.seconds.subtractingReportingOverflow(now.seconds)
        guard !overflows, (-3_155_760_000...3_155_760_000).contains(skew) else { return }
        update(client) { observation in
            let before = observation.skew
            observation.skew = .init(
                least: min(before?.least ?? skew, skew), most: max(before?.most ?? skew, skew), last: skew, lastAt: now)
        }
    }

    private func update(_ client: ClientIdentifier, _ change: (inout Observation) -> Void) {
        guard registry.resolve(client) != nil else { return }
        observations.withLock { observations in
            guard observations[client] != nil || observations.count < capacity else { return }
            change(&observations[client, default: Observation()])
        }
    }
}
