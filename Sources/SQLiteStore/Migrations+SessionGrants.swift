internal import GRDB

extension DatabaseMigrator {
    /// The grants of a session at one client are found by both. With an index on each, SQLite takes that of the client,
    /// and each login would read all the logins that a portal ever had.
    mutating func registerSessionGrants() {
        registerMigration("v5-session-grants", foreignKeyChecks: .immediate) { db in
            try db.execute(
                sql: """
                    DROP INDEX authorization_grant_session;
                    CREATE INDEX authorization_grant_session ON authorization_grant (session, client, authenticated_at);
                    """)
        }
    }
}
