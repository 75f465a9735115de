internal import AccountDirectory
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
