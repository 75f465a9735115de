internal import GRDB

extension DatabaseMigrator {
    /// People object to the processing of their data (GDPR Art. 21). SQLite cannot change a CHECK: requests are built again
    /// with their rows.
    mutating func registerObjections() {
        registerMigration("v6-objections", foreignKeyChecks: .immediate) { db in try db.execute(sql: objections) }
    }
}

private let objections = """
    CREATE TABLE new_data_subject_request (
        id TEXT NOT NULL PRIMARY KEY CHECK (id <> ''),
        account TEXT NOT NULL REFERENCES account (id),
        tenant TEXT,
        kind TEXT NOT NULL CHECK (kind IN ('access', 'export', 'rectify', 'erase', 'restrict', 'object')),
        state TEXT NOT NULL CHECK (state IN ('received', 'identity_checked', 'running', 'done', 'refused')),
        refusal TEXT,
        received_at INTEGER NOT NULL,
        due_at INTEGER NOT NULL,
        ended_at INTEGER,
        claims TEXT NOT NULL DEFAULT '[]' CHECK (json_type(claims) = 'array'),
        CHECK ((state IN ('done', 'refused')) = (ended_at IS NOT NULL)),
        CHECK ((state = 'refused') = (refusal IS NOT NULL))
    ) STRICT;
    INSERT INTO new_data_subject_request (id, account, tenant, kind, state, refusal, received_at, due_at, ended_at, claims)
        SELECT id, account, tenant, kind, state, refusal, received_at, due_at, ended_at, claims
        FROM data_subject_request ORDER BY rowid;
    DROP TABLE data_subject_request;
    ALTER TABLE new_data_subject_request RENAME TO data_subject_request;
    CREATE INDEX data_subject_request_account ON data_subject_request (account);
    CREATE INDEX data_subject_request_due ON data_subject_request (due_at) WHERE ended_at IS NULL;
    CREATE INDEX data_subject_request_ended ON data_subject_request (ended_at) WHERE ended_at IS NOT NULL;
    CREATE INDEX data_subject_request_tenant ON data_subject_request (tenant, due_at) WHERE tenant IS NOT NULL;
    """
