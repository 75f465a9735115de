internal import GRDB

extension DatabaseMigrator {
    /// Rights to register clients have a name under which they are listed and ended. Those of before get one.
    mutating func registerRegistrationTokens() {
        registerMigration("v11-registration-tokens", foreignKeyChecks: .immediate) { db in
            try db.execute(
                sql: """
                    CREATE TABLE named_token (
                        digest BLOB NOT NULL PRIMARY KEY CHECK (length(digest) = 32),
                        name TEXT NOT NULL UNIQUE CHECK (name GLOB 'it_*'),
                        tenant TEXT NOT NULL,
                        uses_left INTEGER NOT NULL CHECK (uses_left >= 0),
                        expires_at INTEGER NOT NULL
                    ) STRICT, WITHOUT ROWID;
                    INSERT INTO named_token (digest, name, tenant, uses_left, expires_at)
                        SELECT digest, 'it_' || lower(hex(randomblob(16))), tenant, uses_left, expires_at
                        FROM initial_access_token;
                    DROP TABLE initial_access_token;
                    ALTER TABLE named_token RENAME TO initial_access_token;
                    CREATE INDEX initial_access_token_expiry ON initial_access_token (expires_at);
                    """)
        }
    }
}
