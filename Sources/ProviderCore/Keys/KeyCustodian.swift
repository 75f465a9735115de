public import IdentityCrypto
public import OpenIDMessages
internal import Synchronization

/// Keeps the key ring: loads it, rotates it, and seals keys under the master key whenever they are stored.
public final class KeyCustodian: Sendable {
    private let sealed: SealedKeys
    private let clock: ProviderClock
    private let state: Mutex<State>

    private struct State {
        var ring: SigningKeyRing
        var isChanging = false
    }

    /// The ring as it is now.
    public var ring: SigningKeyRing { state.withLock { $0.ring } }

    /// Why the keys cannot be used, or not be changed.
    public enum Fault: Error, Sendable, Equatable {
        /// The master key does not open what is stored: the wrong key, or damage. The provider must not start.
        case wrongMasterKey
        /// The stored keys do not make a ring.
        case inconsistent
        /// Another change of the keys is under way.
        case busy
        /// The next key has not been published for `Lifetime.keyPublication` yet; it may sign from `readyAt` on.
        case nextKeyTooNew(readyAt: Timestamp)
    }

    /// Loads the ring, and makes the keys that are missing to sign with every algorithm.
    ///
    /// - Parameter masterKey: 32 random bytes; never stored beside the keys.
    public init(masterKey: [UInt8], store: any KeyStore, clock: ProviderClock) async throws {
        sealed = SealedKeys(masterKey: masterKey, store: store)
        self.clock = clock
        let stored = try await sealed.load()
        // A stored ring that lacks what every ring has is damaged: new keys would hide it.
        guard stored.isEmpty || SigningKeyRing(stored) != nil else { throw Fault.inconsistent }
        let fresh = try await Self.missing(in: stored, now: clock.now())
        guard let ring = SigningKeyRing(stored + fresh) else { throw Fault.inconsistent }
        state = Mutex(State(ring: ring))
        if !fresh.isEmpty { try await sealed.save(ring, events: fresh.map(Self.created)) }
    }

    private static func created(_ entry: SigningKeyRing.Entry) -> SecurityEvent {
        SecurityEvent(
            .keyCreated, time: entry.since, object: "\(entry.key.algorithm.rawValue) \(entry.key.thumbprint.rawValue)",
            actor: .system)
    }

    /// The first keys of each algorithm that has none; those of RSA, which take long to make, at the same time. Next keys
    /// of RSA wait for `rotateIfDue`: nothing needs them at the start.
    private static func missing(in entries: [SigningKeyRing.Entry], now: Timestamp) async throws
        -> [SigningKeyRing.Entry]
    {
        let present = Set(entries.filter { $0.stage == .current }.map(\.key.algorithm))
        return try await withThrowingTaskGroup(of: [SigningKeyRing.Entry].self) { group in
            for algorithm in JWSAlgorithm.allCases where !present.contains(algorithm) {
                group.addTask {
                    let isCheap = algorithm == .es256 || algorithm == .edDSA
                    let stages: [SigningKeyRing.Stage] = isCheap ? [.current, .next] : [.current]
                    return try stages.map {
                        SigningKeyRing.Entry(key: try .make(algorithm), stage: $0, since: now)
                    }
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
    }

    /// What is due by `Lifetime`: publishes next keys where they are missing, rotates keys that have signed for long
    /// enough, and forgets those that retired long ago. Does nothing while another change is under way.
    public func rotateIfDue() async throws {
        do { try await exclusively { try await changeWhatIsDue() } } catch Fault.busy {}
    }

    /// Rotates the keys of `algorithm`: the next key signs, the current one retires and stays published.
    ///
    /// - Parameter evenIfUnpublished: for the emergency in which the current key must not sign any longer. Portals that do
    ///   not know the next key yet must fetch the key set again.
    /// - Throws: `Fault.nextKeyTooNew` when the next key was not published for long enough.
    @discardableResult
    public func rotate(_ algorithm: JWSAlgorithm, evenIfUnpublished: Bool = false) async throws -> SigningKeyRing {
        try await exclusively {
            if !evenIfUnpublished {
                if ring.nextIsReady(algorithm, times: Lifetime.rotation) == nil { try await publishNext(algorithm) }
                let readyAt = ring.nextIsReady(algorithm, times: Lifetime.rotation)
                if let readyAt, clock.now() < readyAt { throw Fault.nextKeyTooNew(readyAt: readyAt) }
            }
            try await rotateNow(algorithm)
        }
        return ring
    }

    private func changeWhatIsDue() async throws {
        for algorithm in JWSAlgorithm.allCases {
            switch ring.stepDue(algorithm, now: clock.now(), times: Lifetime.rotation) {
            case .publishNext: try await publishNext(algorithm)
            case .rotate: try await rotateNow(algorithm)
            case nil: break
            }
        }
        let before = ring
        let pruned = before.pruned(now: clock.now(), keeping: Lifetime.retiredKey)
        if let pruned, pruned.entries.count < before.entries.count { try await replace(with: pruned) }
    }

    private func publishNext(_ algorithm: JWSAlgorithm) async throws {
        let ring = ring.adding(try .make(algorithm), as: .next, since: clock.now())
        try await replace(with: ring)
    }

    private func rotateNow(_ algorithm: JWSAlgorithm) async throws {
        let now = clock.now()
        let rotated = ring.rotated(algorithm, fresh: try .make(algorithm), now: now)?
            .pruned(now: now, keeping: Lifetime.retiredKey)
        try await replace(
            with: rotated, SecurityEvent(.keyRotated, time: now, object: algorithm.rawValue, actor: .system))
    }

    /// Stored first, used afterwards: no key signs that a restart would lose.
    private func replace(with ring: SigningKeyRing?, _ event: SecurityEvent? = nil) async throws {
        guard let ring else { throw Fault.inconsistent }
        let known = Set(self.ring.entries.map(\.key.thumbprint))
        let fresh = ring.entries.filter { !known.contains($0.key.thumbprint) }
        try await sealed.save(ring, events: (event.map { [$0] } ?? []) + fresh.map(Self.created))
        state.withLock { $0.ring = ring }
    }

    private func exclusively(_ change: () async throws -> Void) async throws {
        let isFree = state.withLock { state in
            defer { state.isChanging = true }
            return !state.isChanging
        }
        guard isFree else { throw Fault.busy }
        defer { state.withLock { $0.isChanging = false } }
        try await change()
    }

    /// A secret of 32 random bytes that survives restarts.
    public func secret(_ name: String) async throws -> [UInt8] { try await sealed.secret(name) }
}
