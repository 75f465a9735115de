internal import GRDB
internal import OpenIDMessages
internal import ProviderCore

/// What goes when a tenant is archived (invariant I33): its clients' grants, tokens, releases and registrations, its
/// adoptions, and the names that people and companies had in its sectors. People and companies stay.
enum TenantRemoval {
    /// The rows that go, table by table; those that point at others come first. A table that the schema does not have, or
    /// has no more, is passed over.
    static let steps: [(table: String, rows: String)] = [
        ("refresh_token", "txn IN (SELECT txn FROM authorization_grant WHERE tenant = :tenant)"),
        ("authorization_grant", "tenant = :tenant"),
        (
            "logout_delivery",
            "\(ofClients) OR subject IN (SELECT subject FROM pairwise WHERE \(inSectors))"
        ),
        ("consent", ofClients),
        // What was released to a town that a client of this tenant serves is that town's.
        ("claim_release", "tenant = :tenant OR (tenant IS NULL AND \(ofClients))"),
        ("back_channel_stop", ofClients),
        ("client_registration", "tenant = :tenant"),
        ("initial_access_token", "tenant = :tenant"),
        ("adoption", "tenant = :tenant"),
        ("ticket", "tenant = :tenant AND used_at IS NULL"),
        ("company_subject", inSectors),
        ("pairwise", inSectors),
    ]

    private static let ofClients = """
        (client IN (SELECT value FROM json_each(:clients))
            OR client IN (SELECT client FROM client_registration WHERE tenant = :tenant))
        """
    private static let inSectors = "sector IN (SELECT value FROM json_each(:sectors))"

    /// Tables with a column for a tenant, a client or a sector in which nothing goes, and why.
    static let kept: [String: String] = [
        "audit_event": "nothing is taken out of the audit",
        "sector": "a sector stays its tenant's for ever (invariant I29)",
        "data_subject_request": "what people asked for is theirs",
        "duplicate_case": "whether two accounts are one person is the region's question",
        "admin_assignment": "who was allowed what is part of the trail; it is over from then on",
        "admin_emergency": "who looked at what is part of the trail",
        "admin_notice": "who was told what is part of the trail",
    ]
}

extension Database {
    /// Removes what a tenant has.
    func remove(_ archived: ArchivedTenant) throws {
        let arguments: SQLArguments = [
            "tenant": archived.tenant.rawValue, "clients": archived.clients.map(\.rawValue).jsonText,
            "sectors": try (archived.sectors + registeredSectors(of: archived.tenant))
                .map { SubjectSector.pairwise($0).name }.jsonText,
        ]
        let tables = Set(try rows("SELECT name FROM sqlite_schema WHERE type = 'table'").map { try $0.text("name") })
        for step in TenantRemoval.steps where tables.contains(step.table) {
            try run("DELETE FROM \(step.table) WHERE \(step.rows)", arguments)
        }
    }

    /// Ends the rights at a tenant that is archived: they would count again if it came back.
    func endRights(at archived: ArchivedTenant, time: Timestamp) throws {
        try run(
            "UPDATE admin_assignment SET revoked_at = ? WHERE tenant = ? AND revoked_at IS NULL",
            [time.seconds, archived.tenant.rawValue])
    }

    /// The sectors that a tenant's clients have by their own registration. One that became another tenant's is that one's.
    private func registeredSectors(of tenant: TenantIdentifier) throws -> [SectorIdentifier] {
        let registered = try rows("SELECT metadata FROM client_registration WHERE tenant = ?", [tenant.rawValue])
            .compactMap { row in try row.json("metadata")["sector_identifier_uri"]?.string }
        return try registered.compactMap { OutboundURL(registered: $0)?.sector }.filter { sector in
            try row("SELECT 1 FROM sector WHERE sector = ? AND tenant <> ?", [sector.rawValue, tenant.rawValue]) == nil
        }
    }
}
