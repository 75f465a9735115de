internal import GRDB

extension DatabaseMigrator {
    /// Browsers that people wanted to be remembered (docs/decisions/0016).
    mutating func registerKnownBrowsers() {
        registerMigration("v5-known-browsers", foreignKeyChecks: .immediate) { db in
            // One key is bound to one account, and one login remembers one browser.
            try db.execute(
                sql: """
                    CREATE TABLE known_browser (
                        id TEXT NOT NULL PRIMARY KEY CHECK (id <> ''),
                        account TEXT NOT NULL REFERENCES account (id),
                        thumbprint TEXT NOT NULL UNIQUE CHECK (length(thumbprint) = 43),
                        jwk TEXT NOT NULL CHECK (json_type(jwk) = 'object'),
                        name TEXT NOT NULL,
                        txn TEXT NOT NULL UNIQUE,
                        created_at INTEGER NOT NULL,
                        last_used_at INTEGER NOT NULL
                    ) STRICT;
                    CREATE INDEX known_browser_account ON known_browser (account, last_used_at);
                    CREATE INDEX known_browser_use ON known_browser (last_used_at);
                    """)
        }
    }
}
