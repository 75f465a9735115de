public import AccountDirectory
internal import GRDB
public import IdentityCrypto
public import OpenIDMessages
public import ProviderCore

extension SQLiteStore {
    public func session(cookie: HandleDigest, now: Timestamp) async throws -> (SessionRecord, AccountRecord)? {
        try read { db in
            let row = try db.row(
                """
                SELECT s.*, a.level AS account_level, a.state AS account_state, p.attributes
                FROM session s
                JOIN device d ON d.id = s.device
                JOIN account a ON a.id = s.account
                JOIN person p ON p.id = a.person
                WHERE s.cookie_digest = ? AND s.ended_at IS NULL AND s.expires_at > ?
                    AND d.state = 'active' AND a.state = 'active'
                """, [try cookie.stored(as: .session), now.seconds])
            guard let row else { return nil }
            return (try row.session, try row.account)
        }
    }

    public func context(
        in session: SessionIdentifier, at client: ClientIdentifier, for tenant: TenantIdentifier
    ) async throws -> ContextName? {
        try read { db in try db.context(in: session, at: client, for: tenant) }
    }

    public func sessions(of account: AccountIdentifier, now: Timestamp) async throws -> [SessionRecord] {
        try read { db in
            try db.rows(
                """
                SELECT * FROM session WHERE account = ? AND ended_at IS NULL AND expires_at > ?
                ORDER BY started_at DESC, rowid DESC
                """, [account.rawValue, now.seconds]
            ).map { row in try row.session }
        }
    }

    public func portals(of session: SessionIdentifier) async throws -> [SessionPortal] {
        try read { db in
            try db.rows(
                """
                SELECT g.client, g.tenant, g.subject, portal.since FROM authorization_grant g
                JOIN (SELECT max(rowid) AS latest, min(rowid) AS first, min(redeemed_at) AS since
                    FROM authorization_grant WHERE session = ? AND redeemed_at IS NOT NULL
                    GROUP BY client, tenant) AS portal
                    ON g.rowid = portal.latest
                ORDER BY portal.since, portal.first
                """, [session.rawValue]
            ).map { row in
                SessionPortal(
                    client: try row.value("client"), tenant: try row.value("tenant"),
                    subject: try row.value("subject"), since: try row.time("since"))
            }
        }
    }

    public func end(
        _ session: SessionIdentifier, of account: AccountIdentifier, event: SecurityEvent
    ) async throws -> Bool {
        try await writer.write { db in try db.end(session, of: account, event: event) }
    }

    public func subject(
        of account: AccountIdentifier, in sector: SubjectSector, as context: ContextName
    ) async throws -> SubjectIdentifier? {
        try read { db in try db.knownSubject(of: account, in: sector, as: context) }
    }
}
