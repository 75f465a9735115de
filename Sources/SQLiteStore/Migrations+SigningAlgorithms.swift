internal import GRDB

extension DatabaseMigrator {
    /// Signing keys of PS256 and EdDSA. SQLite cannot change a CHECK: the table is built again with its rows.
    mutating func registerSigningAlgorithms() {
        registerMigration("v2-signing-algorithms", foreignKeyChecks: .immediate) { db in
            try db.execute(
                sql: """
                    CREATE TABLE new_signing_key (
                        position INTEGER PRIMARY KEY,
                        thumbprint TEXT NOT NULL UNIQUE CHECK (length(thumbprint) = 43),
                        algorithm TEXT NOT NULL CHECK (algorithm IN ('ES256', 'RS256', 'PS256', 'EdDSA')),
                        stage TEXT NOT NULL CHECK (stage IN ('next', 'current', 'retiring')),
                        since INTEGER NOT NULL,
                        sealed BLOB NOT NULL
                    ) STRICT;
                    INSERT INTO new_signing_key (position, thumbprint, algorithm, stage, since, sealed)
                        SELECT position, thumbprint, algorithm, stage, since, sealed FROM signing_key;
                    DROP TABLE signing_key;
                    ALTER TABLE new_signing_key RENAME TO signing_key;
                    """)
        }
    }
}
