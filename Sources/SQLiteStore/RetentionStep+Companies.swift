internal import AccountDirectory
internal import GRDB
internal import OpenIDMessages

extension RetentionStep {
    /// What is over in companies, in the order in which rows refer to each other. Evidence about a company stays as long as
    /// the company: it says which office looks after it.
    static let companies: [RetentionStep] = [
        RetentionStep(name: "superseded_powers", tables: ["register_power"]) { db, policy, now in
            try db.remove(
                "register_power", where: "state = 'superseded' AND superseded_at <= ?",
                (now - policy.supersededPowers).seconds)
        },
        RetentionStep(name: "ended_mandates", tables: ["mandate", "mandate_approval"]) { db, policy, now in
            try db.removeMandates(endedBefore: now - policy.companyPast, atMost: atOnce)
        },
        RetentionStep(name: "ended_memberships", tables: ["membership"]) { db, policy, now in
            try db.remove(
                "membership",
                where: """
                    state = 'ended' AND ended_at <= ?
                        AND NOT EXISTS (SELECT 1 FROM invitation WHERE invited_by = membership.id)
                        AND NOT EXISTS (SELECT 1 FROM mandate WHERE grantee_membership = membership.id)
                        AND NOT EXISTS (SELECT 1 FROM mandate WHERE proposed_by = membership.id)
                        AND NOT EXISTS (SELECT 1 FROM mandate_approval WHERE membership = membership.id)
                    """, (now - policy.companyPast).seconds)
        },
        RetentionStep(name: "abandoned_companies", tables: companyTables) { db, policy, now in
            // What was never verified has no level (`CompanyRecord.level`), and nobody ever acted for it.
            try db.removeCompanies("level = 'undefined'", closedBefore: now - policy.abandonedCompany, atMost: atOnce)
        },
        RetentionStep(name: "closed_companies", tables: companyTables) { db, policy, now in
            try db.removeCompanies("TRUE", closedBefore: now - policy.companyPast, atMost: atOnce)
        },
    ]

    /// What goes with a company; those that point at others come first.
    fileprivate static let companyTables = [
        "invitation", "company_approval", "register_power", "company_evidence", "establishment", "company_subject",
        "membership", "company",
    ]
}

extension Database {
    /// Those that were delegated go before the ones that they came from.
    fileprivate func removeMandates(endedBefore time: Timestamp, atMost limit: Int) throws -> Int {
        let due = try rows(
            """
            SELECT id FROM mandate m WHERE ended_at <= :before AND NOT EXISTS
                (SELECT 1 FROM mandate c WHERE c.parent = m.id AND (c.ended_at IS NULL OR c.ended_at > :before))
            ORDER BY depth DESC LIMIT :limit
            """, ["before": time.seconds, "limit": limit])
        for row in due {
            let mandate = try row.text("id")
            try run("UPDATE mandate SET replaces = NULL WHERE replaces = ?", [mandate])
            try run("DELETE FROM mandate_approval WHERE mandate = ?", [mandate])
            try run("DELETE FROM mandate WHERE id = ?", [mandate])
        }
        return due.count
    }

    /// A company that another one's mandate names stays as long as that.
    fileprivate func removeCompanies(_ condition: String, closedBefore time: Timestamp, atMost limit: Int) throws -> Int
    {
        let due = try rows(
            """
            SELECT id FROM company c WHERE state = 'closed' AND changed_at <= ? AND \(condition)
                AND NOT EXISTS (SELECT 1 FROM mandate WHERE company = c.id)
                AND NOT EXISTS (SELECT 1 FROM mandate WHERE grantor = c.id)
                AND NOT EXISTS (SELECT 1 FROM mandate WHERE grantee_company = c.id)
            LIMIT ?
            """, [time.seconds, limit])
        for row in due {
            let company = try row.text("id")
            for table in RetentionStep.companyTables {
                try run("DELETE FROM \(table) WHERE \(table == "company" ? "id" : "company") = ?", [company])
            }
        }
        return due.count
    }
}
