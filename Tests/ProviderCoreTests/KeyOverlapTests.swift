import IdentityCrypto
import OpenIDMessages
import ProviderCore
import ProviderHarness
import Synchronization
import Testing

/// A portal that keeps the provider's key set, as it was published, and fetches it again for a key that it does not know.
private final class CachingPortal: Sendable {
    private struct State {
        var keys: VerificationKeySet
        var fetches = 0
    }

    private let provider: TestProvider
    private let state: Mutex<State>

    var fetches: Int { state.withLock { $0.fetches } }

    init(_ provider: TestProvider) {
        self.provider = provider
        state = Mutex(State(keys: VerificationKeySet(jwks: provider.provider.keys.ring.jwks)))
    }

    func verify(_ token: String) throws {
        let token = try CompactJWS(parsing: token)
        do { _ = try state.withLock { $0.keys }.verify(token, type: nil) } catch JWSError.unknownKey {
            let fresh = VerificationKeySet(jwks: provider.provider.keys.ring.jwks)
            _ = try fresh.verify(token, type: nil)
            state.withLock { state in
                state.keys = fresh
                state.fetches += 1
            }
        }
    }
}

/// Checklist E5; the conformance suite's module `oidcc-server-rotate-keys`.
@Suite("Keys change while portals remember them")
struct KeyOverlapTests {
    private static let day: Int64 = 86_400

    /// Key sets as portals have kept them, each for a day at most.
    private struct Memory {
        private var sets: [(fetchedAt: Timestamp, keys: VerificationKeySet)] = []

        mutating func fetch(_ keys: KeyCustodian, now: Timestamp) {
            sets.append((now, VerificationKeySet(jwks: keys.ring.jwks)))
            sets.removeAll { $0.fetchedAt + KeyOverlapTests.day < now }
        }

        /// What every algorithm signs now is verified with the oldest set.
        func verifyEverything(_ keys: KeyCustodian, now: Timestamp) throws {
            let oldest = try #require(sets.first)
            for algorithm in JWSAlgorithm.allCases {
                let token = try #require(keys.ring.signingKey(algorithm)).sign(type: "JWT", payload: ["iat": now.json])
                #expect(throws: Never.self, "\(algorithm) at \(now.seconds), keys of \(oldest.fetchedAt.seconds)") {
                    try oldest.keys.verify(CompactJWS(parsing: token), type: nil)
                }
            }
        }
    }

    @Test("for 200 days what is signed is verified with keys that were fetched a day before", .timeLimit(.minutes(5)))
    func automatically() async throws {
        let provider = try await TestProvider()
        let keys = provider.provider.keys
        var memory = Memory()
        var seen: Set<String> = []
        let begin = provider.now
        var round = 0
        while provider.now < begin + 200 * Self.day {
            try await keys.rotateIfDue()
            memory.fetch(keys, now: provider.now)
            try memory.verifyEverything(keys, now: provider.now)
            let current = try #require(keys.ring.signingKey(.es256)).thumbprint.rawValue
            if seen.insert(current).inserted || round.isMultiple(of: 100) {
                try await signIn(provider)
            }
            provider.clock.advance([3_600, 18_000, 21_600, 39_600][round % 4])
            round += 1
        }
        #expect(seen.count == 3)
    }

    @Test("by command, too, no key signs that portals of yesterday do not know", .timeLimit(.minutes(5)))
    func byCommand() async throws {
        let provider = try await TestProvider()
        let keys = provider.provider.keys
        var memory = Memory()
        var (rotations, refusals) = (0, 0)
        for _ in 0..<60 {
            memory.fetch(keys, now: provider.now)
            do {
                try await keys.rotate(.es256)
                rotations += 1
            } catch KeyCustodian.Fault.nextKeyTooNew { refusals += 1 }
            try memory.verifyEverything(keys, now: provider.now)
            provider.clock.advance(Self.day / 4 + 1)
        }
        #expect(rotations >= 10 && refusals >= 30)
    }

    private final class Flag: Sendable { let isOver = Mutex(false) }

    @Test("keys change at once while many sign in: a portal that fetches unknown keys verifies every token")
    func underLoad() async throws {
        let provider = try await TestProvider()
        let portals = [TestRegion.basic, TestRegion.edDSA]
        let caches = portals.map { _ in CachingPortal(provider) }
        let signingIn = Flag()
        let rotations = try await withThrowingTaskGroup(of: Int.self) { group in
            group.addTask {
                var count = 0
                while !signingIn.isOver.withLock({ $0 }) {
                    for algorithm in [JWSAlgorithm.es256, .edDSA] {
                        try await provider.provider.keys.rotate(algorithm, evenIfUnpublished: true)
                        count += 1
                    }
                    try await Task.sleep(for: .milliseconds(2))
                }
                return count
            }
            try await withThrowingTaskGroup(of: Void.self) { logins in
                for _ in 0..<8 {
                    logins.addTask {
                        let phone = try await provider.enrolledPhone(simulating: .tee)
                        for round in 0..<10 {
                            let which = round % portals.count
                            let code = try await provider.code(at: portals[which], phone: phone)
                            let tokens = try await provider.redeem(code, at: portals[which])
                            try caches[which].verify(#require(tokens["id_token"]?.string))
                        }
                    }
                }
                defer { signingIn.isOver.withLock { $0 = true } }
                try await logins.waitForAll()
            }
            return try await group.reduce(0, +)
        }
        #expect(rotations >= 4)
        #expect(caches.allSatisfy { $0.fetches > 0 })
    }

    /// A whole login; its ID token is good for a portal that has just fetched the keys.
    private func signIn(_ provider: TestProvider) async throws {
        let phone = try await provider.enrolledPhone()
        let tokens = try await provider.redeem(provider.code(phone: phone))
        try CachingPortal(provider).verify(#require(tokens["id_token"]?.string))
    }
}
