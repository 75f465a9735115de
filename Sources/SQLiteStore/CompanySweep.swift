internal import AccountDirectory
internal import GRDB
internal import OpenIDMessages
internal import ProviderCore

extension SQLiteStore {
    /// What ends by itself: invitations, dated memberships, unfinished applications, and companies whose grace is over.
    /// Each has its audit event. Invitations that are over for a week are deleted.
    func sweepCompanies(now: Timestamp) async throws {
        while try await writer.write({ db in try db.endSomeOfCompanies(now: now) }) {}
        while try await writer.write({ db in
            try db.run(
                """
                DELETE FROM invitation WHERE id IN (SELECT id FROM invitation
                    WHERE expires_at < ? AND state NOT IN ('created', 'sent', 'opened') LIMIT ?)
                """, [(now - InvitationRules.lifetime).seconds, Self.sweptAtOnce])
        }) == Self.sweptAtOnce {}
    }
}

extension Database {
    /// Small transactions, so that a login waits for none of them. True when there may be more.
    fileprivate func endSomeOfCompanies(now: Timestamp) throws -> Bool {
        let limit = SQLiteStore.sweptAtOnce
        let invitations = try rows(
            """
            SELECT id, company FROM invitation
            WHERE expires_at <= ? AND state IN ('created', 'sent', 'opened') LIMIT ?
            """, [now.seconds, limit])
        for row in invitations {
            try write([.invitation(try row.value("id"), .expire)], of: try row.value("company"), by: .system, now: now)
        }
        let memberships = try rows(
            """
            SELECT id, company FROM membership
            WHERE valid_until IS NOT NULL AND valid_until <= ? AND state <> 'ended' LIMIT ?
            """, [now.seconds, limit])
        for row in memberships {
            try write([.end(try row.value("id"), .over)], of: try row.value("company"), by: .system, now: now)
        }
        let companies = try rows(
            """
            SELECT id, state FROM company WHERE state IN ('draft', 'verifying', 'closing')
                AND changed_at <= :graceOver AND (state = 'closing' OR changed_at <= :abandoned) LIMIT :limit
            """,
            [
                "graceOver": (now - CompanyRules.closingGrace).seconds,
                "abandoned": (now - CompanyRules.draftLifetime).seconds, "limit": limit,
            ])
        for row in companies {
            let event: CompanyState.Event = try row.text("state") == "closing" ? .complete : .abandon
            try write([.company(event, nil)], of: try row.value("id"), by: .system, now: now)
        }
        return max(invitations.count, memberships.count, companies.count) == limit
    }
}
