import AccountDirectory
import GRDB
import IdentityCrypto
import OpenIDMessages
import ProviderCore
@testable import SQLiteStore
import StoreConformance
import Testing

@Suite("The schema defends the data")
struct SchemaTests {
    @Test(
        "Audit events are neither changed nor removed nor replaced",
        arguments: [
            "UPDATE audit_event SET kind = 'auth.denied'", "DELETE FROM audit_event",
            "INSERT OR REPLACE INTO audit_event SELECT * FROM audit_event WHERE seq = 1",
            """
            INSERT OR REPLACE INTO audit_event (seq, number, kind, time, tenant, previous, hash)
            SELECT 1, 3, 'auth.denied', 0, tenant, hash, hash FROM audit_event WHERE number = 2
            """,
            """
            INSERT INTO audit_event (number, kind, time, tenant, previous, hash)
            SELECT 5, 'auth.denied', 0, tenant, hash, hash FROM audit_event WHERE number = 2
            """,
            """
            INSERT INTO audit_event (number, kind, time, tenant, previous, hash)
            SELECT 3, 'auth.denied', 0, tenant, zeroblob(32), hash FROM audit_event WHERE number = 2
            """,
            "INSERT INTO audit_event (number, kind, time, tenant, hash) VALUES (2, 'auth.denied', 0, NULL, zeroblob(32))",
            "UPDATE audit_chain SET number = 1", "UPDATE audit_chain SET hash = zeroblob(32)",
            "UPDATE audit_chain SET chain = 'marl', number = number + 1", "DELETE FROM audit_chain",
            "INSERT OR REPLACE INTO audit_chain SELECT chain, 1, hash FROM audit_chain",
        ])
    func audit(sql: String) async throws {
        let store = try SQLiteStore.inMemory()
        _ = try await Fixtures.enrolledDevice(in: store)
        let before = try await store.auditEvents()
        #expect(before.count == 4)
        await #expect(throws: DatabaseError.self) { try await store.execute(sql) }
        #expect(try await store.auditEvents() == before)
    }

