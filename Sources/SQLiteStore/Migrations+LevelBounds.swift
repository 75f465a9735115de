internal import GRDB

extension DatabaseMigrator {
    /// What bounded the level of a login is kept with session and grant. Of earlier ones it is not known.
    mutating func registerLevelBounds() {
        registerMigration("v11-level-bounds", foreignKeyChecks: .immediate) { db in
            try db.execute(
                sql: """
                    ALTER TABLE session ADD COLUMN bounds TEXT NOT NULL DEFAULT '{}' CHECK (json_type(bounds) = 'object');
                    ALTER TABLE authorization_grant ADD COLUMN bounds TEXT NOT NULL DEFAULT '{}'
                        CHECK (json_type(bounds) = 'object');
                    """)
        }
    }
}
