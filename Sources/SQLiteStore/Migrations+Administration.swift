/// Administrators with dated, scoped rights, emergencies, and what data protection officers must hear of.
let schema3Administration = """
    CREATE TABLE admin_assignment (
        id TEXT NOT NULL PRIMARY KEY CHECK (id <> ''),
        account TEXT NOT NULL REFERENCES account (id),
        subject TEXT NOT NULL CHECK (subject <> ''),
        role TEXT NOT NULL CHECK (role IN ('region_admin', 'region_auditor', 'tenant_admin', 'service_owner', 'dpo', \
    'clerk', 'auditor', 'operator_staff', 'emergency')),
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
    CREATE INDEX admin_assignment_account ON admin_assignment (account);
    CREATE INDEX admin_assignment_tenant ON admin_assignment (tenant);

    CREATE TABLE admin_ticket (
        digest BLOB NOT NULL PRIMARY KEY CHECK (length(digest) = 32),
        expires_at INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE admin_emergency (
        id TEXT NOT NULL PRIMARY KEY CHECK (id <> ''),
        tenant TEXT NOT NULL,
        requester TEXT NOT NULL REFERENCES account (id),
        requester_subject TEXT NOT NULL,
        reason TEXT NOT NULL CHECK (length(reason) BETWEEN 1 AND 200),
        duration INTEGER NOT NULL CHECK (duration BETWEEN 1 AND 14400),
        requested_at INTEGER NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('requested', 'approved', 'refused')),
        approver TEXT REFERENCES account (id),
        decided_at INTEGER,
        CHECK (approver <> requester OR state = 'refused'),
        CHECK ((state = 'requested') = (approver IS NULL)),
        CHECK ((approver IS NULL) = (decided_at IS NULL))
    ) STRICT;
    CREATE INDEX admin_emergency_tenant ON admin_emergency (tenant);

    CREATE TABLE admin_notice (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        tenant TEXT NOT NULL,
        kind TEXT NOT NULL CHECK (kind IN ('emergency_approved')),
        object TEXT NOT NULL,
        created_at INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX admin_notice_tenant ON admin_notice (tenant, id);

    -- How many people a town knows.
    CREATE INDEX pairwise_sector ON pairwise (sector);
    """
