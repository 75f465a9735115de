internal import GRDB

extension DatabaseMigrator {
    /// One client may serve several towns: what people released, and who hears of a logout, is so for each town. SQLite
    /// cannot change a UNIQUE: deliveries are built again with their rows.
    mutating func registerServedTenants() {
        registerMigration("v6-served-tenants", foreignKeyChecks: .immediate) { db in
            try db.execute(sql: servedTenants)
        }
    }
}

private let servedTenants = """
    DROP INDEX claim_release_in_force;
    CREATE UNIQUE INDEX claim_release_in_force
        ON claim_release (account, context, client, service, coalesce(tenant, '')) WHERE state = 'granted';

    CREATE TABLE new_logout_delivery (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        client TEXT NOT NULL,
        subject TEXT NOT NULL,
        session TEXT,
        state TEXT NOT NULL CHECK (state IN ('pending', 'delivered', 'failed')),
        attempts INTEGER NOT NULL CHECK (attempts >= 0),
        created_at INTEGER NOT NULL,
        next_attempt_at INTEGER NOT NULL,
        last_failure TEXT,
        UNIQUE (session, client, subject)
    ) STRICT;
    INSERT INTO new_logout_delivery (id, client, subject, session, state, attempts, created_at, next_attempt_at,
            last_failure)
        SELECT id, client, subject, session, state, attempts, created_at, next_attempt_at, last_failure
        FROM logout_delivery ORDER BY id;
    DROP TABLE logout_delivery;
    ALTER TABLE new_logout_delivery RENAME TO logout_delivery;
    CREATE INDEX logout_delivery_due ON logout_delivery (next_attempt_at) WHERE state = 'pending';
    CREATE INDEX logout_delivery_over ON logout_delivery (created_at) WHERE state <> 'pending';
    CREATE INDEX logout_delivery_client ON logout_delivery (client);
    CREATE INDEX logout_delivery_subject ON logout_delivery (subject);
    """
