import AccountDirectory
import Foundation
import GRDB
import IdentityCrypto
import OpenIDMessages
import ProviderCore
@testable import SQLiteStore
import StoreConformance
import Testing

@Suite("A database of version 1 gets sessions, refresh tokens and registrations")
struct SessionMigrationTests {
    /// The tables of version 1 with a row in each.
    private static func versionOne(in directory: TemporaryDirectory, device: DeviceRecordRow) throws {
        let queue = try DatabaseQueue(path: directory.database)
        try DatabaseMigrator.citizenID.migrate(queue, upTo: "v1")
        try queue.write { db in
            try db.execute(
                sql: """
                    INSERT INTO person VALUES (7, :person);
                    INSERT INTO account VALUES (:account, 7, 'substantiell', 'active');
                    INSERT INTO ticket VALUES (zeroblob(32), :account, 'herten', 2000000000, NULL);
                    INSERT INTO device VALUES (:device, :account, 'Telefon', 'Pixel 9', 'Android 16', 'substantiell',
                        1, 'active', 4, 2, randomblob(32), 1000, 2000);
                    INSERT INTO pairwise VALUES ('subject-of-erika', :account, 'herten', 'citizen');
                    INSERT INTO login_answer VALUES ('transaction-number-1', :device, :digest, 'approve', 3000);
                    INSERT INTO session VALUES ('session-number-one-1', :account, :device, 3000);
                    INSERT INTO session VALUES ('session-without-grant', :account, :device, 2000);
                    INSERT INTO authorization_grant VALUES ('transaction-number-1', zeroblob(32), 'portal', 'herten',
                        :account, 'https://portal.example/cb', 'openid person', 'nonce', :digest, 'subject-of-erika',
                        'sim:http://bsi.bund.de/eID/LoA/substantiell', '["hwk","pin"]', 'link', 3000,
                        'session-number-one-1', '["given_name"]', 3060, 3010, NULL);
                    INSERT INTO used_once VALUES ('client_assertion', 'jti', 2000000000);
                    INSERT INTO signing_key VALUES (1, :digest, 'ES256', 'current', 5, x'00ff');
                    INSERT INTO secret VALUES ('cookie', x'0102');
                    INSERT INTO region_document VALUES (1, 'name: Region');
                    INSERT INTO audit_event VALUES (9, 'auth.approved', 3000, 'herten', :device, 'transaction-number-1');
                    """,
                arguments: [
                    "person": Fixtures.person().json.text, "account": device.account.rawValue,
                    "device": device.identifier.rawValue, "digest": ContentDigest(of: "text").rawValue,
                ])
            for (kind, key) in [
                ("auth", device.keys.authentication), ("inst", device.keys.installation), ("pin", device.keys.pin),
            ] {
                try db.execute(
                    sql: "INSERT INTO device_key VALUES (?, ?, ?, ?)",
                    arguments: [key.thumbprint.rawValue, device.identifier.rawValue, kind, key.jwk.text])
            }
        }
        try queue.close()
    }

    private static func contents(_ path: String) throws -> [String: [[String: DatabaseValue]]] {
        let queue = try DatabaseQueue(path: path)
        defer { try? queue.close() }
        return try queue.read { db in
            let tables = try String.fetchAll(
                db,
                sql: """
                    SELECT name FROM sqlite_master
                    WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name <> 'grdb_migrations'
                    """)
            return try Dictionary(
                uniqueKeysWithValues: tables.map { table in
                    let rows = try Row.fetchAll(db, sql: "SELECT * FROM \(table)")
                    return (table, rows.map { row in Dictionary(row.map { ($0, $1) }) { first, _ in first } })
                })
        }
    }

