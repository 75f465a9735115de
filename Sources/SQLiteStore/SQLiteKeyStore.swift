internal import GRDB
internal import IdentityCrypto
internal import OpenIDMessages
public import ProviderCore

extension SQLiteStore {
    public func signingKeys() async throws -> [StoredSigningKey] {
        try read { db in
            try db.rows("SELECT thumbprint, algorithm, stage, since, sealed FROM signing_key ORDER BY position")
                .map { row in
                    StoredSigningKey(
                        thumbprint: try row.value("thumbprint"), algorithm: try row.value("algorithm"),
                        stage: try row.value("stage"), since: try row.time("since"), sealed: try row.bytes("sealed"))
                }
        }
    }

    public func replaceSigningKeys(_ keys: [StoredSigningKey], events: [SecurityEvent]) async throws {
        try await writer.write { db in
            try db.run("DELETE FROM signing_key")
            for key in keys {
                try db.run(
                    "INSERT INTO signing_key (thumbprint, algorithm, stage, since, sealed) VALUES (?, ?, ?, ?, ?)",
                    [
                        key.thumbprint.rawValue, key.algorithm.rawValue, key.stage.rawValue, key.since.seconds,
                        key.sealed,
                    ])
            }
            for event in events { try db.audit(event) }
        }
    }

    public func secret(_ name: String, fresh: [UInt8]) async throws -> [UInt8] {
        try await writer.write { db in
            try db.run(
                "INSERT INTO secret (name, sealed) VALUES (?, ?) ON CONFLICT (name) DO NOTHING", [name, fresh])
            guard let row = try db.row("SELECT sealed FROM secret WHERE name = ?", [name]) else {
                throw StorageFault.missing("secret")
            }
            return try row.bytes("sealed")
        }
    }
}
