public import IdentityCrypto
internal import OpenIDMessages
internal import Synchronization

/// Keeps the key ring: loads it, rotates it, and seals keys under the master key whenever they are stored.
public final class KeyCustodian: Sendable {
    private let masterKey: [UInt8]
    private let store: any KeyStore
    private let clock: ProviderClock
    private let state: Mutex<State>

    private struct State {
        var ring: SigningKeyRing
        var isRotating = false
    }

    /// The ring as it is now.
    public var ring: SigningKeyRing { state.withLock { $0.ring } }

    /// Why the keys cannot be used.
    public enum Fault: Error, Sendable, Equatable {
        /// The master key does not open what is stored: the wrong key, or damage. The provider must not start.
        case wrongMasterKey
        /// The stored keys do not make a ring.
        case inconsistent
        /// Another rotation is under way.
        case busy
    }

    /// Loads the ring, and makes the first keys where there are none.
    ///
    /// - Parameter masterKey: 32 random bytes; never stored beside the keys.
    public init(masterKey: [UInt8], store: any KeyStore, clock: ProviderClock) async throws {
        self.masterKey = masterKey
        self.store = store
        self.clock = clock
        let stored = try await store.signingKeys()
        if stored.isEmpty {
            let now = clock.now()
            let fresh = [
                SigningKeyRing.Entry(key: .makeES256(), stage: .current, since: now),
                SigningKeyRing.Entry(key: try .makeRS256(), stage: .current, since: now),
                SigningKeyRing.Entry(key: .makeES256(), stage: .next, since: now),
            ]
            guard let ring = SigningKeyRing(fresh) else { throw Fault.inconsistent }
            state = Mutex(State(ring: ring))
            try await save(ring, event: nil)
        } else {
            guard let ring = SigningKeyRing(try stored.map { try Self.open($0, masterKey: masterKey) }) else {
                throw Fault.inconsistent
            }
            state = Mutex(State(ring: ring))
        }
    }

    /// Rotates the keys of `algorithm`: the next key signs, the current one retires and stays published.
    public func rotate(_ algorithm: JWSAlgorithm) async throws -> SigningKeyRing {
        let isFree = state.withLock { state in
            defer { state.isRotating = true }
            return !state.isRotating
        }
        guard isFree else { throw Fault.busy }
        defer { state.withLock { $0.isRotating = false } }
        let fresh = algorithm == .es256 ? SigningKey.makeES256() : try SigningKey.makeRS256()
        let now = clock.now()
        guard
            let rotated = ring.rotated(algorithm, fresh: fresh, now: now)?
                .pruned(now: now, keeping: Lifetime.retiredKey)
        else { throw Fault.inconsistent }
        try await save(rotated, event: SecurityEvent(.keyRotated, time: now, object: algorithm.rawValue))
        state.withLock { $0.ring = rotated }
        return rotated
    }

    /// A secret of 32 random bytes that survives restarts.
    public func secret(_ name: String) async throws -> [UInt8] {
        let fresh = try SealedBox.seal(RandomBytes.make(32), with: .key(masterKey))
        guard let secret = try? SealedBox.open(await store.secret(name, fresh: fresh), with: .key(masterKey)) else {
            throw Fault.wrongMasterKey
        }
        return secret
    }

    private func save(_ ring: SigningKeyRing, event: SecurityEvent?) async throws {
        let stored = try ring.entries.map { entry in
            StoredSigningKey(
                thumbprint: entry.key.thumbprint, algorithm: entry.key.algorithm, stage: entry.stage,
                since: entry.since, sealed: try SealedBox.seal(entry.key.derRepresentation, with: .key(masterKey)))
        }
        try await store.replaceSigningKeys(stored, event: event)
    }

    private static func open(_ stored: StoredSigningKey, masterKey: [UInt8]) throws -> SigningKeyRing.Entry {
        guard let der = try? SealedBox.open(stored.sealed, with: .key(masterKey)),
            let key = try? SigningKey(stored.algorithm, derRepresentation: der), key.thumbprint == stored.thumbprint
        else { throw Fault.wrongMasterKey }
        return SigningKeyRing.Entry(key: key, stage: stored.stage, since: stored.since)
    }
}
