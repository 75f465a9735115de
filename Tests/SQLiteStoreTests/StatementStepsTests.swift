import GRDB
import StoreConformance
import Testing

@testable import SQLiteStore

@Suite("Statements are bound, stepped and read by SQLite's own functions (docs/decisions/0018)")
struct StatementStepsTests {
    private func row(_ sql: String, _ arguments: SQLArguments = []) throws -> StoredRow {
        try #require(try SQLiteStore.inMemory().read { try $0.row(sql, arguments) })
    }

    @Test(
        "A text comes back as it was given, an empty one is not NULL",
        arguments: [
            "", "a", "fifteen bytes !", "sixteen bytes !!", "Bürgermeisterin Ćwiklińska-Łuczak", "a\u{0}b", "🗝️",
        ])
    func texts(text: String) throws {
        let row = try row("SELECT ? AS it, typeof(?) AS type, length(CAST(? AS BLOB)) AS bytes", [text, text, text])
        #expect(try row.text("it") == text)
        #expect(try row.text("type") == "text")
        #expect(try row.integer("bytes") == Int64(text.utf8.count))
    }

    @Test("Bytes come back as they were given, none are not NULL", arguments: [[], [0], [UInt8](0...255)])
    func blobs(bytes: [UInt8]) throws {
        let row = try row("SELECT ? AS it, typeof(?) AS type", [bytes, bytes])
        #expect(try row.bytes("it") == bytes)
        #expect(try row.text("type") == "blob")
    }

    @Test("Integers, truth and nothing", arguments: [Int64.min, -1, 0, 1, .max])
    func integers(number: Int64) throws {
        let row = try row(
            "SELECT :number AS number, :yes AS yes, :missing AS missing",
            ["number": number, "yes": true, "missing": nil])
        #expect(try row.integer("number") == number)
        #expect(try row.integer("yes") == 1)
        #expect(try row.optionalText("missing") == nil)
        #expect(try row.optionalBytes("missing") == nil)
        #expect(try row.optionalInteger("missing") == nil)
    }

    @Test("What has another type than wanted is no value")
    func types() throws {
        let row = try row("SELECT 1.5 AS real, 'a' AS text, 7 AS number, x'00' AS blob, NULL AS missing")
        for column in ["real", "text", "blob", "missing"] {
            #expect(throws: StorageFault.undecodable(column)) { try row.integer(column) }
        }
        for column in ["real", "number", "blob", "missing"] {
            #expect(throws: StorageFault.undecodable(column)) { try row.text(column) }
        }
        for column in ["real", "number", "text", "missing"] {
            #expect(throws: StorageFault.undecodable(column)) { try row.bytes(column) }
        }
        #expect(throws: StorageFault.undecodable("other")) { try row.integer("other") }
    }

    @Test("Places without a value, and values without a place, are refused")
    func misuse() throws {
        let cases: [(sql: String, arguments: SQLArguments)] = [
            ("SELECT ?, ?", ["a"]), ("SELECT ?", ["a", "b"]), ("SELECT 1", ["a"]), ("SELECT ?", []),
            ("SELECT :a, :b", ["a": 1]), ("SELECT :a", ["b": 1]), ("SELECT :a", []),
        ]
        let store = try SQLiteStore.inMemory()
        for (sql, arguments) in cases {
            #expect(throws: DatabaseError.self, "\(sql)") { try store.read { try $0.rows(sql, arguments) } }
        }
    }

    @Test("Several statements take of the same named values what they need")
    func moreNames() throws {
        #expect(try row("SELECT :a AS a, :a AS again", ["a": 1, "b": 2]).integer("again") == 1)
    }

    @Test("A statement that failed, or whose rows were not all wanted, runs again from its beginning")
    func again() async throws {
        struct Enough: Error {}
        let store = try SQLiteStore.inMemory()
        let insert = "INSERT INTO secret (name, sealed) VALUES (?, ?)"
        for name in ["a", "b", "c"] {
            _ = try await store.writer.write { db in try db.run(insert, [name, [UInt8(7)]]) }
        }
        let failure = await #expect(throws: DatabaseError.self) {
            try await store.writer.write { db in try db.run(insert, ["a", [UInt8(8)]]) }
        }
        #expect(failure?.extendedResultCode == .SQLITE_CONSTRAINT_PRIMARYKEY)
        #expect(try await store.writer.write { db in try db.run(insert, ["d", [UInt8(9)]]) } == 1)
        let names = "SELECT name FROM secret WHERE name > ? ORDER BY name"
        try store.read { db in
            #expect(throws: Enough.self) { try db.forEachRow(names, [""]) { _ in throw Enough() } }
            let found = try db.rows(names, ["a"]).map { try $0.text("name") }
            #expect(found == ["b", "c", "d"])
        }
    }
}
