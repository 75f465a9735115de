internal import GRDB
public import OpenIDMessages
public import ProviderCore

extension SQLiteStore {
    public func regionDocument() async throws -> String? {
        try read { db in try db.row("SELECT document FROM region_document")?.text("document") }
    }

    public func sectorHolders() async throws -> [SectorIdentifier: TenantIdentifier] {
        try read { db in
            let rows = try db.rows("SELECT sector, tenant FROM sector")
            return Dictionary(
                try rows.map { row in (try row.value("sector"), try row.value("tenant")) },
                uniquingKeysWith: { first, _ in first })
        }
    }

    public func apply(_ change: RegionChange) async throws -> Bool {
        try await writer.write { db in
            // Looked at first: what a transaction has written cannot be taken back without a fault.
            for (sector, tenant) in change.sectors {
                let holder = try db.row("SELECT tenant FROM sector WHERE sector = ?", [sector.rawValue])?.text("tenant")
                guard holder == nil || holder == tenant.rawValue else { return false }
            }
            for (sector, tenant) in change.sectors {
                try db.run(
                    "INSERT INTO sector (sector, tenant) VALUES (?, ?) ON CONFLICT DO NOTHING",
                    [sector.rawValue, tenant.rawValue])
            }
            try db.run(
                """
                INSERT INTO region_document (id, document) VALUES (1, ?)
                ON CONFLICT (id) DO UPDATE SET document = excluded.document
                """, [change.document])
            for tenant in change.archived {
                try db.remove(tenant)
                // Nothing is archived without an event that tells of it: its time is that of the end.
                guard let time = change.events.first?.time else { throw StorageFault.missing("events") }
                try db.endRights(at: tenant, time: time)
            }
            for event in change.events { try db.audit(event) }
            return true
        }
    }
}
