public import AccountDirectory
internal import GRDB
internal import OpenIDMessages
public import ProviderCore

extension SQLiteStore {
    public func personalData(of account: AccountIdentifier) async throws -> [PersonalSection] {
        try read { db in
            try PersonalTable.all.flatMap { [$0.export, $0.more].compactMap(\.self) }.compactMap { export in
                guard case .section(let name, let sql) = export else { return nil }
                return PersonalSection(
                    name: name, rows: try db.rows(sql, ["account": account.rawValue]).map { row in try row.exported })
            }
        }
    }
}
