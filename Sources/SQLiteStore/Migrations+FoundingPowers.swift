internal import GRDB

extension DatabaseMigrator {
    /// Powers of an extract end with the application that it was recorded for; what was left unsigned before that was so is
    /// recorded anew.
    mutating func registerFoundingPowers() {
        registerMigration("v5-founding-powers", foreignKeyChecks: .immediate) { db in
            try db.execute(
                sql: """
                    UPDATE register_power SET state = 'superseded' WHERE state = 'recorded'
                        AND company IN (SELECT id FROM company WHERE state NOT IN ('draft', 'verifying'))
                    """)
        }
    }
}
