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

    @Test("Requests that come while a commit is on its way share the next one")
    func sharing() async throws {
        let store = try SQLiteStore.inMemory()
        let before = try await commits(store)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await store.writer.write { _ in Thread.sleep(forTimeInterval: 0.2) } }
            try await Task.sleep(for: .milliseconds(50))
            for index in 0..<64 {
                group.addTask {
                    try await store.execute("INSERT INTO secret (name, sealed) VALUES ('\(index)', x'00')")
                }
            }
            try await group.waitForAll()
        }
        let after = try await commits(store)
        // The request that keeps the writer busy writes nothing, and so commits nothing.
        #expect(after - before == 1)
    }

    @Test("A commit that fails is everybody's failure")
    func failingCommit() async throws {
        let store = try SQLiteStore.inMemory()
        // A deferred foreign key is looked at when the transaction commits, and not before.
        try await store.execute(
            "CREATE TABLE late (id TEXT REFERENCES account (id) DEFERRABLE INITIALLY DEFERRED)")
        let outcomes = await withTaskGroup(of: Bool.self) { group in
            group.addTask {
                await succeeds { try await store.writer.write { _ in Thread.sleep(forTimeInterval: 0.3) } }
            }
            try? await Task.sleep(for: .milliseconds(50))
            group.addTask {
                await succeeds { try await store.execute("INSERT INTO late VALUES ('nobody')") }
            }
            for index in 0..<10 {
                group.addTask {
                    await succeeds { _ = try await store.secret("\(index)", fresh: [1]) }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(outcomes.count { $0 } == 1, "only the request before the failing batch succeeds")
        #expect(try await store.pool.read { db in try Int.fetchOne(db, sql: "SELECT count(*) FROM secret") } == 0)
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

    /// How many transactions have changed the file, as a reader sees it.
    private func commits(_ store: SQLiteStore) async throws -> Int {
        // The log's header does not count commits; frames that end a transaction do.
        let log = try Data(contentsOf: URL(fileURLWithPath: store.pool.path + "-wal"))
        return stride(from: 32, to: log.count, by: 24 + 4096).count { frame in
            log[(frame + 4)..<(frame + 8)].contains { $0 != 0 }
        }
    }
}
