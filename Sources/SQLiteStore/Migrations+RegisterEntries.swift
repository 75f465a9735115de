internal import AccountDirectory
internal import GRDB
internal import OpenIDMessages

extension DatabaseMigrator {
    /// The entry in a register tells companies apart as well (I19), agreements to what needs several people go when
    /// they are old, and a town counts its releases. Of two verified companies that had one entry already the later one
    /// stays without it.
    mutating func registerRegisterEntries() {
        registerMigration("v7-register-entries", foreignKeyChecks: .immediate) { db in
            try db.execute(sql: registerEntries)
            for row in try Row.fetchAll(
                db, sql: "SELECT id, details FROM company WHERE details IS NOT NULL ORDER BY rowid")
            {
                let details = try? StrictJSON.parseObject(Array((row["details"] as String).utf8))
                guard let json = details?["register"]?.object, let entry = try? RegisterEntry(json: json) else {
                    continue
                }
                try db.execute(
                    sql: "UPDATE OR IGNORE company SET register_entry = ? WHERE id = ?",
                    arguments: [entry.key, row["id"] as String])
            }
        }
    }
}

private let registerEntries = """
    ALTER TABLE company ADD COLUMN register_entry TEXT;
    CREATE UNIQUE INDEX company_register_entry ON company (register_entry) WHERE state IN ('active', 'frozen', 'closing');
    CREATE INDEX company_approval_time ON company_approval (time);
    CREATE INDEX claim_release_tenant ON claim_release (tenant, service, state);
    """
