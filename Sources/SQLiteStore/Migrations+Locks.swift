internal import GRDB

extension DatabaseMigrator {
    /// Every reason for which an account was locked since it was active, also while it is closing. What was locked before
    /// this version and is closing by now has lost its reason.
    mutating func registerLocks() {
        registerMigration("v10-locks", foreignKeyChecks: .immediate) { db in
            try db.execute(
                sql: """
                    ALTER TABLE account ADD COLUMN locks TEXT NOT NULL DEFAULT '[]' CHECK (json_type(locks) = 'array')
                        CHECK (state IN ('locked', 'closing') OR locks = '[]')
                        -- What an authority ordered to be kept is not erased.
                        CHECK (state <> 'closing' OR instr(locks, 'authority') = 0);
                    -- Since when it is locked is not known: its time begins now.
                    UPDATE account SET locks = json_array(lock_reason), warned_at = unixepoch() WHERE state = 'locked';
                    CREATE INDEX account_locked ON account (warned_at) WHERE state = 'locked';
                    """)
        }
    }
}
