internal import GRDB
internal import OpenIDMessages
internal import ProviderCore

extension Database {
    /// Removes what a tenant has: its clients' grants, tokens, releases and registrations, its adoptions, and the names
    /// that people had in its sectors. People and companies stay, and so does what the audit says (invariant I33).
    func remove(_ archived: ArchivedTenant) throws {
        let tenant = archived.tenant.rawValue
        let clients = archived.clients.map(\.rawValue).jsonText
        let sectors = archived.sectors.map { SubjectSector.pairwise($0).name }.jsonText
        // Rows that point at others go before them.
        try run(
            "DELETE FROM refresh_token WHERE txn IN (SELECT txn FROM authorization_grant WHERE tenant = ?)", [tenant])
        try run("DELETE FROM authorization_grant WHERE tenant = ?", [tenant])
        try run(
            """
            DELETE FROM logout_delivery WHERE client IN (SELECT value FROM json_each(:clients))
                OR client IN (SELECT client FROM client_registration WHERE tenant = :tenant)
                OR subject IN (SELECT subject FROM pairwise WHERE sector IN (SELECT value FROM json_each(:sectors)))
            """, ["clients": clients, "tenant": tenant, "sectors": sectors])
        try run(
            """
            DELETE FROM claim_release WHERE client IN (SELECT value FROM json_each(:clients))
                OR client IN (SELECT client FROM client_registration WHERE tenant = :tenant)
            """, ["clients": clients, "tenant": tenant])
        try run("DELETE FROM client_registration WHERE tenant = ?", [tenant])
        try run("DELETE FROM initial_access_token WHERE tenant = ?", [tenant])
        try run("DELETE FROM adoption WHERE tenant = ?", [tenant])
        try run("DELETE FROM ticket WHERE tenant = ? AND used_at IS NULL", [tenant])
        try run("DELETE FROM pairwise WHERE sector IN (SELECT value FROM json_each(?))", [sectors])
    }
}
