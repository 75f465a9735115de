import Dispatch
import Foundation
import GRDB
@testable import SQLiteStore
import StoreConformance
import Testing

@Suite("Requests that wait share a transaction")
struct GroupCommitWriterTests {
    private struct Refused: Error, Equatable {}

    @Test("A request that fails takes back its own writes and leaves the others'")
    func failingRequest() async throws {
        let store = try SQLiteStore.inMemory()
        let failed = await withTaskGroup(of: Bool.self) { group in
            for index in 0..<200 {
                group.addTask {
                    do {
                        try await store.writer.write { db in
                            try db.run("INSERT INTO secret (name, sealed) VALUES (?, x'00')", ["\(index)"])
                            if index.isMultiple(of: 3) { throw Refused() }
                        }
                        return false
                    } catch { return error as? Refused == Refused() }
                }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(failed == 67)
        let names = try await store.pool.read { db in try String.fetchAll(db, sql: "SELECT name FROM secret") }
        #expect(Set(names) == Set((0..<200).filter { !$0.isMultiple(of: 3) }.map { "\($0)" }))
    }

    @Test("Requests that wait share a commit, at most 64", arguments: [(64, 1), (65, 2), (200, 4)])
    func sharing(requests: Int, expected: Int) async throws {
        let store = try SQLiteStore.inMemory()
        let before = try commits(store)
        let outcomes = await outcomesOfOneBatch(store, count: requests) { index in
            try await store.insertSecret("\(index)")
        }
        #expect(outcomes.allSatisfy { $0 })
        #expect(try commits(store) - before == expected)
    }

    @Test(
        "A transaction begins behind the tasks that are ready, or at once when a crowd waits; never twice",
        arguments: [
            (1, .behindOthers), (2, .none), (31, .none), (32, .atOnce), (33, .none), (64, .none), (.max, .none),
        ] as [(Int, GroupCommitWriter.Beginning)])
    func beginning(waiting: Int, expected: GroupCommitWriter.Beginning) {
        #expect(GroupCommitWriter.Beginning.whenAdded(waiting) == expected)
    }

    @Test(
        "What came while a transaction ran begins the next one",
        arguments: [
            (0, .none), (1, .behindOthers), (31, .behindOthers), (32, .atOnce), (64, .atOnce), (.max, .atOnce),
        ] as [(Int, GroupCommitWriter.Beginning)])
    func following(waiting: Int, expected: GroupCommitWriter.Beginning) {
        #expect(GroupCommitWriter.Beginning.afterTransaction(waiting: waiting) == expected)
    }

    @Test("What waits when the store is closed is written, and what comes later is refused")
    func closing() async throws {
        let store = try SQLiteStore.inMemory()
        let (busy, gate) = await occupied(store)
        let outcomes = await withTaskGroup(of: Bool.self) { group in
            for index in 0..<200 {
                group.addTask { await self.succeeds { try await store.insertSecret("\(index)") } }
            }
            // Those that wait cannot be written before the gate is open; the others come before or after the end.
            while store.writer.waitingCount < 100 { try? await Task.sleep(for: .milliseconds(1)) }
            gate.signal()
            try? await store.writer.close { pool in
                let written = try pool.read { db in try Int.fetchOne(db, sql: "SELECT count(*) FROM secret") }
                try "\(written ?? 0)".write(toFile: pool.path + "-count", atomically: true, encoding: .utf8)
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        try await busy.value
        let written = try String(contentsOfFile: store.pool.path + "-count", encoding: .utf8)
        #expect(written == "\(outcomes.count { $0 })")
        #expect(!(await succeeds { try await store.insertSecret("afterwards") }))
    }

    @Test("A request that ends the transaction by itself is everybody's failure, and nothing of the rest is written")
    func lostTransaction() async throws {
        let store = try SQLiteStore.inMemory()
        let outcomes = await outcomesOfOneBatch(store, count: 20) { index in
            if index == 7 { return try await store.execute("ROLLBACK") }
            try await store.insertSecret("\(index)")
        }
        #expect(outcomes.count == 20)
        #expect(!outcomes.contains(true))
        #expect(try await store.pool.read { db in try Int.fetchOne(db, sql: "SELECT count(*) FROM secret") } == 0)
        #expect(try await store.secret("afterwards", fresh: [7]) == [7])
    }

    @Test("A commit that fails is everybody's failure")
    func failingCommit() async throws {
        let store = try SQLiteStore.inMemory()
        // A deferred foreign key is looked at when the transaction commits, and not before.
        try await store.execute(
            "CREATE TABLE late (id TEXT REFERENCES account (id) DEFERRABLE INITIALLY DEFERRED)")
        let outcomes = await outcomesOfOneBatch(store, count: 20) { index in
            if index == 7 { return try await store.execute("INSERT INTO late VALUES ('nobody')") }
            _ = try await store.secret("\(index)", fresh: [1])
        }
        #expect(outcomes.count == 20)
        #expect(!outcomes.contains(true))
        #expect(try await store.pool.read { db in try Int.fetchOne(db, sql: "SELECT count(*) FROM secret") } == 0)
        #expect(try await store.secret("afterwards", fresh: [7]) == [7])
    }

    @Test("On a full disk nobody is told a success that is not there")
    func fullDisk() async throws {
        let store = try SQLiteStore.inMemory()
        let pages = try await store.pool.read { db in try Int.fetchOne(db, sql: "PRAGMA page_count") ?? 0 }
        try await store.execute("PRAGMA max_page_count = \(pages + 20)")
        let told = await withTaskGroup(of: Bool.self) { group in
            for index in 0..<100 {
                group.addTask {
                    await succeeds {
                        _ = try await store.secret("\(index)", fresh: Array(repeating: 0, count: 10_000))
                    }
                }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        let kept = try await store.pool.read { db in try Int.fetchOne(db, sql: "SELECT count(*) FROM secret") }
        #expect(kept == told)
        #expect(told < 100)
        await #expect(throws: (any Error).self) {
            try await store.secret("large", fresh: Array(repeating: 0, count: 100_000))
        }
        try await store.execute("PRAGMA max_page_count = 1000000")
        #expect(try await store.secret("afterwards", fresh: [7]) == [7])
    }

    @Test("A closed store refuses reads and writes")
    func closed() async throws {
        let store = try SQLiteStore.inMemory()
        try await store.close()
        await #expect(throws: StorageFault.closed) { try await store.secret("name", fresh: [1]) }
        await #expect(throws: (any Error).self) { try await store.signingKeys() }
    }

    @Test("A cancelled caller does not stop what others wait for")
    func cancellation() async throws {
        let store = try SQLiteStore.inMemory()
        let cancelled = Task { try await store.secret("cancelled", fresh: [1]) }
        cancelled.cancel()
        #expect(try await store.secret("other", fresh: [2]) == [2])
        _ = try? await cancelled.value
        #expect(try await store.secret("cancelled", fresh: [3]) == [1])
    }

    private func succeeds(_ body: () async throws -> Void) async -> Bool {
        do {
            try await body()
            return true
        } catch { return false }
    }

    /// Keeps the writer busy until `count` requests wait, so that they come into the same transaction; returns which
    /// of them succeed.
    private func outcomesOfOneBatch(
        _ store: SQLiteStore, count: Int, _ body: @escaping @Sendable (Int) async throws -> Void
    ) async -> [Bool] {
        let (busy, gate) = await occupied(store)
        let outcomes = await withTaskGroup(of: Bool.self) { group in
            for index in 0..<count { group.addTask { await succeeds { try await body(index) } } }
            while store.writer.waitingCount < count { try? await Task.sleep(for: .milliseconds(1)) }
            gate.signal()
            return await group.reduce(into: []) { $0.append($1) }
        }
        _ = try? await busy.value
        return outcomes
    }

    /// A writer that runs a transaction until the gate gets a signal. It writes nothing, and so its commit writes nothing.
    private func occupied(_ store: SQLiteStore) async -> (busy: Task<Void, any Error>, gate: DispatchSemaphore) {
        let gate = DispatchSemaphore(value: 0)
        let (started, hasStarted) = AsyncStream.makeStream(of: Void.self)
        let busy = Task {
            try await store.writer.write { _ in
                hasStarted.finish()
                gate.wait()
            }
        }
        for await _ in started {}
        return (busy, gate)
    }

    /// How many transactions are in the log: a frame that ends one tells the size of the database.
    private func commits(_ store: SQLiteStore) throws -> Int {
        let log = try Data(contentsOf: URL(fileURLWithPath: store.pool.path + "-wal"))
        return stride(from: 32, to: log.count, by: 24 + 4096).count { frame in
            log[(frame + 4)..<(frame + 8)].contains { $0 != 0 }
        }
    }
}

extension SQLiteStore {
    fileprivate func insertSecret(_ name: String) async throws {
        _ = try await writer.write { db in
            try db.run("INSERT INTO secret (name, sealed) VALUES (?, x'00')", [name])
        }
    }
}
