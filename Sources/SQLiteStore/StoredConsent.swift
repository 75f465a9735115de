internal import AccountDirectory
internal import GRDB
internal import OpenIDMessages
internal import ProviderCore

extension Database {
    func consent(of account: AccountIdentifier, to client: ClientIdentifier) throws -> ConsentRecord? {
        let row = try row(
            "SELECT asked, released, granted_at FROM consent WHERE account = ? AND client = ?",
            [account.rawValue, client.rawValue])
        guard let row else { return nil }
        return ConsentRecord(
            asked: try row.strings("asked"), released: try row.strings("released"),
            grantedAt: try row.time("granted_at"))
    }

    /// A claim that was asked for anew has its new decision; others keep theirs.
    func remember(_ approval: LoginApproval, at time: Timestamp) throws {
        let grant = approval.grant
        let earlier = try consent(of: grant.account, to: grant.client)
        let asked = (earlier?.asked ?? []).filter { !approval.asked.contains($0) } + approval.asked
        let released = (earlier?.released ?? []).filter { !approval.asked.contains($0) } + grant.released
        try run(
            """
            INSERT INTO consent (account, client, asked, released, granted_at) VALUES (?, ?, ?, ?, ?)
            ON CONFLICT (account, client) DO UPDATE
            SET asked = excluded.asked, released = excluded.released, granted_at = excluded.granted_at
            """,
            [
                grant.account.rawValue, grant.client.rawValue, asked.jsonText, released.jsonText, time.seconds,
            ])
    }
}
