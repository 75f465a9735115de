internal import GRDB
public import ProviderCore

extension SQLiteStore {
    public func regionDocument() async throws -> String? {
        try read { db in try db.row("SELECT document FROM region_document")?.text("document") }
    }

    public func saveRegionDocument(_ document: String, event: SecurityEvent) async throws {
        try await writer.write { db in
            try db.run(
                """
                INSERT INTO region_document (id, document) VALUES (1, ?)
                ON CONFLICT (id) DO UPDATE SET document = excluded.document
                """, [document])
            try db.audit(event)
        }
    }
}
