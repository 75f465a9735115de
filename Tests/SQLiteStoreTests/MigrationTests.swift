import AccountDirectory
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
        try await store.replaceSigningKeys(keys + added, events: [])
        #expect(try await store.signingKeys() == keys + added)
        try await store.close()
    }

    @Test("devices at normal that had shown hardware count as lowered, those that had shown none do not")
    func loweredDevices() async throws {
        let directory = try TemporaryDirectory()
        let old = try DatabaseQueue(path: directory.database)
        try DatabaseMigrator.citizenID.migrate(old, upTo: "v4-back-channel")
        let devices = [("lowered", "normal", true), ("high", "substantiell", true), ("without", "normal", false)]
        try await old.write { db in
            try db.execute(
                sql: """
                    INSERT INTO account (id, level, state, created_at, seen_at, closed_at)
                        VALUES ('alice', 'normal', 'closed', 1, 1, 1)
                    """)
            for (name, ceiling, hasCertificate) in devices {
                try db.execute(
                    sql: """
                        INSERT INTO device (id, account, name, model, system, ceiling, is_simulated, state, counter,
                            pin_tries_left, block_digest, created_at)
                        VALUES (?, 'alice', '', '', '', ?, 0, 'active', 0, 3, randomblob(32), 1)
                        """, arguments: [name, ceiling])
                guard hasCertificate else { continue }
                try db.execute(sql: "INSERT INTO device_certificate VALUES (?, 0, 'a1')", arguments: [name])
            }
        }
        try old.close()
        let store = try SQLiteStore(path: directory.database)
        let lowered = try await store.pool.read { db in
            try String.fetchAll(db, sql: "SELECT id FROM device WHERE was_lowered")
        }
        #expect(lowered == ["lowered"])
        try await store.close()
    }

    @Test("sessions from before know what stood against a relay by their flow; without a browser it counts for nothing")
    func relayResistance() async throws {
        let directory = try TemporaryDirectory()
        let old = try DatabaseQueue(path: directory.database)
        try DatabaseMigrator.citizenID.migrate(old, upTo: "v4-lowered-devices")
        let (flows, handles) = (
            ["qr", "link", "backchannel"], [("ac", "NULL"), ("ac", "NULL"), ("ar", "'call_code'")]
        )
        try await old.write { db in
            try db.execute(
                sql: """
                    INSERT INTO account (id, level, state, created_at, seen_at, closed_at)
                        VALUES ('alice', 'normal', 'closed', 1, 1, 1);
                    INSERT INTO device (id, account, name, model, system, ceiling, is_simulated, state, counter,
                        pin_tries_left, block_digest, created_at)
                        VALUES ('phone', 'alice', '', '', '', 'normal', 0, 'active', 0, 3, randomblob(32), 1);
                    INSERT INTO pairwise (subject, account, sector, context) VALUES ('s', 'alice', 'x', 'citizen');
                    """)
            for (flow, (handle, binding)) in zip(flows, handles) {
                try db.execute(
                    sql: """
                        INSERT INTO session (id, account, device, cookie_digest, acr, methods, flow, started_at,
                            authenticated_at, last_used_at, expires_at, browser)
                            VALUES ('\(flow)', 'alice', 'phone', randomblob(32), 'a', '[]', '\(flow)', 1, 1, 1, 9, '')
                        """)
                for kind in [handle, "dc"] {
                    try db.execute(
                        sql: """
                            INSERT INTO authorization_grant (txn, handle_class, handle_digest, client, tenant, account,
                                scope, subject, acr, methods, flow, binding, authenticated_at, session, released,
                                id_token_claims, expires_at)
                                VALUES ('\(flow)-\(kind)-' || hex(randomblob(4)), '\(kind)', randomblob(32), 'c', 't',
                                    'alice', 'openid', 's', 'a', '[]', '\(flow)', \(binding), 1, '\(flow)', '[]', '[]', 9)
                            """)
                }
            }
        }
        try old.close()
        let store = try SQLiteStore(path: directory.database)
        let (sessions, grants) = try await store.pool.read { db in
            (
                try String.fetchAll(db, sql: "SELECT id || ' ' || relay_resistance FROM session ORDER BY rowid"),
                try String.fetchAll(
                    db,
                    sql: """
                        SELECT flow || ' ' || handle_class || ' ' || relay_resistance FROM authorization_grant
                        ORDER BY rowid
                        """)
            )
        }
        #expect(sessions == ["qr code", "link same_device", "backchannel none"])
        #expect(
            grants == [
                "qr ac code", "qr dc none", "link ac same_device", "link dc none", "backchannel ar code",
                "backchannel dc none",
            ])
        try await store.close()
    }

    @Test("I28: releases and logouts from before stay as they are, and one for each town fits in")
    func servedTenants() async throws {
        let directory = try TemporaryDirectory()
        let old = try DatabaseQueue(path: directory.database)
        try DatabaseMigrator.citizenID.migrate(old, upTo: "v5-known-browsers")
        let release = """
            INSERT INTO claim_release (id, account, context, client, tenant, service, purpose_version, asked, released,
                granted_at, state) VALUES
            """
        let delivery = """
            INSERT INTO logout_delivery (client, subject, session, state, attempts, created_at, next_attempt_at) VALUES
            """
        try await old.write { db in
            try db.execute(
                sql: """
                    INSERT INTO account (id, level, state, created_at, seen_at, closed_at)
                        VALUES ('alice', 'normal', 'closed', 1, 1, 1);
                    \(release) ('r1', 'alice', 'citizen', 'c', 'herten', 's', '1', '[]', '[]', 1, 'granted');
                    \(delivery) ('c', 'sub-herten', 'session', 'failed', 3, 1, 2);
                    """)
        }
        try old.close()
        let store = try SQLiteStore(path: directory.database)
        try await store.writer.write { db in
            try db.execute(
                sql: """
                    \(release) ('r2', 'alice', 'citizen', 'c', 'marl', 's', '1', '[]', '[]', 1, 'granted');
                    \(delivery) ('c', 'sub-marl', 'session', 'pending', 0, 1, 1);
                    """)
        }
        for twice in [
            "\(release) ('r3', 'alice', 'citizen', 'c', 'marl', 's', '2', '[]', '[]', 1, 'granted')",
            "\(delivery) ('c', 'sub-marl', 'session', 'pending', 0, 1, 1)",
        ] {
            await #expect(throws: DatabaseError.self) {
                try await store.writer.write { db in try db.execute(sql: twice) }
            }
        }
        let kept = try await store.pool.read { db in
            try String.fetchAll(
                db, sql: "SELECT subject || ' ' || state || ' ' || attempts FROM logout_delivery ORDER BY id")
        }
        #expect(kept == ["sub-herten failed 3", "sub-marl pending 0"])
        try await store.close()
    }

    @Test("requests about data stay as they are, and objections fit in")
    func objections() async throws {
        let directory = try TemporaryDirectory()
        let old = try DatabaseQueue(path: directory.database)
        try DatabaseMigrator.citizenID.migrate(old, upTo: "v6-served-tenants")
        let request = """
            INSERT INTO data_subject_request (id, account, tenant, kind, state, received_at, due_at, claims) VALUES
            """
        try await old.write { db in
            try db.execute(
                sql: """
                    INSERT INTO account (id, level, state, created_at, seen_at, closed_at)
                        VALUES ('alice', 'normal', 'closed', 1, 1, 1);
                    \(request) ('d1', 'alice', 'herten', 'rectify', 'running', 1, 9, '["email"]');
                    """)
        }
        let tooEarly = "\(request) ('d2', 'alice', NULL, 'object', 'running', 1, 9, '[]')"
        await #expect(throws: DatabaseError.self) { try await old.write { db in try db.execute(sql: tooEarly) } }
        try old.close()
        let store = try SQLiteStore(path: directory.database)
        try await store.writer.write { db in try db.execute(sql: tooEarly) }
        let kept = try await store.pool.read { db in
            try String.fetchAll(
                db, sql: "SELECT id || ' ' || kind || ' ' || claims FROM data_subject_request ORDER BY rowid")
        }
        #expect(kept == [#"d1 rectify ["email"]"#, "d2 object []"])
        try await store.close()
    }

    @Test("companies have their entry in the register; of two verified ones that shared it the later stays without")
    func registerEntries() async throws {
        let directory = try TemporaryDirectory()
        let old = try DatabaseQueue(path: directory.database)
        try DatabaseMigrator.citizenID.migrate(old, upTo: "v6-objections")
        let companies = [
            ("first", "active", "Amtsgericht Marl"), ("second", "active", "AG Marl"), ("draft", "draft", "Marl"),
            ("none", "active", nil),
        ]
        try await old.write { db in
            for (name, state, court) in companies {
                let register = court.map { #"{"register": {"type": "HRB", "number": "7", "court": "\#($0)"}}"# }
                try db.execute(
                    sql: """
                        INSERT INTO company (id, details, state, level, floor, approvers_needed, created_at, changed_at)
                        VALUES (?, ?, ?, 'substantiell', 'substantiell', 1, 1, 1)
                        """, arguments: [name, register ?? "{}", state])
            }
        }
        try old.close()
        let store = try SQLiteStore(path: directory.database)
        let entries = try await store.pool.read { db in
            try Row.fetchAll(db, sql: "SELECT register_entry FROM company ORDER BY rowid").map {
                $0["register_entry"] as String?
            }
        }
        #expect(entries == ["HRB:7:marl", nil, "HRB:7:marl", nil])
        try await store.close()
    }

    @Test("companies that were verified have the latest day on which a freeze can have begun, drafts have none")
    func companyFreezes() async throws {
        let directory = try TemporaryDirectory()
        let old = try DatabaseQueue(path: directory.database)
        try DatabaseMigrator.citizenID.migrate(old, upTo: "v3-company-clerks")
        let states = ["draft", "verifying", "active", "frozen", "closing"]
        try await old.write { db in
            for state in states {
                try db.execute(
                    sql: """
                        INSERT INTO company (id, details, state, freeze_reason, level, floor, approvers_needed, created_at,
                            changed_at) VALUES (?, '{}', ?, ?, 'substantiell', 'substantiell', 1, 1, 7)
                        """, arguments: [state, state, state == "frozen" ? "dispute" : nil])
            }
        }
        try old.close()
        let store = try SQLiteStore(path: directory.database)
        let frozen = try await store.pool.read { db in
            try Row.fetchAll(db, sql: "SELECT id, frozen_at FROM company ORDER BY rowid")
                .map { row in row["frozen_at"] as Int64? }
        }
        #expect(frozen == [nil, nil, 7, 7, 7])
        try await store.close()
    }

    @Test(
        "names that were typed in decomposed letters are brought into normal form C, and are found by another hash then"
    )
    func normalForm() async throws {
        let directory = try TemporaryDirectory()
        let old = try DatabaseQueue(path: directory.database)
        try DatabaseMigrator.citizenID.migrate(old, upTo: "v9-refused-answers")
        @Sendable func person(_ name: String) -> String {
            #"{"given_name":"\#(name)","family_name":"Muster","birthdate":"1970-01-01"}"#
        }
        let names = [("decomposed", "Jose\u{301}"), ("composed", "José"), ("sign", "\u{212B}sa"), ("plain", "Jose")]
        try await old.write { db in
            for (id, name) in names {
                try db.execute(
                    sql: "INSERT INTO person (id, attributes, likeness) VALUES (?, ?, zeroblob(32))",
                    arguments: [id, person(name)])
            }
        }
        try old.close()
        let store = try SQLiteStore(path: directory.database)
        let rows = try await store.pool.read { db in
            try Row.fetchAll(db, sql: "SELECT attributes, likeness IS NULL AS anew FROM person ORDER BY rowid")
                .map { row in (text: row["attributes"] as String, anew: row["anew"] as Bool) }
        }
        #expect(rows.map(\.anew) == [true, false, true, false])
        let lengths = rows.map { $0.text.unicodeScalars.count - person("").unicodeScalars.count }
        #expect(lengths == [4, 4, 3, 4])
        #expect(!rows.contains { $0.text.unicodeScalars.contains("\u{212B}") })
        try await store.close()
    }

    @Test(
        "locked accounts keep their reason among all reasons, and their time begins; a town's notices stay as they are")
    func locks() async throws {
        let directory = try TemporaryDirectory()
        let old = try DatabaseQueue(path: directory.database)
        try DatabaseMigrator.citizenID.migrate(old, upTo: "v9-refused-answers")
        try await old.write { db in
            for (id, state, reason, eraseAt) in [
                ("a", "locked", "authority", nil), ("b", "active", nil, nil), ("c", "closing", nil, 7),
            ] as [(String, String, String?, Int?)] {
                try db.execute(sql: "INSERT INTO person (id, attributes) VALUES (?, '{}')", arguments: [id])
                try db.execute(
                    sql: """
                        INSERT INTO account (id, person, level, state, lock_reason, created_at, seen_at, erase_at)
                        VALUES (?, ?, 'normal', ?, ?, 1, 1, ?)
                        """, arguments: [id, id, state, reason, eraseAt])
            }
            try db.execute(
                sql: "INSERT INTO admin_notice VALUES (7, 'herten', 'emergency_approved', 'e', 1)")
        }
        try old.close()
        let store = try SQLiteStore(path: directory.database)
        let rows = try await store.pool.read { db in
            try String.fetchAll(
                db, sql: "SELECT locks || ' ' || (coalesce(warned_at, 0) > 1700000000) FROM account ORDER BY rowid")
        }
        #expect(rows == [#"["authority"] 1"#, "[] 0", "[] 0"])
        try await store.execute("INSERT INTO admin_notice VALUES (8, 'herten', 'role_given_by_region', 'r', 1)")
        await #expect(throws: DatabaseError.self) { try await store.execute("UPDATE account SET locks = '[\"self\"]'") }
        await #expect(throws: DatabaseError.self) {
            try await store.execute("UPDATE account SET locks = '[\"authority\"]' WHERE id = 'c'")
        }
        try await store.close()
    }

    @Test("rights of administrators stay as they are, with their granters, and company clerks fit in")
    func companyClerks() async throws {
        let directory = try TemporaryDirectory()
        let old = try DatabaseQueue(path: directory.database)
        try DatabaseMigrator.citizenID.migrate(old, upTo: "v3-templates")
        let insert = """
            INSERT INTO admin_assignment (id, account, subject, role, reach, tenant, valid_from, valid_until, granted_by,
                granted_at) VALUES (?, 'alice', 'alice', ?, ?, ?, 1, 2, ?, 1)
            """
        try await old.write { db in
            try db.execute(
                sql: """
                    INSERT INTO account (id, level, state, created_at, seen_at, closed_at)
                        VALUES ('alice', 'normal', 'closed', 1, 1, 1)
                    """)
            try db.execute(sql: insert, arguments: ["first", "region_admin", "region", nil, nil])
            try db.execute(sql: insert, arguments: ["second", "tenant_admin", "tenant", "herten", "first"])
        }
        await #expect(throws: DatabaseError.self) {
            try await old.write { db in
                try db.execute(sql: insert, arguments: ["third", "company_clerk", "tenant", "herten", "second"])
            }
        }
        try old.close()
        let store = try SQLiteStore(path: directory.database)
        try await store.writer.write { db in
            try db.execute(sql: insert, arguments: ["third", "company_clerk", "tenant", "herten", "second"])
        }
        let rows = try await store.pool.read { db in
            try Row.fetchAll(db, sql: "SELECT id, granted_by FROM admin_assignment ORDER BY rowid")
                .map { row in [row["id"] as String?, row["granted_by"]] }
        }
        #expect(rows == [["first", nil], ["second", "first"], ["third", "second"]])
        let schema = try await store.pool.read { db in
            try String.fetchOne(db, sql: "SELECT sql FROM sqlite_master WHERE name = 'admin_assignment'") ?? ""
        }
        for role in AdministrationRole.allCases { #expect(schema.contains("'\(role.rawValue)'"), "\(role)") }
        try await store.close()
    }
}
