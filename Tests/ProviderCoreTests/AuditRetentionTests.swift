import AccountDirectory
import OpenIDMessages
import ProviderHarness
import SQLiteStore
import Testing

@testable import ProviderCore

/// The end of audit events, which leaves chains that anybody can verify.
@Suite("Audit: events go after a year, and what is left verifies (O4, I38, I40)")
struct AuditRetentionTests {
    private let policy = RetentionPolicy()
    private static let tenant = AuditChain.tenant(TestRegion.herten)

    private func events(_ provider: TestProvider, _ chain: AuditChain = tenant) async throws -> [AuditEntry] {
        try await provider.provider.audit.export(chain, after: 0)
    }

    private func record(_ count: Int, _ provider: TestProvider) async throws {
        try await provider.store.record(
            (0..<count).map { index in
                SecurityEvent(
                    .clientChanged, time: provider.now, tenant: TestRegion.herten, object: "portal-\(index)")
            })
    }

    @Test("I40: events go after a year, together with others of their day, and the chain says so itself")
    func deadline() async throws {
        let provider = try await TestProvider()
        try await record(3, provider)
        let old = try await events(provider)
        provider.clock.advance(policy.audit + policy.auditCuts)
        try await record(2, provider)
        #expect(try await provider.provider.erasures.sweep()["audit_events"] == 0)
        provider.clock.advance(1)
        #expect(try await provider.provider.erasures.sweep()["audit_events"] >= 3)
        let left = try await events(provider)
        #expect(left.map(\.number) == [4, 5, 6] && left.map(\.kind).last == "audit.sealed")
        #expect(left[0].previous == old[2].hash)
        let head = try #require(try await provider.provider.audit.heads().first { $0.chain == Self.tenant })
        #expect(head.anchor?.number == 3 && head.anchor?.hash == old[2].hash)
        #expect(left[2].object == head.anchor?.text && left[2].actor == "system")
        // Nothing is over now, and nothing more is written.
        #expect(try await provider.provider.erasures.sweep()["audit_events"] == 0)
        #expect(try await events(provider).count == 3)
    }

    @Test("I38: what is left verifies against the anchor, over several cuts, and pages end where the chain begins")
    func verification() async throws {
        let provider = try await TestProvider()
        for _ in 0..<3 {
            try await record(2, provider)
            provider.clock.advance(policy.audit / 2)
            try await provider.provider.erasures.sweep()
        }
        provider.clock.advance(policy.audit / 2)
        try await provider.provider.erasures.sweep()
        let report = try await provider.provider.audit.verify(Self.tenant)
        let left = try await events(provider)
        #expect(report.isWhole && report.chains[0].verified == Int64(left.count))
        #expect(report.chains[0].removed == left[0].number - 1 && left[0].number > 4)
        let page = try await provider.provider.audit.page(of: Self.tenant, limit: 50)
        #expect(page.entries.count == left.count && page.next == nil)
    }

    @Test("a chain whose events are all over has the event of the cut, and goes on from there")
    func allGone() async throws {
        let provider = try await TestProvider()
        try await record(1005, provider)
        provider.clock.advance(policy.audit + policy.auditCuts + 1)
        #expect(try await provider.provider.erasures.sweep()["audit_events"] >= 1005)
        let left = try await events(provider)
        #expect(left.map(\.kind) == ["audit.sealed"] && left.first?.number == 1006, "one cut, however many went")
        try await record(1, provider)
        #expect(try await provider.provider.audit.verify(Self.tenant).isWhole)
    }

    @Test("what a retention takes while a chain is verified is not missing")
    func verifiedMeanwhile() async throws {
        let provider = try await TestProvider()
        try await record(1500, provider)
        provider.clock.advance(policy.audit + policy.auditCuts + 1)
        try await record(1500, provider)
        let store = FaultyStore(provider.store)
        let flow = AuditFlow(store: store, sealing: provider.provider.audit.sealing, clock: provider.provider.clock)
        // Heads, the first thousand, and before the next:
        store.interrupt(3) { _ = try await provider.provider.erasures.sweep() }
        let report = try await flow.verify(Self.tenant)
        #expect(report.isWhole, "\(report)")
        #expect(report.chains[0].removed == 1500 && report.chains[0].verified >= 1500)
    }