    @Test("Every row of every table stays; renamed and new columns have their values")
    func rows() async throws {
        let directory = try TemporaryDirectory()
        let device = Fixtures.Phone().device(of: .random())
        try Self.versionOne(in: directory, device: device)
        let before = try Self.contents(directory.database)
        #expect(before.count == 14 && before.values.allSatisfy { !$0.isEmpty })
        try await SQLiteStore(path: directory.database).close()
        let after = try Self.contents(directory.database)
        for (table, rows) in before {
            let migrated = try #require(after[table], "\(table)")
            #expect(migrated.count == rows.count, "\(table)")
            for (old, new) in zip(rows, migrated) {
                for (column, value) in old where !(table == "person" && column == "id") && column != "person" {
                    #expect(new[column == "code_digest" ? "handle_digest" : column] == value, "\(table).\(column)")
                }
            }
        }
        // A person's number told in which order people came; since version 3 it is random.
        #expect(after["account"]?.first?["person"] == after["person"]?.first?["id"])
        #expect(after["account"]?.first?["seen_at"] == 2000.databaseValue)
        let grant = try #require(after["authorization_grant"]?.first)
        #expect(grant["handle_class"] == "ac".databaseValue)
        #expect(grant["id_token_claims"] == "[]".databaseValue)
        #expect(grant["resource"] == .null && grant["proof_key"] == .null)
        for session in after["session"] ?? [] {
            #expect(session["ended_at"] == session["started_at"], "sessions of version 1 are over")
            #expect(session["cookie_digest"] == .null)
        }
    }

    @Test("The store reads what version 1 wrote, and goes on from there")
    func reading() async throws {
        let directory = try TemporaryDirectory()
        let device = Fixtures.Phone().device(of: .random())
        try Self.versionOne(in: directory, device: device)
        let store = try SQLiteStore(path: directory.database)
        let login = try #require(TransactionIdentifier(rawValue: "transaction-number-1"))
        let live = try #require(try await store.liveGrant(login, now: Timestamp(seconds: 3020)))
        #expect(live.grant.redirectURI == "https://portal.example/cb")
        #expect(live.grant.context == AuthenticationContext(level: .substantiell, isSimulated: true))
        #expect(live.grant.subject?.rawValue == "subject-of-erika")
        #expect(live.grant.released == ["given_name"])
        #expect(!live.isSessionLive && live.isDeviceActive && live.account.isActive)
        #expect(try await store.sessions(of: device.account, now: Timestamp(seconds: 3020)) == [])
        #expect(try await store.use("jti", class: .clientAssertion, expiresAt: Fixtures.now) == false)
        #expect(try await store.accept(Fixtures.answer(from: device, counter: 5)) == .accepted)
        #expect(try await store.sessions(of: device.account, now: Fixtures.now).count == 1)
        // What is over goes, in an order that leaves no reference open.
        try await store.sweep(now: Timestamp(seconds: 3000 + 2 * 86_400))
        #expect(try await store.liveGrant(login, now: Fixtures.now) == nil)
        try await store.close()
        let left = try Self.contents(directory.database)
        #expect(left["session"]?.count == 1 && left["login_answer"]?.count == 1)
        #expect(left["authorization_grant"]?.count == 1)
    }

    @Test("A migrated database has the schema of a fresh one")
    func schema() async throws {
        let (old, fresh) = (try TemporaryDirectory(), try TemporaryDirectory())
        try Self.versionOne(in: old, device: Fixtures.Phone().device(of: .random()))
        for directory in [old, fresh] { try await SQLiteStore(path: directory.database).close() }
        #expect(try Self.schema(old.database) == Self.schema(fresh.database))
    }

    private static func schema(_ path: String) throws -> [String] {
        let queue = try DatabaseQueue(path: path)
        defer { try? queue.close() }
        return try queue.read { db in
            #expect(try String.fetchOne(db, sql: "PRAGMA integrity_check") == "ok")
            #expect(try Row.fetchOne(db, sql: "PRAGMA foreign_key_check") == nil)
            return try String.fetchAll(db, sql: "SELECT coalesce(sql, name) FROM sqlite_master ORDER BY name")
        }
    }
}
