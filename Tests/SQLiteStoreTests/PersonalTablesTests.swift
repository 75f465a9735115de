import GRDB
import StoreConformance
import Testing

@testable import SQLiteStore

/// Invariant I39: whoever adds a table about people says what export and erasure do with it.
@Suite("Export and erasure know every table about people")
struct PersonalTablesTests {
    @Test("I39: every table of the schema that leads to an account or a person is listed")
    func complete() async throws {
        let store = try SQLiteStore.inMemory()
        let found = try await store.pool.read { db in try Self.personalTables(db) }
        #expect(found.count > 10)
        let listed = Set(PersonalTable.all.map(\.name))
        #expect(found.subtracting(listed).sorted() == [], "export and erasure do not know these tables")
        let names = try await store.pool.read { db in
            try String.fetchSet(db, sql: "SELECT name FROM sqlite_master WHERE type = 'table'")
        }
        #expect(listed.subtracting(names).sorted() == [], "no such tables")
        #expect(listed.count == PersonalTable.all.count)
    }

    @Test("the rule bites: a new table with an account column, or behind one, is found")
    func bites() throws {
        let queue = try DatabaseQueue()
        try DatabaseMigrator.citizenID.migrate(queue)
        try queue.write { db in
            try db.execute(
                sql: """
                    CREATE TABLE hobby (id TEXT PRIMARY KEY, account TEXT REFERENCES account (id));
                    CREATE TABLE hobby_day (hobby TEXT REFERENCES hobby (id), day TEXT);
                    CREATE TABLE loose (account TEXT, note TEXT);
                    CREATE TABLE weather (day TEXT);
                    """)
            let found = try Self.personalTables(db)
            #expect(found.isSuperset(of: ["hobby", "hobby_day", "loose"]) && !found.contains("weather"))
        }
    }

    @Test("each listed statement fits the schema, and rows that stay say why")
    func statements() async throws {
        let store = try SQLiteStore.inMemory()
        try await store.pool.read { db in
            for table in PersonalTable.all {
                if case .section(_, let sql) = table.export { _ = try db.makeStatement(sql: sql) }
                for sql in table.erasure { _ = try db.makeStatement(sql: sql) }
                #expect(table.erasure.isEmpty == (table.stays != nil), "\(table.name)")
            }
        }
    }

    /// Tables that have a column for an account or a person, and, again and again, those that refer to one of these.
    private static func personalTables(_ db: Database) throws -> Set<String> {
        let tables = try String.fetchAll(
            db,
            sql: """
                SELECT name FROM sqlite_master
                WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name <> 'grdb_migrations'
                """)
        var found: Set<String> = ["account", "person"]
        for table in tables {
            let columns = try db.columns(in: table).map(\.name)
            if columns.contains(where: ["account", "person", "subject", "likeness"].contains) { found.insert(table) }
        }
        return try db.withReferrers(found, among: tables)
    }
}
