internal import GRDB

extension DatabaseMigrator {
    /// When a company was frozen last, also when the freeze is over: an extract from before is signed no more.
    mutating func registerCompanyFreezes() {
        registerMigration("v3-company-freezes", foreignKeyChecks: .immediate) { db in
            // Of companies that were verified before, the last change of state is the latest day on which a freeze can have
            // begun.
            try db.execute(
                sql: """
                    ALTER TABLE company ADD COLUMN frozen_at INTEGER;
                    UPDATE company SET frozen_at = changed_at WHERE state NOT IN ('draft', 'verifying');
                    """)
        }
    }
}
