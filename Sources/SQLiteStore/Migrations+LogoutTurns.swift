internal import GRDB

extension DatabaseMigrator {
    /// What is due is found portal by portal, so that one with many notices keeps none from others.
    mutating func registerLogoutTurns() {
        registerMigration("v9-logout-turns", foreignKeyChecks: .immediate) { db in
            try db.execute(
                sql: """
                    DROP INDEX logout_delivery_due;
                    CREATE INDEX logout_delivery_due ON logout_delivery (client, next_attempt_at)
                        WHERE state = 'pending';
                    """)
        }
    }
}
