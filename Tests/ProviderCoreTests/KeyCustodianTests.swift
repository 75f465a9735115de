import IdentityCrypto
import OpenIDMessages
import ProviderCore
import ProviderHarness
import SQLiteStore
import Testing

/// Checklist E5, E6; OpenID Connect Core §10.1.1.
@Suite("The key custodian: keys of every algorithm, each known before it signs")
struct KeyCustodianTests {
    static let algorithms = JWSAlgorithm.allCases

    private func custodian(_ provider: TestProvider) -> KeyCustodian { provider.provider.keys }

    private func key(_ keys: KeyCustodian, _ algorithm: JWSAlgorithm, _ stage: SigningKeyRing.Stage) -> String? {
        keys.ring.entries.first { $0.stage == stage && $0.key.algorithm == algorithm }?.key.thumbprint.rawValue
    }

    @Test("the first start makes a key of every algorithm; the next one finds them")
    func start() async throws {
        let provider = try await TestProvider()
        let keys = custodian(provider)
        for algorithm in Self.algorithms { #expect(keys.ring.signingKey(algorithm) != nil) }
        let again = try await TestProvider(store: provider.store, clock: provider.clock)
        #expect(custodian(again).ring.jwks == keys.ring.jwks)
    }

    @Test("a database with the keys of an older version gets those that are missing, and keeps the others")
    func olderVersion() async throws {
        let first = try await TestProvider()
        let old = try await first.store.signingKeys().filter { [.es256, .rs256].contains($0.algorithm) }
        try await first.store.replaceSigningKeys(old, events: [])
        let keys = custodian(try await TestProvider(store: first.store, clock: first.clock))
        for algorithm in Self.algorithms { #expect(keys.ring.signingKey(algorithm) != nil) }
        #expect(old.allSatisfy { keys.ring.verificationKeys.key(identifier: $0.thumbprint.rawValue) != nil })
        #expect(try await first.store.signingKeys().count == keys.ring.entries.count)
    }

    @Test("key.created: each key of the provider is in the trail from its first day, with its algorithm and name")
    func created() async throws {
        let first = try await TestProvider()
        let old = try await first.store.signingKeys().filter { [.es256, .rs256].contains($0.algorithm) }
        try await first.store.replaceSigningKeys(old, events: [])
        let provider = try await TestProvider(store: first.store, clock: first.clock)
        let keys = custodian(provider)
        func written() async throws -> [String] {
            try await provider.auditEntries(.keyCreated).filter { $0.chain == .region }.compactMap(\.object)
        }
        func names() -> Set<String> {
            Set(keys.ring.entries.map { "\($0.key.algorithm.rawValue) \($0.key.thumbprint.rawValue)" })
        }
        let known = Set(old.map { "\($0.algorithm.rawValue) \($0.thumbprint.rawValue)" })
        #expect(try await Set(written()) == names().subtracting(known))
        try await keys.rotate(.edDSA, evenIfUnpublished: true)
        #expect(try await Set(written()) == names().subtracting(known))
        #expect(try await written().count == names().subtracting(known).count, "none twice")
        #expect(try await provider.auditEntries(.keyRotated).map(\.object) == ["EdDSA"])
    }

    @Test(
        "a rotation moves a key from next to current to retiring, and leaves one that retires",
        arguments: [
            (SigningKeyRing.Stage.next, SigningKeyRing.Stage?.some(.current)), (.current, .retiring), (.retiring, nil),
        ])
    func stages(_ stage: SigningKeyRing.Stage, after: SigningKeyRing.Stage?) {
        #expect(stage.afterRotation == after)
        #expect(SigningKeyRing.Stage.allCases.count == 3)
    }

    @Test("stored keys without a required one are damage, and no reason to make new ones")
    func damaged() async throws {
        let first = try await TestProvider()
        let rest = try await first.store.signingKeys().filter { $0.algorithm != .rs256 }
        try await first.store.replaceSigningKeys(rest, events: [])
        await #expect(throws: KeyCustodian.Fault.inconsistent) {
            try await TestProvider(store: first.store, clock: first.clock)
        }
        #expect(try await first.store.signingKeys() == rest)
    }

    @Test("by itself the next key takes over after 90 days, and the last one is forgotten two days later")
    func automaticRotation() async throws {
        let provider = try await TestProvider()
        let keys = custodian(provider)
        let (first, second) = (key(keys, .edDSA, .current), key(keys, .edDSA, .next))
        let token = try #require(keys.ring.signingKey(.edDSA)).sign(type: "t", payload: [:])
        provider.clock.advance(Lifetime.keyUse - 1)
        try await keys.rotateIfDue()
        #expect(key(keys, .edDSA, .current) == first)
        provider.clock.advance(1)
        try await keys.rotateIfDue()
        #expect(key(keys, .edDSA, .current) == second)
        #expect(key(keys, .edDSA, .retiring) == first)
        let third = key(keys, .edDSA, .next)
        #expect(third != nil && third != first && third != second)
        for algorithm in Self.algorithms { #expect(key(keys, algorithm, .retiring) != nil) }
        #expect(throws: Never.self) { try keys.ring.verificationKeys.verify(CompactJWS(parsing: token), type: "t") }
        provider.clock.advance(Lifetime.retiredKey)
        try await keys.rotateIfDue()
        #expect(key(keys, .edDSA, .retiring) == nil)
        #expect(key(keys, .edDSA, .current) == second && key(keys, .edDSA, .next) == third)
        #expect(throws: JWSError.unknownKey) {
            try keys.ring.verificationKeys.verify(CompactJWS(parsing: token), type: "t")
        }
        // What the custodian says is what a restart finds.
        #expect(
            custodian(try await TestProvider(store: provider.store, clock: provider.clock)).ring.jwks == keys.ring.jwks)
    }

