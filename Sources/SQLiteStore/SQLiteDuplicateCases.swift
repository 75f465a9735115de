public import AccountDirectory
internal import GRDB
public import IdentityCrypto
internal import OpenIDMessages
public import ProviderCore

extension SQLiteStore {
    public func openCase(
        like likeness: SecretDigest, in scope: TenantScope, event: SecurityEvent
    ) async throws -> DuplicateCase {
        try await writer.write { db in
            let opened = try db.run(
                """
                INSERT INTO duplicate_case (id, tenant, likeness, state, opened_at) VALUES (?, ?, ?, 'open', ?)
                ON CONFLICT DO NOTHING
                """,
                [
                    DuplicateCaseIdentifier.random().rawValue, scope.name, likeness.bytes,
                    event.time.seconds,
                ])
            let row = try db.row(
                "SELECT * FROM duplicate_case WHERE tenant = ? AND likeness = ? AND state = 'open'",
                [scope.name, likeness.bytes])
            guard let open = try row?.duplicateCase else { throw StorageFault.missing("duplicate_case") }
            if opened == 1 { try db.audit(event, of: open.identifier.rawValue) }
            return open
        }
    }

    public func answerCase(
        like likeness: SecretDigest, in scope: TenantScope, as state: DuplicateCase.State, event: SecurityEvent
    ) async throws -> Bool {
        try await writer.write { db in
            let answered = try db.row(
                """
                UPDATE duplicate_case SET state = ?, answered_at = ?
                WHERE tenant = ? AND likeness = ? AND state = 'open' RETURNING id
                """, [state.rawValue, event.time.seconds, scope.name, likeness.bytes])
            guard let answered else { return false }
            try db.audit(event, of: answered.text("id"))
            return true
        }
    }

    public func openCases(in scope: TenantScope) async throws -> [DuplicateCase] {
        try read { db in
            try db.rows(
                "SELECT * FROM duplicate_case WHERE tenant = ? AND state = 'open' ORDER BY opened_at, rowid",
                [scope.name]
            ).map { row in try row.duplicateCase }
        }
    }
}

extension Database {
    /// An event about something whose name was not known before.
    fileprivate func audit(_ event: SecurityEvent, of object: String) throws {
        var event = event
        event.object = object
        try audit(event)
    }
}

extension StoredRow {
    fileprivate var duplicateCase: DuplicateCase {
        get throws {
            DuplicateCase(
                identifier: try value("id"), tenant: try value("tenant"), state: try value("state"),
                openedAt: try time("opened_at"))
        }
    }
}
