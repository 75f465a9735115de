internal import GRDB

extension DatabaseMigrator {
    /// Invitations expect an identity and nothing else. One that was made for an e-mail address stays what it was, a hash that
    /// no identity has: it opens for nobody, and ends in its time.
    mutating func registerInvitationExpectations() {
        registerMigration("v3-invitation-expectations", foreignKeyChecks: .immediate) { db in
            try db.execute(sql: "ALTER TABLE invitation DROP COLUMN expectation_kind")
        }
    }
}
