import AccountDirectory
import Foundation
import GRDB
import IdentityCrypto
import OpenIDMessages
import ProviderCore
import StoreConformance
import Testing

@testable import SQLiteStore

@Suite("Audit: what is done to the database shows (O3, O5, I38, I39)")
struct AuditTests {
    /// What somebody who owns the file can do to it.
    struct Attack: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let sql: String
        let number: Int64
        let fault: AuditBreak.Fault

        init(_ description: String, _ sql: String, _ number: Int64, _ fault: AuditBreak.Fault) {
            testDescription = description
            self.sql = sql
            self.number = number
            self.fault = fault
        }

        static let all: [Attack] = [
            Attack("an event edited", "UPDATE audit_event SET object = 'x' WHERE number = 3", 3, .changed),
            Attack(
                "a refusal made a success", "UPDATE audit_event SET kind = 'auth.approved' WHERE number = 4", 4,
                .changed),
            Attack(
                "the person exchanged", "UPDATE audit_event SET person = zeroblob(16) WHERE number = 4", 4, .changed),
            Attack("an event deleted", "DELETE FROM audit_event WHERE number = 4", 4, .missing),
            Attack(
                "an event deleted, the rest numbered anew",
                "DELETE FROM audit_event WHERE number = 4; UPDATE audit_event SET number = number - 1 WHERE number > 4",
                4,
                .changed),
            Attack("the first events deleted", "DELETE FROM audit_event WHERE number <= 2", 1, .missing),
            Attack("the tail cut off", "DELETE FROM audit_event WHERE number > 4", 5, .missing),
            Attack("everything deleted", "DELETE FROM audit_event", 1, .missing),
            Attack(
                "two events exchanged",
                """
                UPDATE audit_event SET number = 99 WHERE number = 3;
                UPDATE audit_event SET number = 3 WHERE number = 4;
                UPDATE audit_event SET number = 4 WHERE number = 99
                """, 3, .changed),
            Attack(
                "an event put in",
                """
                UPDATE audit_event SET number = number + 100 WHERE number > 3;
                UPDATE audit_event SET number = number - 99 WHERE number > 100;
                INSERT INTO audit_event (number, kind, time, tenant, previous, hash)
                    SELECT 4, 'auth.approved', time, tenant, hash, zeroblob(32) FROM audit_event WHERE number = 3;
                UPDATE audit_chain SET number = number + 1
                """, 4, .changed),
            Attack(
                "an event appended behind the head's back",
                """
                INSERT INTO audit_event (number, kind, time, tenant, previous, hash)
                    SELECT number + 1, 'auth.approved', time, tenant, hash, zeroblob(32) FROM audit_event
                    ORDER BY number DESC LIMIT 1
                """, 8, .wrongHead),
            Attack("the head set back", "UPDATE audit_chain SET number = 4", 5, .wrongHead),
            Attack("the head deleted", "DELETE FROM audit_chain", 7, .headMissing),
            Attack(
                "an event moved to another town", "UPDATE audit_event SET tenant = 'marl' WHERE number = 3", 3, .missing
            ),
            Attack(
                "an event moved to the region", "UPDATE audit_event SET tenant = NULL WHERE number = 3", 3, .missing),
            Attack(
                "an event moved to the region by its name",
                "UPDATE audit_event SET tenant = '(region)' WHERE number = 3", 3, .missing),
            Attack(
                "an event of no tenant at all", "UPDATE audit_event SET tenant = '../x' WHERE number = 3", 3, .missing),
        ]
    }

    /// Seven events of one town, in a database without its guards.
    private static func unguarded() async throws -> Provider {
        let store = try SQLiteStore.inMemory()
        let device = try await Fixtures.enrolledDevice(in: store)
        for counter in 1...3 {
            _ = try await store.accept(Fixtures.answer(from: device, counter: Int64(counter), decision: .deny))
        }
        let triggers = try await store.pool.read { db in
            try String.fetchAll(db, sql: "SELECT name FROM sqlite_master WHERE type = 'trigger'")
        }
        for trigger in triggers { try await store.execute("DROP TRIGGER \(trigger)") }
        return Provider(store: store)
    }

    private struct Provider {
        let store: SQLiteStore

        /// What a walk through the town's chain finds.
        func fault(_ chain: AuditChain = .tenant(Fixtures.tenant)) async throws -> AuditBreak? {
            for head in try await store.auditHeads() where head.chain == chain {
                do {
                    var verification = try AuditVerification(head, sealing: Fixtures.sealing)
                    for entry in try await store.auditEntries(of: head.chain, after: 0, limit: 100) {
                        try verification.check(entry)
                    }
                    try verification.finish()
                } catch let fault as AuditBreak { return fault }
            }
            return nil
        }
    }

    @Test("O3, I38: edit, delete, reorder, insert or cut off, and the place is named", arguments: Attack.all)
    func attack(_ attack: Attack) async throws {
        let provider = try await Self.unguarded()
        #expect(try await provider.fault() == nil)
        try await provider.store.execute(attack.sql)
        #expect(
            try await provider.fault()
                == AuditBreak(chain: .tenant(Fixtures.tenant), number: attack.number, fault: attack.fault))
    }

    @Test(
        "O3: an event of the region whose tenant was changed lacks there, and pages of chains and persons go on",
        arguments: ["(region)", "marl", "../x", ""])
    func renamed(tenant: String) async throws {
        let store = try SQLiteStore.inMemory()
        let device = try await Fixtures.enrolledDevice(in: store)
        try await store.record(
            (1...3).map { index in
                SecurityEvent(
                    .loginDenied, time: Fixtures.now, object: "event-\(index)", person: device.account)
            })
        #expect(try await Provider(store: store).fault(.region) == nil)
        try await store.execute(
            "DROP TRIGGER audit_event_not_updated; UPDATE audit_event SET tenant = '\(tenant)' WHERE object = 'event-2'"
        )
        let left: [String?] = ["event-3", "event-1"]
        #expect(
            try await Provider(store: store).fault(.region) == AuditBreak(chain: .region, number: 2, fault: .missing))
        let page = try await store.auditPage(
            of: AuditReach(.region, for: LocalOperator()), .everything, before: nil, limit: 9)
        #expect(page.entries.map(\.object) == left)
        let seen = try await store.auditPage(of: device.account, before: nil, limit: 9).entries.map(\.object)
        #expect(seen.filter(left.contains) == left)
        var collected: [String?] = []
        var cursor: Int64?
        repeat {
            let page = try await store.auditPage(of: device.account, before: cursor, limit: 1)
            collected += page.entries.map(\.object)
            cursor = page.next
        } while cursor != nil
        #expect(collected == seen, "the page with the changed event is not the last")
    }

    @Test("O5, I39: with the key nothing in the database leads from a person to the events")
    func erased() async throws {
        let directory = try TemporaryDirectory()
        let store = try SQLiteStore(path: directory.database)
        let device = try await Fixtures.enrolledDevice(in: store)
        _ = try await store.accept(Fixtures.answer(from: device, decision: .deny))
        let key = try await store.pool.read { db in try db.auditKey(of: device.account) }
        let bytes = Data(try #require(key).bytes)
        #expect(try directory.contents().firstRange(of: bytes) != nil)
        let names = Set(try await store.auditEntries(of: .tenant(Fixtures.tenant), after: 0, limit: 9).map(\.person))
        #expect(names.count == 1)

        try await Fixtures.erase(device.account, in: store)
        #expect(try await store.auditPage(of: device.account, before: nil, limit: 9).entries == [])
        let left = try await store.auditEntries(of: .tenant(Fixtures.tenant), after: 0, limit: 9).map(\.person)
        #expect(Set(left) == names, "the events stay as they are")
        try await store.close()
        #expect(try directory.contents().firstRange(of: bytes) == nil, "the key's bytes are still in the file")
    }

    @Test("An account cannot go while something links it to its events")
    func accountStays() async throws {
        let store = try SQLiteStore.inMemory()
        let account = Fixtures.account()
        try await store.register(
            account, ticket: Fixtures.ticket(for: account),
            events: [SecurityEvent(.accountRegistered, time: Fixtures.now, person: account.identifier)])
        for table in ["ticket", "verified_attribute", "evidence"] { try await store.execute("DELETE FROM \(table)") }
        await #expect(throws: DatabaseError.self) { try await store.execute("DELETE FROM account") }
        try await store.execute("DELETE FROM audit_person_key")
        try await store.execute("DELETE FROM account")
    }

    @Test("Events of version 2 are the beginning of their chains, in their order")
    func migration() async throws {
        let directory = try TemporaryDirectory()
        let old = try DatabaseQueue(path: directory.database)
        try DatabaseMigrator.citizenID.migrate(old, upTo: "v2")
        try await old.write { db in
            for (index, tenant) in ["marl", nil, "marl", "herten", nil, "marl"].enumerated() {
                try db.execute(
                    sql: "INSERT INTO audit_event (kind, time, tenant, object) VALUES ('auth.denied', ?, ?, ?)",
                    arguments: [index, tenant, "object-\(index)"])
            }
        }
        try old.close()
        let store = try SQLiteStore(path: directory.database)
        let heads = try await store.auditHeads()
        #expect(heads.map(\.chain.rawValue) == ["(region)", "herten", "marl"])
        #expect(heads.map(\.number) == [2, 1, 3])
        for head in heads {
            var verification = try AuditVerification(head, sealing: Fixtures.sealing)
            for entry in try await store.auditEntries(of: head.chain, after: 0, limit: 9) {
                try verification.check(entry)
            }
            try verification.finish()
        }
        let marl = try await store.auditEntries(
            of: .tenant(#require(TenantIdentifier(rawValue: "marl"))), after: 0, limit: 9)
        #expect(marl.map(\.object) == ["object-0", "object-2", "object-5"])
        // The chain goes on from there.
        try await store.record([
            SecurityEvent(.loginDenied, time: Fixtures.now, tenant: TenantIdentifier(rawValue: "marl"))
        ])
        #expect(try await store.auditHeads().last?.number == 4)
        #expect(try await store.auditEvents().map { $0["seq"] } == (1...7).map(String.init))
    }

    @Test("Reading a page, a person's or a company's events and the heads goes through an index")
    func plans() async throws {
        let store = try SQLiteStore.inMemory()
        let statements = [
            "SELECT * FROM audit_event WHERE \(auditChainColumn) = 'marl' AND number > 3 ORDER BY number LIMIT 9",
            "SELECT * FROM audit_event WHERE person = zeroblob(16) AND seq < 9 ORDER BY seq DESC LIMIT 9",
            "SELECT * FROM audit_event WHERE company = 'x' AND seq < 9 ORDER BY seq DESC LIMIT 9",
            "SELECT min(\(auditChainColumn)) FROM audit_event WHERE \(auditChainColumn) > 'marl'",
        ]
        for sql in statements {
            let plan = try await store.pool.read { db in
                try Row.fetchAll(db, sql: "EXPLAIN QUERY PLAN " + sql).map { $0["detail"] as String }
            }
            #expect(plan.allSatisfy { $0.hasPrefix("SEARCH audit_event USING") }, "\(plan)")
        }
        let plan = try store.queryPlan(of: changesOfMembershipsSQL)
        // Not by the company, whose other events are many.
        #expect(
            plan.contains { $0.hasPrefix("SEARCH e USING INDEX audit_event_membership (object=? AND seq<?)") },
            "\(plan)")
        #expect(plan.contains { $0.hasPrefix("SEARCH m USING INDEX membership_account") }, "\(plan)")
    }
}
