internal import GRDB

extension DatabaseMigrator {
    /// What was done to a membership is found by the membership: a company's other events, a year of logins among them, are many.
    mutating func registerMembershipEvents() {
        registerMigration("v12-membership-events", foreignKeyChecks: .immediate) { db in
            try db.execute(
                sql: """
                    CREATE INDEX audit_event_membership ON audit_event (object, seq) WHERE kind IN (
                        'membership.roles_changed', 'membership.suspended', 'membership.resumed', 'membership.ended');
                    """)
        }
    }
}