    @Test("I38: a chain that somebody changed is not cut: what is wrong stays where it can be found")
    func broken() {
        let entries = AuditVerificationTests.chain(5)
        let chain = entries[0].chain
        /// Up to which number is cut; nil when the chain is not cut at all.
        func cut(_ entries: [AuditEntry], anchor: AuditAnchor? = nil, of named: AuditChain? = nil) -> Int64? {
            let head = AuditHead(
                chain: named ?? chain, number: 5, hash: AuditVerificationTests.chain(5)[4].hash, lastNumber: 5,
                anchor: anchor)
            do {
                var rule = try AuditCutRule(head, sealing: AuditVerificationTests.sealing)
                _ = try rule.take(entries, before: AuditVerificationTests.chain(5)[3].time)
                return rule.cut(now: AuditVerificationTests.chain(5)[4].time)?.anchor.number
            } catch { return nil }
        }
        #expect(cut(entries) == 3)
        var changed = entries
        changed[1].object = "device-9"
        #expect(cut(changed) == nil)
        #expect(cut([entries[0], entries[2]]) == nil, "one is missing")
        #expect(cut(Array(entries.dropFirst())) == nil, "the first is missing")
        #expect(cut(Array(entries.dropFirst(3))) == nil, "nothing is over")
        #expect(cut(entries, of: .region) == nil)
        let anchor = AuditVerificationTests.sealing.anchor(chain, number: 1, hash: entries[0].hash)
        #expect(cut(Array(entries.dropFirst()), anchor: anchor) == 3)
        let forged = AuditSealing(key: [1]).anchor(chain, number: 1, hash: entries[0].hash)
        #expect(cut(Array(entries.dropFirst()), anchor: forged) == nil)
    }

    struct Cut: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let fault: AuditBreak.Fault?
        let change: @Sendable (inout AuditAnchor?) -> Void
    }

    @Test(
        "I38: a forged cut shows",
        arguments: [
            Cut(testDescription: "the true anchor", fault: nil) { _ in },
            Cut(testDescription: "no anchor", fault: .missing) { $0 = nil },
            Cut(testDescription: "a later number", fault: .forgedCut) { $0?.number = 3 },
            Cut(testDescription: "another hash", fault: .forgedCut) { $0?.hash[0] ^= 1 },
            Cut(testDescription: "another seal", fault: .forgedCut) { $0?.seal[31] ^= 1 },
            Cut(testDescription: "no seal", fault: .forgedCut) { $0?.seal = [] },
            Cut(testDescription: "that of another chain", fault: .forgedCut) { anchor in
                anchor = anchor.map {
                    AuditVerificationTests.sealing.anchor(.region, number: $0.number, hash: $0.hash)
                }
                anchor?.chain = AuditVerificationTests.chain(1)[0].chain
            },
            Cut(testDescription: "made with another key", fault: .forgedCut) { anchor in
                anchor = anchor.map { AuditSealing(key: [7]).anchor($0.chain, number: $0.number, hash: $0.hash) }
            },
            Cut(testDescription: "a true one of before", fault: .missing) { anchor in
                let first = AuditVerificationTests.chain(5)[0]
                anchor = AuditVerificationTests.sealing.anchor(first.chain, number: 1, hash: first.hash)
            },
        ])
    func forged(_ cut: Cut) {
        let entries = AuditVerificationTests.chain(5)
        var head = AuditVerificationTests.head(of: entries)
        head.anchor = AuditVerificationTests.sealing.anchor(head.chain, number: 2, hash: entries[1].hash)
        cut.change(&head.anchor)
        #expect(AuditVerificationTests.fault(Array(entries.dropFirst(2)), head: head)?.fault == cut.fault)
    }
}
