public import AccountDirectory
internal import GRDB
public import OpenIDMessages
public import ProviderCore

extension SQLiteStore {
    public func counters(in scope: TenantScope, now: Timestamp) async throws -> TenantCounters {
        try readTogether { db in
            let row = try db.row(
                """
                SELECT (SELECT count(DISTINCT account) FROM pairwise WHERE sector = :sector) AS people,
                    (SELECT count(*) FROM session s
                        WHERE coalesce(s.ended_at, s.expires_at) > :now AND s.ended_at IS NULL
                            AND EXISTS (SELECT 1 FROM authorization_grant g
                                WHERE g.session = s.id AND g.tenant = :tenant AND g.redeemed_at IS NOT NULL)) AS sessions
                """,
                ["sector": scope.tenant.sector.rawValue, "tenant": scope.name, "now": now.seconds])
            guard let row else { throw StorageFault.missing("pairwise") }
            return TenantCounters(
                people: try row.integer("people"), sessions: try row.integer("sessions"),
                releases: try db.releases(in: scope))
        }
    }

    public func account(of subject: SubjectIdentifier, in scope: TenantScope) async throws -> AccountIdentifier? {
        try read { db in try db.account(of: subject, in: scope) }
    }

    public func sessions(
        of subject: SubjectIdentifier, in scope: TenantScope, now: Timestamp
    ) async throws -> [TenantSession] {
        try read { db in
            guard let account = try db.account(of: subject, in: scope) else { return [] }
            return try db.rows(
                """
                SELECT s.id, s.acr, s.started_at, s.expires_at,
                    (SELECT json_group_array(client) FROM (SELECT DISTINCT g.client FROM authorization_grant g
                        WHERE g.session = s.id AND g.tenant = :tenant AND g.subject = :subject
                            AND g.redeemed_at IS NOT NULL ORDER BY g.client)) AS clients
                FROM session s
                WHERE s.account = :account AND s.ended_at IS NULL AND s.expires_at > :now
                    AND EXISTS (SELECT 1 FROM authorization_grant g WHERE g.session = s.id AND g.tenant = :tenant
                        AND g.subject = :subject AND g.redeemed_at IS NOT NULL)
                ORDER BY s.started_at DESC, s.rowid DESC LIMIT 200
                """,
                [
                    "account": account.rawValue, "tenant": scope.name, "subject": subject.rawValue,
                    "now": now.seconds,
                ]
            ).map { row in
                TenantSession(
                    identifier: try row.value("id"), context: try row.context, startedAt: try row.time("started_at"),
                    expiresAt: try row.time("expires_at"),
                    clients: try row.strings("clients").map { name in
                        try row.wanted(ClientIdentifier(rawValue: name), "clients")
                    })
            }
        }
    }

    public func end(
        _ session: SessionIdentifier, of subject: SubjectIdentifier, in scope: TenantScope, event: SecurityEvent
    ) async throws -> Bool {
        try await writer.write { db in
            let known = try db.row(
                """
                SELECT 1 AS found FROM authorization_grant
                WHERE session = ? AND tenant = ? AND subject = ? AND redeemed_at IS NOT NULL LIMIT 1
                """, [session.rawValue, scope.name, subject.rawValue])
            guard known != nil, let account = try db.account(of: subject, in: scope) else { return false }
            return try db.end(session, of: account, event: event)
        }
    }

    public func devices(of subject: SubjectIdentifier, in scope: TenantScope) async throws -> [DeviceRecordRow] {
        guard let account = try await account(of: subject, in: scope) else { return [] }
        return try await devices(of: account)
    }

    public func suspend(
        _ device: DeviceIdentifier, of subject: SubjectIdentifier, in scope: TenantScope, by actor: SecurityEvent.Actor,
        transaction: TransactionIdentifier, time: Timestamp
    ) async throws -> Bool {
        try await writer.write { db in
            guard let account = try db.account(of: subject, in: scope) else { return false }
            return try db.change(
                device, of: account, .reportLost, by: Author(actor, at: scope.tenant.identifier, in: transaction),
                at: time) == .changed
        }
    }
}

extension Database {
    fileprivate func releases(in scope: TenantScope) throws -> [TenantCounters.ServiceReleases] {
        try rows(
            """
            SELECT service, count(*) FILTER (WHERE state = 'granted') AS granted,
                count(*) FILTER (WHERE state = 'withdrawn') AS withdrawn
            FROM claim_release WHERE tenant = ? GROUP BY service ORDER BY service
            """, [scope.name]
        ).map { row in
            let service = try row.text("service")
            return TenantCounters.ServiceReleases(
                service: service.isEmpty ? nil : try row.value("service"), granted: try row.integer("granted"),
                withdrawn: try row.integer("withdrawn"))
        }
    }

    fileprivate func account(
        of subject: SubjectIdentifier, in scope: TenantScope
    ) throws -> AccountIdentifier? {
        try row(
            "SELECT account FROM pairwise WHERE subject = ? AND sector = ?",
            [subject.rawValue, scope.tenant.sector.rawValue])?
            .accountIdentifier
    }
}
