internal import GRDB

extension DatabaseMigrator {
    /// Grants of logins for a company, which end with the right to act for it.
    mutating func registerContextGrants() {
        registerMigration("v9-context-grants", foreignKeyChecks: .immediate) { db in
            try db.execute(
                sql: """
                    CREATE INDEX authorization_grant_company ON authorization_grant (company) WHERE company IS NOT NULL
                    """)
        }
    }
}
