import AccountDirectory
import GRDB
import OpenIDMessages
import Testing

@testable import SQLiteStore

@Suite("Every row has an end, or a reason to stay")
struct TableLifeTests {
    private static func tables() throws -> Set<String> {
        let queue = try DatabaseQueue()
        try DatabaseMigrator.citizenID.migrate(queue)
        return try queue.read { db in
            try String.fetchSet(
                db,
                sql: """
                    SELECT name FROM sqlite_schema
                    WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name <> 'grdb_migrations'
                    """)
        }
    }

    @Test("I40: each table stands in a retention step, goes with the account, or is kept for a reason")
    func complete() throws {
        let tables = try Self.tables()
        #expect(tables.count > 40)
        let known = TableLife.timed.union(TableLife.withAccount).union(TableLife.kept.keys)
        #expect(tables.subtracting(known).sorted() == [], "give the rows of these an end, or say in TableLife why not")
        #expect(known.subtracting(tables).sorted() == [], "no such tables")
        #expect(TableLife.timed.union(TableLife.withAccount).intersection(TableLife.kept.keys).sorted() == [])
    }

    @Test("each retention step fits the schema and has a name of its own")
    func steps() async throws {
        let store = try SQLiteStore.inMemory()
        _ = try await store.applyRetention(RetentionPolicy(), now: Timestamp(seconds: 4_000_000_000))
        #expect(Set(RetentionStep.all.map(\.name)).count == RetentionStep.all.count)
    }
}
