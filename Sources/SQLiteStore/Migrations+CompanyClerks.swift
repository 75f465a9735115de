internal import GRDB

extension DatabaseMigrator {
    /// The role of a company clerk. The table of rights is built again, for SQLite does not change a CHECK; it refers to
    /// itself, so foreign keys are checked at the end.
    mutating func registerCompanyClerks() {
        registerMigration("v3-company-clerks") { db in try db.execute(sql: companyClerks) }
    }
}

private let companyClerks = """
    CREATE TABLE admin_assignment_new (
        id TEXT NOT NULL PRIMARY KEY CHECK (id <> ''),
        account TEXT NOT NULL REFERENCES account (id),
        subject TEXT NOT NULL CHECK (subject <> ''),
        role TEXT NOT NULL CHECK (role IN ('region_admin', 'region_auditor', 'tenant_admin', 'service_owner', 'dpo', \
    'clerk', 'company_clerk', 'auditor', 'operator_staff', 'emergency')),
        reach TEXT NOT NULL CHECK (reach IN ('region', 'tenant', 'operated')),
        tenant TEXT,
        operator TEXT,
        valid_from INTEGER NOT NULL,
        valid_until INTEGER NOT NULL,
        granted_by TEXT REFERENCES admin_assignment (id),
        granted_at INTEGER NOT NULL,
        revoked_at INTEGER,
        CHECK (valid_from < valid_until),
        CHECK ((tenant IS NULL) = (reach = 'region')),
        CHECK ((operator IS NOT NULL) = (reach = 'operated'))
    ) STRICT;
    INSERT INTO admin_assignment_new (rowid, id, account, subject, role, reach, tenant, operator, valid_from, valid_until,
            granted_by, granted_at, revoked_at)
        SELECT rowid, id, account, subject, role, reach, tenant, operator, valid_from, valid_until, granted_by,
            granted_at, revoked_at
        FROM admin_assignment;
    DROP TABLE admin_assignment;
    ALTER TABLE admin_assignment_new RENAME TO admin_assignment;
    CREATE INDEX admin_assignment_account ON admin_assignment (account);
    CREATE INDEX admin_assignment_tenant ON admin_assignment (tenant);
    """
