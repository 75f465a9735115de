public import AccountDirectory
internal import GRDB
internal import OpenIDMessages
public import ProviderCore

extension SQLiteStore {
    public func personalData(of account: AccountIdentifier) async throws -> [PersonalSection] {
        try read { db in
            try PersonalTable.all.compactMap { table in
                guard case .section(let name, let sql) = table.export else { return nil }
                return PersonalSection(
                    name: name, rows: try db.rows(sql, ["account": account.rawValue]).map { row in try row.exported })
            }
        }
    }
}
