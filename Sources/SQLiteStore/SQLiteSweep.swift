internal import AccountDirectory
internal import GRDB
public import OpenIDMessages
internal import ProviderCore

extension SQLiteStore {
    public func sweep(now: Timestamp) async throws {
        for statement in Self.sweeps {
            let before = (now - statement.keptAfterwards).seconds
            // Small transactions, so that a login waits for none of them.
            while try await writer.write({ db in
                try db.run(statement.sql, ["before": before, "count": Self.sweptAtOnce])
            }) == Self.sweptAtOnce {}
        }
        try await sweepCompanies(now: now)
        try await expireMandates(before: CalendarDate(inGermanyAt: now), at: now)
        forgetWhatWasRead()
    }

    static let sweptAtOnce = 200

    /// What goes, in the order in which rows refer to each other. Audit events go by `removeCutAudit`.
    ///
    /// A grant stays while a refresh token may ask for it, and for a day after its code has expired and its session is
    /// over: longer than any token that came from it. A login's answer stays as long as its grant, a session as long as
    /// its grants.
    static let sweeps: [(table: String, sql: String, keptAfterwards: Int64)] = [
        (
            "used_once",
            """
            DELETE FROM used_once WHERE (class, value) IN
                (SELECT class, value FROM used_once WHERE expires_at <= :before LIMIT :count)
            """, 0
        ),
        (
            "refresh_token",
            """
            DELETE FROM refresh_token WHERE digest IN
                (SELECT digest FROM refresh_token WHERE expires_at <= :before LIMIT :count)
            """, 0
        ),
        (
            "authorization_grant",
            """
            DELETE FROM authorization_grant WHERE txn IN
                (SELECT txn FROM authorization_grant AS old WHERE expires_at < :before
                    AND NOT EXISTS (SELECT 1 FROM refresh_token WHERE txn = old.txn)
                    AND NOT EXISTS (SELECT 1 FROM session
                        WHERE id = old.session AND coalesce(ended_at, expires_at) >= :before)
                    LIMIT :count)
            """, day
        ),
        (
            "login_answer",
            """
            DELETE FROM login_answer WHERE txn IN
                (SELECT txn FROM login_answer AS old WHERE answered_at < :before
                    AND NOT EXISTS (SELECT 1 FROM authorization_grant WHERE txn = old.txn) LIMIT :count)
            """, day
        ),
        (
            "session",
            """
            DELETE FROM session WHERE id IN
                (SELECT id FROM session AS old WHERE coalesce(ended_at, expires_at) < :before
                    AND NOT EXISTS (SELECT 1 FROM authorization_grant WHERE session = old.id) LIMIT :count)
            """, day
        ),
        (
            "known_browser",
            """
            DELETE FROM known_browser WHERE id IN
                (SELECT id FROM known_browser WHERE last_used_at <= :before LIMIT :count)
            """, KnownBrowser.idleLimit
        ),
        (
            "logout_delivery",
            """
            DELETE FROM logout_delivery WHERE id IN
                (SELECT id FROM logout_delivery WHERE state <> 'pending' AND created_at < :before LIMIT :count)
            """, 30 * day
        ),
        (
            "company_approval",
            """
            DELETE FROM company_approval WHERE (act, subject, account) IN
                (SELECT act, subject, account FROM company_approval WHERE time <= :before LIMIT :count)
            """, ApprovalRules.lifetime
        ),
        (
            "initial_access_token",
            """
            DELETE FROM initial_access_token WHERE digest IN
                (SELECT digest FROM initial_access_token WHERE expires_at <= :before LIMIT :count)
            """, 0
        ),
        (
            "admin_ticket",
            """
            DELETE FROM admin_ticket WHERE digest IN
                (SELECT digest FROM admin_ticket WHERE expires_at <= :before LIMIT :count)
            """, 0
        ),
        (
            "ticket",
            "DELETE FROM ticket WHERE digest IN (SELECT digest FROM ticket WHERE expires_at < :before LIMIT :count)",
            day
        ),
    ]

    private static let day: Int64 = 86_400
}
