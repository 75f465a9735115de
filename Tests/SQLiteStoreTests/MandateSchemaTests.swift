import AccountDirectory
import GRDB
import OpenIDMessages
@testable import SQLiteStore
import StoreConformance
import Testing

@Suite("The schema defends mandates")
struct MandateSchemaTests {
    @Test("Words in the CHECKs are those of the Swift enumerations")
    func words() async throws {
        let store = try SQLiteStore.inMemory()
        let schema = try await store.pool.read { db in
            try String.fetchAll(
                db, sql: "SELECT sql FROM sqlite_master WHERE type = 'table' AND name LIKE 'mandate%'")
        }.joined().split(whereSeparator: \.isWhitespace).joined(separator: " ")
        let expected: [(column: String, words: [String])] = [
            ("limit_currency", Currency.allCases.map(\.rawValue)), ("basis", MandateBasis.allCases.map(\.rawValue)),
            ("granted_by", GrantingBody.allCases.map(\.rawValue)), ("state", MandateState.allCases.map(\.rawValue)),
        ]
        for (column, words) in expected {
            let list = words.map { "'\($0)'" }.joined(separator: ", ")
            #expect(schema.contains("CHECK (\(column) IN (\(list)))"), "\(column)")
        }
    }

    @Test(
        "What no rule would write is refused: endless, negative, circular, too deep, active without approval",
        arguments: [
            "valid_until = '2025-12-31'", "limit_hundredths = -1", "limit_currency = NULL", "limit_currency = 'JPY'",
            "grantee_company = company, grantee_membership = NULL", "grantee_company = company",
            "grantee_membership = NULL", "depth = 3", "depth = 2", "parent = id", "scopes = '[]'", "tenants = '[]'",
            "establishments = '[]'", "approvals_needed = 0", "activated_at = NULL, granted_by = NULL",
            "granted_by = NULL", "state = 'revoked'", "ended_at = 1", "reason = ''", "company = 'nobody'",
            "grantee_membership = 'nobody'", "basis = 'self-asserted'", "state = 'open'",
        ])
    func impossible(change: String) async throws {
        let store = try SQLiteStore.inMemory()
        let mandate = try await Fixtures.mandate(in: store)
        await #expect(throws: DatabaseError.self) {
            try await store.writer.write { db in
                try db.execute(sql: "UPDATE mandate SET \(change) WHERE id = ?", arguments: [mandate.rawValue])
            }
        }
        try await store.writer.write { db in
            try db.execute(sql: "UPDATE mandate SET may_delegate = 1 WHERE id = ?", arguments: [mandate.rawValue])
        }
    }
}