    @Test("A login leaves its trace, without personal data")
    func trace() async throws {
        let store = try SQLiteStore.inMemory()
        let device = try await Fixtures.enrolledDevice(in: store)
        let code = OneTimeHandle(.authorizationCode)
        _ = try await store.accept(Fixtures.answer(from: device, counter: 1, isPINProved: false))
        _ = try await store.accept(Fixtures.answer(from: device, counter: 2, code: code))
        _ = try await store.accept(Fixtures.answer(from: device, counter: 3, decision: .deny))
        _ = try await store.accept(Fixtures.answer(from: device, counter: 4, decision: .report))
        for _ in 0..<3 { _ = try await store.redeem(code) }
        _ = try await store.accept(Fixtures.answer(from: device, counter: 4))
        let rows = try await store.auditEvents()
        #expect(
            rows.map { $0["kind"] } == [
                "account.registered", "key.created", "device.activated", "account.activated", "auth.failed",
                "session.created", "release.granted", "auth.approved", "auth.denied", "auth.reported", "token.issued",
                "auth.replay_rejected", "token.revoked", "auth.replay_rejected", "key.compromised", "device.suspended",
                "session.ended", "account.locked",
            ])
        for row in rows.dropFirst(4) where row["kind"] != "session.ended" {
            #expect(row["tenant"] == Fixtures.tenant.rawValue)
            #expect(row["txn"] != "NULL" || row["kind"] == "account.locked")
            #expect(row["person"]?.isEmpty == false)
        }
        #expect(Set(rows.map { $0["outcome"] }) == ["success", "refusal"])
        #expect(!rows.description.contains("Mustermann"))
    }

    @Test("Words in the CHECKs are those of the Swift enumerations")
    func words() async throws {
        let store = try SQLiteStore.inMemory()
        let levels = AssuranceLevel.allCases.map(\.name)
        let expected: [(column: String, words: [String])] = [
            ("level", levels), ("ceiling", levels), ("state", DeviceRecordRow.State.allCases.map(\.rawValue)),
            ("state", AccountState.allCases.map(\.rawValue)), ("state", DeviceKeyState.allCases.map(\.rawValue)),
            ("lock_reason", LockReason.allCases.map(\.rawValue)),
            ("suspended_for", SuspensionReason.allCases.map(\.rawValue)),
            ("purpose", TicketPurpose.allCases.map(\.rawValue)),
            ("upstream", IdentityLink.Upstream.allCases.map(\.rawValue)),
            ("state", DuplicateCase.State.allCases.map(\.rawValue)),
            ("kind", DataSubjectRequestKind.allCases.map(\.rawValue)),
            ("state", DataSubjectRequestState.allCases.map(\.rawValue)),
            ("decision", LoginDecision.allCases.map(\.rawValue)), ("flow", LoginFlow.allCases.map(\.rawValue)),
            ("relay_resistance", RelayResistance.allCases.map(\.rawValue)),
            ("algorithm", JWSAlgorithm.allCases.map(\.rawValue)),
            ("stage", SigningKeyRing.Stage.allCases.map(\.rawValue)),
            ("outcome", SecurityEvent.Outcome.allCases.map(\.rawValue)),
            ("actor", SecurityEvent.Actor.everyOne.map(\.word)),
            ("state", LogoutDelivery.State.allCases.map(\.rawValue)),
        ]
        let schema = try await store.pool.read { db in
            try String.fetchAll(db, sql: "SELECT sql FROM sqlite_master WHERE type = 'table' AND sql IS NOT NULL")
        }.joined()
        for (column, words) in expected {
            let list = words.map { "'\($0)'" }.joined(separator: ", ")
            #expect(schema.contains("CHECK (\(column) IN (\(list)))"), "\(column)")
        }
    }

    @Test(
        "Values that no type allows are refused",
        arguments: [
            "INSERT INTO ticket (digest, account, tenant, expires_at) SELECT x'00', id, 't', 0 FROM account",
            "INSERT INTO ticket (digest, account, tenant, expires_at) VALUES (zeroblob(32), 'nobody', 't', 0)",
            "UPDATE device SET pin_tries_left = 4", "UPDATE device SET pin_tries_left = 0",
            "UPDATE device SET state = 'unknown'", "UPDATE device SET counter = 'many'",
            "UPDATE account SET level = 'hoechst'", "UPDATE account SET state = 'locked'",
            "UPDATE account SET state = 'closed', closed_at = 1", "UPDATE account SET person = NULL",
            "UPDATE account SET erase_at = 1", "UPDATE device SET suspended_for = 'lost'",
            "UPDATE person SET attributes = '[]'",
            "DELETE FROM device", "INSERT INTO region_document VALUES (2, '')",
        ])
    func refused(sql: String) async throws {
        let store = try SQLiteStore.inMemory()
        let device = try await Fixtures.enrolledDevice(in: store)
        await #expect(throws: DatabaseError.self) { try await store.execute(sql) }
        #expect(try await store.device(device.identifier)?.0 == device)
    }

    @Test("A row that cannot be read is a fault and no crash")
    func undecodable() async throws {
        let store = try SQLiteStore.inMemory()
        let device = try await Fixtures.enrolledDevice(in: store)
        try await store.execute("UPDATE person SET attributes = '{}'")
        await #expect(throws: StorageFault.undecodable("attributes")) { try await store.device(device.identifier) }
        try await store.execute("UPDATE device_key SET jwk = '{}' WHERE kind = 'pin'")
        await #expect(throws: StorageFault.undecodable("pin_jwk")) { try await store.devices(of: device.account) }
        _ = try await store.accept(Fixtures.answer(from: device))
        try await store.execute("UPDATE session SET acr = 'hoechst'")
        await #expect(throws: StorageFault.undecodable("acr")) {
            try await store.sessions(of: device.account, now: Fixtures.now)
        }
    }

    @Test("An account that is not active is seen in its grants, and its devices are not accepted")
    func suspendedAccount() async throws {
        let store = try SQLiteStore.inMemory()
        let device = try await Fixtures.enrolledDevice(in: store)
        let code = OneTimeHandle(.authorizationCode)
        let answer = Fixtures.answer(from: device, code: code)
        _ = try await store.accept(answer)
        _ = try await store.redeem(code)
        #expect(try await store.liveGrant(answer.transaction)?.account.isActive == true)
        try await store.execute("UPDATE account SET state = 'locked', lock_reason = 'self'")
        #expect(try await store.liveGrant(answer.transaction)?.account.isActive == false)
        #expect(try await store.accept(Fixtures.answer(from: device, counter: 2)) == .deviceNotActive)
        #expect(try await store.device(device.identifier)?.1.isActive == false)
    }
}

extension SecurityEvent.Actor {
    static let everyOne: [Self] = [.person, .portal, .clerk, .administrator(.random()), .system]
}

extension SQLiteStore {
    /// Runs a statement behind the back of the promises.
    func execute(_ sql: String) async throws {
        try await writer.write { db in try db.execute(sql: sql) }
    }

    /// The audit events, the oldest first, by column.
    func auditEvents() async throws -> [[String: String]] {
        try await pool.read { db in
            try Row.fetchAll(db, sql: "SELECT * FROM audit_event ORDER BY seq").map { row in
                Dictionary(uniqueKeysWithValues: row.map { ($0, String.fromDatabaseValue($1) ?? "\($1)") })
            }
        }
    }
}
