import GRDB
@testable import SQLiteStore
import Testing

@Suite("What an archived tenant leaves")
struct TenantRemovalTests {
    @Test("I33: every table that names a tenant, a client or a sector is emptied of an archived one, or said to stay")
    func tables() throws {
        let queue = try DatabaseQueue()
        try DatabaseMigrator.citizenID.migrate(queue)
        let named = try queue.read { db in
            try String.fetchSet(
                db,
                sql: """
                    SELECT DISTINCT t.name FROM sqlite_schema t, pragma_table_info(t.name) c
                    WHERE t.type = 'table' AND c.name IN ('tenant', 'client', 'sector')
                    """)
        }
        #expect(named.count > 5)
        let known = Set(TenantRemoval.steps.map(\.table)).union(TenantRemoval.kept.keys)
        #expect(named.subtracting(known).sorted() == [], "add the table to TenantRemoval")
        #expect(Set(TenantRemoval.steps.map(\.table)).isDisjoint(with: TenantRemoval.kept.keys))
    }
}
