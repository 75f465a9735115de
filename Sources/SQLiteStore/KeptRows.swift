internal import AccountDirectory
internal import GRDB
internal import OpenIDMessages
internal import ProviderCore

/// Rows about a person that stay when their account is erased. Audit events name such a row together with the person's
/// pseudonym: a row that kept its identifier would lead from there to everything else that the person did (I39). So each
/// gets another one, and what refers to it follows.
struct KeptRows: Sendable {
    let table: String
    /// Columns that name the account.
    let holders: [String]
    /// Columns that name the row.
    var references: [(table: String, column: String)] = []

    static let all: [KeptRows] = [
        KeptRows(table: "data_subject_request", holders: ["account"]),
        KeptRows(
            table: "admin_assignment", holders: ["account"],
            references: [("admin_assignment", "granted_by"), ("admin_notice", "object")]),
        KeptRows(
            table: "admin_emergency", holders: ["requester", "approver"], references: [("admin_notice", "object")]),
        KeptRows(
            table: "membership", holders: ["account"],
            references: [
                ("invitation", "invited_by"), ("mandate", "grantee_membership"), ("mandate", "proposed_by"),
                ("mandate_approval", "membership"), ("company_approval", "subject"),
            ]),
        KeptRows(table: "register_power", holders: ["account"]),
    ]

    func rename(in db: Database, of account: AccountIdentifier) throws {
        let condition = holders.map { "\($0) = :account" }.joined(separator: " OR ")
        let rows = try db.rows("SELECT id FROM \(table) WHERE \(condition)", ["account": account.rawValue])
        guard !rows.isEmpty else { return }
        let others = try db.rows("SELECT name FROM pragma_table_info(?) WHERE name <> 'id'", [table])
            .map { try $0.text("name") }.joined(separator: ", ")
        for row in rows {
            let (old, fresh) = (try row.text("id"), DataSubjectRequestIdentifier.random().rawValue)
            // A copy first: what refers to a row must find one at every moment.
            try db.run(
                "INSERT INTO \(table) (id, \(others)) SELECT ?, \(others) FROM \(table) WHERE id = ?", [fresh, old])
            for (table, column) in references {
                try db.run("UPDATE \(table) SET \(column) = ? WHERE \(column) = ?", [fresh, old])
            }
            try db.run("DELETE FROM \(table) WHERE id = ?", [old])
        }
    }
}
