import AccountDirectory
import IdentityCrypto
import OpenIDMessages
import ProviderCore
import StoreConformance
import Testing

@testable import SQLiteStore

@Suite("What was read is remembered, and no longer than it may be (docs/decisions/0018)")
struct KnownTests {
    @Test("No more are remembered than there is room for, and none after they were forgotten")
    func capacity() {
        let known = KnownGrants(capacity: 2)
        let grants = (0..<3).map { _ in Fixtures.grant(for: .random()) }
        for grant in grants { known.remember(Shared(wrappedValue: grant), as: grant.transaction) }
        #expect(known[grants[0].transaction] == nil)
        #expect(known[grants[2].transaction]?.wrappedValue == grants[2])
        known.forget()
        #expect(known[grants[2].transaction] == nil)
    }

    @Test("What was redeemed is remembered, and a sweep forgets it: reads that went on beside an erasure leave nothing")
    func sweep() async throws {
        let store = try SQLiteStore.inMemory()
        let transaction = TransactionIdentifier.random(bytes: 16)
        let code = try await Fixtures.approvedCode(in: store, transaction: transaction)
        _ = try await store.redeem(code)
        #expect(store.grants[transaction]?.wrappedValue.transaction == transaction)
        let before = try await store.liveGrant(transaction)
        try await store.sweep(now: Fixtures.now)
        #expect(store.grants[transaction] == nil)
        #expect(try await store.liveGrant(transaction) == before)
    }

    @Test("The keys of a device that was read are remembered; its state is read each time, and a sweep forgets both")
    func deviceKeys() async throws {
        let store = try SQLiteStore.inMemory()
        let enrolled = try await Fixtures.enrolledDevice(in: store)
        let device = enrolled.identifier
        #expect(store.deviceKeys[device] == nil)
        let first = try #require(try await store.device(device))
        #expect(store.deviceKeys[device] == enrolled.keys)
        _ = try await store.change(
            device, of: enrolled.account, by: .reportLost, approval: nil, author: .person, time: Fixtures.now)
        let second = try #require(try await store.device(device))
        #expect(first.0.state == .active)
        #expect(second.0.state == .suspended)
        #expect(second.0.keys == first.0.keys)
        try await store.sweep(now: Fixtures.now)
        #expect(store.deviceKeys[device] == nil)
        #expect(try await store.device(device)?.0.keys == first.0.keys)
    }
}
