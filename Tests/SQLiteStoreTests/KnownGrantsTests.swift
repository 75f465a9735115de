import AccountDirectory
import IdentityCrypto
import OpenIDMessages
import ProviderCore
import StoreConformance
import Testing

@testable import SQLiteStore

@Suite("Grants that were read are remembered, and no longer than they may be (docs/decisions/0018)")
struct KnownGrantsTests {
    @Test("No more are remembered than there is room for, and none after they were forgotten")
    func capacity() {
        let known = KnownGrants(capacity: 2)
        let grants = (0..<3).map { _ in Fixtures.grant(for: .random()) }
        for grant in grants { known.remember(Shared(wrappedValue: grant)) }
        #expect(known.grant(grants[0].transaction) == nil)
        #expect(known.grant(grants[2].transaction)?.wrappedValue == grants[2])
        known.forget()
        #expect(known.grant(grants[2].transaction) == nil)
    }

    @Test("What was redeemed is remembered, and a sweep forgets it: reads that went on beside an erasure leave nothing")
    func sweep() async throws {
        let store = try SQLiteStore.inMemory()
        let transaction = TransactionIdentifier.random(bytes: 16)
        let code = try await Fixtures.approvedCode(in: store, transaction: transaction)
        _ = try await store.redeem(code)
        #expect(store.grants.grant(transaction)?.wrappedValue.transaction == transaction)
        let before = try await store.liveGrant(transaction)
        try await store.sweep(now: Fixtures.now)
        #expect(store.grants.grant(transaction) == nil)
        #expect(try await store.liveGrant(transaction) == before)
    }
}
