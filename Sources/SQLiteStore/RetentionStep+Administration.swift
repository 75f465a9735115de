internal import AccountDirectory
internal import GRDB
internal import OpenIDMessages

extension RetentionStep {
    /// What is over in administration. Who may still do something, or gave a right that still stands, stays.
    static let administration: [RetentionStep] = [
        RetentionStep(name: "administration_notices", tables: ["admin_notice"]) { db, policy, now in
            try db.remove("admin_notice", where: "created_at <= ?", (now - policy.administration).seconds)
        },
        RetentionStep(name: "emergencies", tables: ["admin_emergency"]) { db, policy, now in
            try db.remove(
                "admin_emergency", where: "coalesce(decided_at, requested_at) <= ?",
                (now - policy.administration).seconds)
        },
        RetentionStep(name: "ended_assignments", tables: ["admin_assignment"]) { db, policy, now in
            try db.remove(
                "admin_assignment",
                where: """
                    min(valid_until, coalesce(revoked_at, valid_until)) <= ?
                        AND NOT EXISTS (SELECT 1 FROM admin_assignment given WHERE given.granted_by = admin_assignment.id)
                    """, (now - policy.administration).seconds)
        },
    ]
}
