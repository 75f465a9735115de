public import AccountDirectory
internal import GRDB
public import OpenIDMessages
public import ProviderCore

extension SQLiteStore {
    public func recipient(
        _ subject: SubjectIdentifier, in sector: SubjectSector, of client: ClientIdentifier
    ) async throws -> BackChannelRecipient? {
        try read { db in
            let row = try db.row(
                """
                SELECT p.account, p.context, s.stopped_at FROM pairwise p
                LEFT JOIN back_channel_stop s ON s.account = p.account AND s.client = :client
                WHERE p.subject = :subject AND p.sector = :sector
                """,
                ["subject": subject.rawValue, "sector": sector.name, "client": client.rawValue])
            return try row.map { row in
                BackChannelRecipient(
                    account: try row.accountIdentifier, context: try row.value("context"),
                    stoppedAt: try row.optionalTime("stopped_at"))
            }
        }
    }

    public func stops(of account: AccountIdentifier) async throws -> [BackChannelStop] {
        try read { db in
            try db.rows(
                "SELECT client, stopped_at FROM back_channel_stop WHERE account = ? ORDER BY stopped_at DESC, client",
                [account.rawValue]
            ).map { row in
                BackChannelStop(client: try row.value("client"), stoppedAt: try row.time("stopped_at"))
            }
        }
    }

    public func lift(
        _ client: ClientIdentifier, of account: AccountIdentifier, event: SecurityEvent
    ) async throws -> Bool {
        try await writer.write { db in
            let lifted = try db.run(
                "DELETE FROM back_channel_stop WHERE account = ? AND client = ?", [account.rawValue, client.rawValue])
            guard lifted == 1 else { return false }
            try db.audit(event)
            return true
        }
    }
}

extension Database {
    /// From now on no request of the client reaches the person.
    func stop(_ client: ClientIdentifier, asking account: AccountIdentifier, at time: Timestamp) throws {
        try run(
            """
            INSERT INTO back_channel_stop (account, client, stopped_at) VALUES (?, ?, ?)
            ON CONFLICT (account, client) DO UPDATE SET stopped_at = excluded.stopped_at
            """, [account.rawValue, client.rawValue, time.seconds])
    }
}
