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
