import Foundation
import GRDB
@testable import SQLiteStore
import Testing

/// Invariant I22, first half: every row is regional, personal, company-owned, or carries exactly one tenant.
@Suite("Whose the rows of each table are")
struct RowScopeTests {
    /// `R` regional, with the chains of the audit, which are named after tenants; `T` with the tenant whose they are, by its name
    /// or its sector, `t` with one or none; `P` a person's, also as one of several; `C` a company's.
    private static let scopes = [
        "account": "P", "admin_assignment": "tP", "admin_emergency": "TP", "admin_notice": "T",
        "admin_ticket": "R", "adoption": "T", "audit_anchor": "R", "audit_chain": "R", "audit_event": "tPC",
        "audit_person_key": "P", "authorization_grant": "TPC", "back_channel_stop": "P", "claim_release": "tP",
        "client_registration": "T", "company": "C", "company_approval": "PC", "company_evidence": "C",
        "company_subject": "TPC", "data_subject_request": "tP", "device": "P", "device_certificate": "P",
        "device_key": "P", "duplicate_case": "TP", "erasure_trace": "R", "establishment": "C", "evidence": "P",
        "identity_link": "P", "initial_access_token": "T", "invitation": "PC", "known_browser": "P",
        "login_answer": "P", "logout_delivery": "P", "mandate": "PC", "mandate_approval": "PC",
        "membership": "PC", "notice": "P", "pairwise": "TP", "person": "P", "refresh_token": "PC",
        "region_document": "R", "register_power": "PC", "secret": "R", "sector": "T", "session": "P",
        "signing_key": "R", "template": "R", "ticket": "TP", "used_once": "R", "verified_attribute": "P",
    ]

    @Test("I22: each table of the schema says whose its rows are, and the columns bear it out")
    func tables() throws {
        let queue = try DatabaseQueue()
        try DatabaseMigrator.citizenID.migrate(queue)
        let found = try queue.read { db in try Self.scopes(of: db) }
        #expect(found.count > 40)
        for (table, scope) in found.sorted(by: { $0.key < $1.key }) {
            #expect(Self.scopes[table] == scope, "\(table)")
        }
        #expect(Set(Self.scopes.keys).subtracting(found.keys).sorted() == [], "no such tables")
    }

    @Test("I22: a row has one tenant at most")
    func oneTenant() throws {
        let queue = try DatabaseQueue()
        try DatabaseMigrator.citizenID.migrate(queue)
        try queue.read { db in
            for table in try Self.tables(db) {
                let columns = try db.columns(in: table).map(\.name)
                let tenants = columns.filter { ["tenant", "sector", "served_tenant"].contains($0) }
                // Which tenant a sector belongs to is what the table of sectors says.
                #expect(tenants.count <= (table == "sector" ? 2 : 1), "\(table)")
            }
        }
    }

    @Test("the rule bites: a table of a tenant, of a company or of a person is told apart")
    func bites() throws {
        let queue = try DatabaseQueue()
        try DatabaseMigrator.citizenID.migrate(queue)
        try queue.write { db in
            try db.execute(
                sql: """
                    CREATE TABLE weather (day TEXT);
                    CREATE TABLE counter (tenant TEXT NOT NULL, room TEXT);
                    CREATE TABLE visit (tenant TEXT, account TEXT REFERENCES account (id), id TEXT PRIMARY KEY);
                    CREATE TABLE visit_room (visit TEXT REFERENCES visit (id), room TEXT);
                    CREATE TABLE stall (company TEXT REFERENCES company (id));
                    """)
            let found = try Self.scopes(of: db)
            let names = ["weather", "counter", "visit", "visit_room", "stall"]
            #expect(names.map { found[$0] } == ["R", "T", "tP", "P", "C"])
        }
    }

    /// A text of the store's code that is a statement, or a part of one.
    private struct Statement {
        let file: String
        let text: String

        func names(_ table: String) -> Bool {
            ["FROM", "JOIN", "UPDATE", "INTO"].contains { word in
                text.ranges(of: "\(word) \(table)").contains { range in
                    text[range.upperBound...].first.map { !$0.isLetter && $0 != "_" } ?? true
                }
            }
        }

        var isBound: Bool {
            if text.contains("INSERT INTO"), text.contains("tenant") || text.contains("sector") { return true }
            return text.contains(/\b(?:[a-z]\.)?(?:tenant|sector)\s*(?:=|<>|IN\b|IS\b)/)
        }
    }

