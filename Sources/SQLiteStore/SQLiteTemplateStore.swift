public import AccountDirectory
internal import GRDB
internal import OpenIDMessages
public import ProviderCore

extension SQLiteStore {
    public func publishedTemplates() async throws -> [PublishedTemplate] {
        try read { db in
            try db.rows("SELECT * FROM template ORDER BY published_at, rowid").map { row in
                PublishedTemplate(
                    key: try row.value("key"), version: try row.value("version"), publisher: try row.value("publisher"),
                    document: try row.text("document"), publishedAt: try row.time("published_at"))
            }
        }
    }

    public func adoptions() async throws -> [StoredAdoption] {
        try read { db in try db.rows("SELECT * FROM adoption ORDER BY rowid").map { row in try row.adoption } }
    }

    public func adoptions(in scope: TenantScope) async throws -> [StoredAdoption] {
        try read { db in
            try db.rows("SELECT * FROM adoption WHERE tenant = ? ORDER BY rowid", [scope.name])
                .map { row in try row.adoption }
        }
    }

    public func publish(
        _ template: PublishedTemplate, beside others: Int, moving adoptions: [StoredAdoption], events: [SecurityEvent]
    ) async throws -> Bool {
        try await writer.write { db in
            let written = try db.run(
                """
                INSERT INTO template (key, version, publisher, document, published_at)
                SELECT :key, :version, :publisher, :document, :time
                WHERE NOT EXISTS (
                    SELECT 1 FROM template WHERE key = :key AND (publisher <> :publisher OR version = :version))
                    AND (SELECT count(*) FROM template WHERE key = :key) = :others
                """,
                [
                    "key": template.key.rawValue, "version": template.version.rawValue,
                    "publisher": template.publisher.rawValue, "document": template.document,
                    "time": template.publishedAt.seconds, "others": others,
                ])
            guard written == 1 else { return false }
            for adoption in adoptions {
                guard try db.write(adoption) else { throw AdoptionMoved() }
            }
            for event in events { try db.audit(event) }
            return true
        } orWhenMoved: {
            false
        }
    }

    public func save(
        _ adoption: StoredAdoption, in scope: TenantScope, event: SecurityEvent
    ) async throws -> Bool {
        guard adoption.adoption.tenant == scope.tenant.identifier else { return false }
        return try await writer.write { db in
            guard try db.write(adoption) else { return false }
            try db.audit(event)
            return true
        }
    }
}

/// An adoption was written since it was read: the transaction is rolled back.
private struct AdoptionMoved: Error {}

extension GroupCommitWriter {
    /// A write that gives way to another one.
    fileprivate func write<T: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> T, orWhenMoved: @Sendable () -> T
    ) async throws -> T {
        do { return try await write(body) } catch is AdoptionMoved { return orWhenMoved() }
    }
}

extension Database {
    /// Writes an adoption as it was read; false when it was written since.
    fileprivate func write(_ stored: StoredAdoption) throws -> Bool {
        let adoption = stored.adoption
        guard stored.revision == 0 else {
            return try run(
                """
                UPDATE adoption SET state = ?, document = ?, revision = revision + 1
                WHERE tenant = ? AND id = ? AND template = ? AND revision = ? AND state <> 'withdrawn'
                """,
                [
                    adoption.state.rawValue, adoption.json.text, adoption.tenant.rawValue, stored.identifier.rawValue,
                    adoption.template.rawValue, stored.revision,
                ]) == 1
        }
        return try run(
            """
            INSERT INTO adoption (id, tenant, template, state, document, revision) VALUES (?, ?, ?, ?, ?, 1)
            ON CONFLICT DO NOTHING
            """,
            [
                stored.identifier.rawValue, adoption.tenant.rawValue, adoption.template.rawValue,
                adoption.state.rawValue, adoption.json.text,
            ]) == 1
    }
}

extension StoredRow {
    fileprivate var adoption: StoredAdoption {
        get throws {
            let adoption = Adoption(
                tenant: try value("tenant"), template: try value("template"), state: try value("state"),
                json: try json("document"))
            return StoredAdoption(
                identifier: try value("id"), adoption: try wanted(adoption, "document"),
                revision: try integer("revision"))
        }
    }
}
