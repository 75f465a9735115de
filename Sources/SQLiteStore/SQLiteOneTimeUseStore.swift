internal import GRDB
public import OpenIDMessages
public import ProviderCore

extension SQLiteStore {
    public func use(_ value: String, class: OneTimeClass, expiresAt: Timestamp) async throws -> Bool {
        try await writer.write { db in
            try db.run(
                """
                INSERT INTO used_once (class, value, expires_at) VALUES (?, ?, ?)
                ON CONFLICT (class, value) DO NOTHING
                """, [`class`.rawValue, value, expiresAt.seconds]) == 1
        }
    }

    public func isUsed(_ value: String, class: OneTimeClass) async throws -> Bool {
        try read { db in
            try db.row("SELECT 1 FROM used_once WHERE class = ? AND value = ?", [`class`.rawValue, value]) != nil
        }
    }

    public func sweep(now: Timestamp) async throws {
        for statement in Self.sweeps {
            let limit = (now - statement.keptAfterwards).seconds
            // Small transactions, so that a login waits for none of them.
            while try await writer.write({ db in try db.run(statement.sql, [limit, Self.sweptAtOnce]) })
                == Self.sweptAtOnce
            {}
        }
    }

    static let sweptAtOnce = 200

    /// What goes, in the order in which rows refer to each other. Audit events never go.
    ///
    /// A grant stays for a day after its code has expired: longer than any token that came from it. A login's answer
    /// stays as long as its grant, a session as long as its grants.
    private static let sweeps: [(sql: String, keptAfterwards: Int64)] = [
        (
            """
            DELETE FROM used_once WHERE (class, value) IN
                (SELECT class, value FROM used_once WHERE expires_at <= ? LIMIT ?)
            """, 0
        ),
        (
            """
            DELETE FROM authorization_grant WHERE txn IN
                (SELECT txn FROM authorization_grant WHERE expires_at < ? LIMIT ?)
            """, day
        ),
        (
            """
            DELETE FROM login_answer WHERE txn IN
                (SELECT txn FROM login_answer AS old WHERE answered_at < ?
                    AND NOT EXISTS (SELECT 1 FROM authorization_grant WHERE txn = old.txn) LIMIT ?)
            """, day
        ),
        (
            """
            DELETE FROM session WHERE id IN
                (SELECT id FROM session AS old WHERE started_at < ?
                    AND NOT EXISTS (SELECT 1 FROM authorization_grant WHERE session = old.id) LIMIT ?)
            """, day
        ),
        ("DELETE FROM ticket WHERE digest IN (SELECT digest FROM ticket WHERE expires_at < ? LIMIT ?)", day),
    ]

    private static let day: Int64 = 86_400
}
