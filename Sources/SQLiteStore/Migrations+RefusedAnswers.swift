internal import GRDB

extension DatabaseMigrator {
    /// The digest of the last response of a device that came with a wrong PIN: so the same bytes again are known for what they
    /// are (docs/protocol.md D-4.5.3, D-10.6).
    mutating func registerRefusedAnswers() {
        registerMigration("v9-refused-answers", foreignKeyChecks: .immediate) { db in
            try db.execute(
                sql: "ALTER TABLE device ADD COLUMN refused_digest TEXT CHECK (length(refused_digest) = 43)")
        }
    }
}