    @Test("the periodic sweep rotates what is due")
    func sweep() async throws {
        let provider = try await TestProvider()
        let second = key(custodian(provider), .es256, .next)
        provider.clock.advance(Lifetime.keyUse)
        try await provider.provider.sweep(includingStore: false)
        #expect(key(custodian(provider), .es256, .next) == second)
        try await provider.provider.sweep(includingStore: true)
        #expect(key(custodian(provider), .es256, .current) == second)
    }

    @Test("by hand a key rotates only after it was published for a day; the refusal says when")
    func manualRotation() async throws {
        let provider = try await TestProvider()
        let keys = custodian(provider)
        let before = keys.ring.jwks
        let readyAt = provider.now + Lifetime.keyPublication
        await #expect(throws: KeyCustodian.Fault.nextKeyTooNew(readyAt: readyAt)) { try await keys.rotate(.es256) }
        provider.clock.advance(Lifetime.keyPublication - 1)
        await #expect(throws: KeyCustodian.Fault.nextKeyTooNew(readyAt: readyAt)) { try await keys.rotate(.es256) }
        #expect(keys.ring.jwks == before)
        let second = key(keys, .es256, .next)
        provider.clock.advance(1)
        #expect(try await keys.rotate(.es256).current(.es256).thumbprint.rawValue == second)
    }

    @Test("in an emergency the next key signs at once, and the one after it waits for its day again")
    func emergency() async throws {
        let provider = try await TestProvider()
        let keys = custodian(provider)
        let second = key(keys, .edDSA, .next)
        try await keys.rotate(.edDSA, evenIfUnpublished: true)
        #expect(key(keys, .edDSA, .current) == second)
        let readyAt = provider.now + Lifetime.keyPublication
        await #expect(throws: KeyCustodian.Fault.nextKeyTooNew(readyAt: readyAt)) { try await keys.rotate(.edDSA) }
    }

    @Test("a key that is missing as the next one is published by the first attempt to rotate")
    func missingNext() async throws {
        let first = try await TestProvider()
        let alone = try await first.store.signingKeys().filter { $0.algorithm != .edDSA || $0.stage == .current }
        try await first.store.replaceSigningKeys(alone, events: [])
        let keys = custodian(try await TestProvider(store: first.store, clock: first.clock))
        #expect(key(keys, .edDSA, .next) == nil)
        let readyAt = first.now + Lifetime.keyPublication
        await #expect(throws: KeyCustodian.Fault.nextKeyTooNew(readyAt: readyAt)) { try await keys.rotate(.edDSA) }
        let second = key(keys, .edDSA, .next)
        #expect(second != nil)
        first.clock.advance(Lifetime.keyPublication)
        try await keys.rotate(.edDSA)
        #expect(key(keys, .edDSA, .current) == second)
    }
}
