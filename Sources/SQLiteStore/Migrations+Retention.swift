internal import GRDB

extension DatabaseMigrator {
    /// Evidence expires, and what is over in administration and companies has an end: each is found by an index.
    mutating func registerRetention() {
        registerMigration("v8-retention", foreignKeyChecks: .immediate) { db in try db.execute(sql: retention) }
    }
}

private let retention = """
    -- When what stood behind it became stale.
    ALTER TABLE evidence ADD COLUMN expired_at INTEGER;
    CREATE INDEX evidence_expiry ON evidence (expires_at) WHERE expired_at IS NULL;

    -- When another extract took its place, or the company was verified without it.
    ALTER TABLE register_power ADD COLUMN superseded_at INTEGER;
    UPDATE register_power SET superseded_at = coalesce(
            (SELECT min(e.recorded_at) FROM company_evidence e WHERE e.company = register_power.company
                AND e.recorded_at > (SELECT own.recorded_at FROM company_evidence own WHERE own.id = evidence)),
            (SELECT recorded_at FROM company_evidence own WHERE own.id = evidence))
        WHERE state = 'superseded';
    CREATE INDEX register_power_superseded ON register_power (superseded_at) WHERE state = 'superseded';
    CREATE INDEX register_power_evidence ON register_power (evidence);

    CREATE INDEX admin_notice_time ON admin_notice (created_at);
    CREATE INDEX admin_emergency_time ON admin_emergency (coalesce(decided_at, requested_at));
    CREATE INDEX admin_assignment_end ON admin_assignment (min(valid_until, coalesce(revoked_at, valid_until)));
    CREATE INDEX admin_assignment_granter ON admin_assignment (granted_by) WHERE granted_by IS NOT NULL;

    CREATE INDEX membership_ended ON membership (ended_at) WHERE state = 'ended';
    CREATE INDEX mandate_ended ON mandate (ended_at) WHERE ended_at IS NOT NULL;
    CREATE INDEX mandate_replaced ON mandate (replaces) WHERE replaces IS NOT NULL;
    CREATE INDEX mandate_author ON mandate (proposed_by);
    CREATE INDEX mandate_approval_member ON mandate_approval (membership);
    CREATE INDEX register_power_company ON register_power (company);
    CREATE INDEX company_closed ON company (changed_at) WHERE state = 'closed';
    """
