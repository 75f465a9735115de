internal import GRDB
public import OpenIDMessages
public import ProviderCore

extension SQLiteStore {
    public func use(_ value: String, class: OneTimeClass, expiresAt: Timestamp) async throws -> Bool {
        try await writer.write { db in
            try db.run(
                """
                INSERT INTO used_once (class, value, expires_at) VALUES (?, ?, ?)
                ON CONFLICT (class, value) DO NOTHING
                """, [`class`.rawValue, value, expiresAt.seconds]) == 1
        }
    }

    public func isUsed(_ value: String, class: OneTimeClass) async throws -> Bool {
        try read { db in
            try db.row("SELECT 1 FROM used_once WHERE class = ? AND value = ?", [`class`.rawValue, value]) != nil
        }
    }
}
