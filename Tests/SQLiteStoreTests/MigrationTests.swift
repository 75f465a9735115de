import GRDB
import IdentityCrypto
import OpenIDMessages
import ProviderCore
import StoreConformance
import Testing

@testable import SQLiteStore

@Suite("A database of an older version is brought up to date without loss")
struct MigrationTests {
    @Test("signing keys of the first version stay as they are, and new algorithms fit in")
    func signingAlgorithms() async throws {
        let directory = try TemporaryDirectory()
        let old = try DatabaseQueue(path: directory.database)
        try DatabaseMigrator.citizenID.migrate(old, upTo: "v1")
        let thumbprints = [1, 2].map { _ in SigningKey.makeES256().thumbprint }
        let insert =
            "INSERT INTO signing_key (thumbprint, algorithm, stage, since, sealed) VALUES (?, ?, 'current', 7, x'01')"
        try await old.write { db in
            for (thumbprint, algorithm) in zip(thumbprints, ["RS256", "ES256"]) {
                try db.execute(sql: insert, arguments: [thumbprint.rawValue, algorithm])
            }
        }
        await #expect(throws: DatabaseError.self) {
            try await old.write { db in try db.execute(sql: insert, arguments: ["-", "PS256"]) }
        }
        try old.close()
        let store = try SQLiteStore(path: directory.database)
        let keys = try await store.signingKeys()
        #expect(keys.map(\.thumbprint) == thumbprints)
        #expect(keys.map(\.algorithm) == [.rs256, .es256])
        let added = [JWSAlgorithm.ps256, .edDSA].map {
            StoredSigningKey(
                thumbprint: SigningKey.makeES256().thumbprint, algorithm: $0, stage: .current, since: Fixtures.now,
                sealed: [2])
        }
        try await store.replaceSigningKeys(keys + added, event: nil)
        #expect(try await store.signingKeys() == keys + added)
        try await store.close()
    }
}
