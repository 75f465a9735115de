internal import GRDB

extension DatabaseMigrator {
    /// A town reads which roles the region gave there. SQLite cannot change a CHECK: notices are built again with their
    /// rows.
    mutating func registerRolesOfRegion() {
        registerMigration("v10-roles-of-region", foreignKeyChecks: .immediate) { db in
            try db.execute(
                sql: """
                    CREATE TABLE new_admin_notice (
                        id INTEGER PRIMARY KEY AUTOINCREMENT,
                        tenant TEXT NOT NULL,
                        kind TEXT NOT NULL CHECK (kind IN ('emergency_approved', 'role_given_by_region')),
                        object TEXT NOT NULL,
                        created_at INTEGER NOT NULL
                    ) STRICT;
                    INSERT INTO new_admin_notice (id, tenant, kind, object, created_at)
                        SELECT id, tenant, kind, object, created_at FROM admin_notice ORDER BY id;
                    DROP TABLE admin_notice;
                    ALTER TABLE new_admin_notice RENAME TO admin_notice;
                    CREATE INDEX admin_notice_tenant ON admin_notice (tenant, id);
                    CREATE INDEX admin_notice_time ON admin_notice (created_at);
                    -- What somebody did in administration is theirs to read.
                    CREATE INDEX audit_event_administrator ON audit_event (administrator)
                        WHERE administrator IS NOT NULL;
                    """)
        }
    }
}
