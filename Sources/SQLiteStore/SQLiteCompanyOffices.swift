public import AccountDirectory
internal import GRDB
internal import OpenIDMessages
public import ProviderCore

extension SQLiteStore {
    public func companies(page: PageRequest) async throws -> [CompanyRecord] {
        try read { db in try db.companies(where: "TRUE", ["after": page.after, "limit": page.limit]) }
    }

    public func companies(in scope: TenantScope, page: PageRequest) async throws -> [CompanyRecord] {
        try read { db in
            try db.companies(
                where: "\(companyOffice) = :tenant", ["tenant": scope.name, "after": page.after, "limit": page.limit])
        }
    }

    public func company(_ identifier: CompanyIdentifier, in scope: TenantScope) async throws -> CompanyRecord? {
        try read { db in
            try db.row(
                """
                SELECT * FROM company WHERE id = :id AND (\(companyOffice) = :tenant
                    OR (\(companyOffice) IS NULL AND state IN ('draft', 'verifying')))
                """, ["id": identifier.rawValue, "tenant": scope.name])?.company
        }
    }
}

/// The town whose trade register names the company, before the colon in `trade`; else that of the first evidence.
let companyOffice = """
    coalesce(substr(trade, 1, instr(trade, ':') - 1),
        (SELECT e.performer FROM company_evidence e WHERE e.company = company.id AND e.performer IS NOT NULL
            ORDER BY e.recorded_at, e.rowid LIMIT 1))
    """

extension Database {
    /// - Parameter condition: SQL of this file, never of a caller.
    fileprivate func companies(where condition: String, _ arguments: SQLArguments) throws -> [CompanyRecord] {
        try rows(
            """
            SELECT * FROM company WHERE state IN ('verifying', 'active', 'frozen', 'closing')
                AND rowid > coalesce((SELECT rowid FROM company WHERE id = :after AND \(condition)), 0) AND \(condition)
            ORDER BY rowid LIMIT :limit
            """, arguments
        ).compactMap { row in try row.company }
    }
}