    /// Every statement of the store but those of the migrations, which make the tables.
    private static func statements() throws -> [Statement] {
        var folder = URL(fileURLWithPath: #filePath)
        for _ in 0..<3 { folder.deleteLastPathComponent() }
        folder.append(path: "Sources/SQLiteStore")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        return try names.filter { $0.hasSuffix(".swift") && !$0.hasPrefix("Migrations") }.flatMap { name in
            let text = try String(contentsOf: folder.appending(path: name), encoding: .utf8)
            return texts(of: text).filter { $0.contains(/\b(?:SELECT|UPDATE|DELETE|INSERT)\b/) }
                .map { Statement(file: name, text: $0) }
        }
    }

    /// The texts in a file: those of several lines, and those of one.
    private static func texts(of file: String) -> [String] {
        file.split(separator: "\"\"\"", omittingEmptySubsequences: false).enumerated().flatMap { number, part in
            number % 2 == 1
                ? [part.split { $0.isWhitespace }.joined(separator: " ")]
                : part.split(separator: "\n").flatMap { line in
                    line.split(separator: "\"", omittingEmptySubsequences: false).enumerated()
                        .filter { $0.offset % 2 == 1 }.map { String($0.element) }
                }
        }
    }

    /// Why a statement need not name the tenant.
    private static let reasons: [(reason: String, holds: @Sendable (Statement) -> Bool)] = [
        (
            "the rows are one person's own, in all towns",
            { statement in
                [
                    "account = ?", "account = :account", "requester = :account", "a.id = :account",
                    "account = (SELECT account FROM device WHERE id = :device)",
                    // Adoptions that name the person.
                    "WHERE \\(namesAccount)",
                ].contains { statement.text.contains($0) }
            }
        ),
        (
            "the secret, or the random name, that only whoever has the row can say",
            { statement in
                ["digest", "access_token", "txn", "session"].contains { name in
                    ["?", ":"].contains { statement.text.contains("\(name) = \($0)") }
                }
            }
        ),
        ("a client's own", { $0.text.contains("WHERE client = ?") }),
        (
            "what is over goes, whose ever it was",
            { $0.file == "SQLiteSweep.swift" && $0.text.contains("LIMIT :count") }
        ),
        (
            "the whole region is made of them",
            {
                [
                    "SELECT sector, tenant FROM sector", "SELECT * FROM adoption ORDER BY rowid",
                    "SELECT * FROM client_registration ORDER BY created_at, rowid",
                ].contains($0.text)
            }
        ),
        ("the tenant stands in the part that is put in", { $0.file == "TenantRemoval.swift" }),
        ("what a company's right gave goes with the right, in all towns", { $0.file == "ContextGrants.swift" }),
    ]

    @Test("I22: a statement about a tenant's rows names the tenant or the sector, or there is a reason why it need not")
    func statements() throws {
        let tables = Self.scopes.filter { $0.value.contains("T") }.keys
        let found = try Self.statements().filter { statement in tables.contains(where: statement.names) }
        #expect(found.count > 60)
        #expect(found.count(where: \.isBound) > 30)
        for statement in found where !statement.isBound {
            #expect(
                Self.reasons.contains { $0.holds(statement) }, "\(statement.file): \(statement.text.prefix(300))")
        }
    }

    @Test("the rule of statements bites: a tenant in the answer alone is none, and so is another table's name")
    func statementsBite() {
        let loose = Statement(file: "X.swift", text: "SELECT tenant, reason FROM admin_emergency WHERE state = ?")
        #expect(loose.names("admin_emergency") && !loose.isBound && !Self.reasons.contains { $0.holds(loose) })
        let bound = Statement(file: "X.swift", text: "DELETE FROM ticket WHERE tenant = ? AND used_at IS NULL")
        #expect(bound.names("ticket") && bound.isBound)
        #expect(!Statement(file: "X.swift", text: "SELECT 1 FROM ticket_office WHERE id = ?").names("ticket"))
        #expect(
            Self.texts(of: "a(\"SELECT 1\", \"b\")\nc(\n\"\"\"\n  UPDATE x\n  SET y\n\"\"\")") == [
                "SELECT 1", "b", "UPDATE x SET y",
            ])
    }

    private static func tables(_ db: Database) throws -> [String] {
        try String.fetchAll(
            db,
            sql: """
                SELECT name FROM sqlite_master
                WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name <> 'grdb_migrations'
                """)
    }

    private static func scopes(of db: Database) throws -> [String: String] {
        let tables = try tables(db)
        let people = try tables.filter { table in
            try ["account", "person"].contains(table)
                || db.columns(in: table).contains { ["account", "person", "subject", "likeness"].contains($0.name) }
        }
        let companies = try tables.filter { table in
            try table == "company" || db.columns(in: table).contains { $0.name == "company" }
        }
        let personal = try db.withReferrers(Set(people), among: tables)
        let owned = try db.withReferrers(Set(companies), among: tables)
        return try tables.reduce(into: [:]) { scopes, table in
            let columns = try db.columns(in: table)
            var scope = ""
            if let tenant = columns.first(where: { $0.name == "tenant" }) {
                scope = tenant.isNotNull ? "T" : "t"
            } else if columns.contains(where: { $0.name == "sector" }) {
                scope = "T"
            }
            if personal.contains(table) { scope += "P" }
            if owned.contains(table) { scope += "C" }
            scopes[table] = scope.isEmpty ? "R" : scope
        }
    }
}
