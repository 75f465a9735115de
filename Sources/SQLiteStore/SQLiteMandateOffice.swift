public import AccountDirectory
internal import GRDB
public import OpenIDMessages
public import ProviderCore

extension SQLiteStore {
    public func mandates(
        actingFor company: CompanyIdentifier, page: PageRequest
    ) async throws -> [MandateRecord] {
        try readTogether { db in
            try db.rows(
                """
                SELECT * FROM mandate WHERE company = :company
                    AND rowid > coalesce((SELECT rowid FROM mandate WHERE company = :company AND id = :after), 0)
                ORDER BY rowid LIMIT :limit
                """, ["company": company.rawValue, "after": page.after, "limit": page.limit]
            ).map { row in try db.record(of: try row.mandate) }
        }
    }

    public func mandate(_ identifier: MandateIdentifier) async throws -> MandateRecord? {
        try readTogether { db in try db.mandate(identifier).map { try db.record(of: $0) } }
    }

    public func mandate(_ identifier: MandateIdentifier, in scope: TenantScope) async throws -> MandateRecord? {
        try readTogether { db in
            let row = try db.row(
                """
                SELECT mandate.* FROM mandate JOIN company ON company.id = mandate.company
                WHERE mandate.id = ? AND \(companyOffice) = ?
                """, [identifier.rawValue, scope.name])
            return try row.map { row in try db.record(of: try row.mandate) }
        }
    }

    public func revoke(
        _ mandate: MandateIdentifier, by office: CompanyActor, at time: Timestamp
    ) async throws -> MandateOutcome<MandateRecord> {
        try await writer.write { db in
            guard let found = try db.mandate(mandate) else { return .unknown }
            if case .administrator(let clerk) = office.actor, try db.concerns(found, clerk) {
                return .refused(.selfApproval)
            }
            guard try db.move(found, .revoke, by: office, at: time) else { return .refused(.notInThatState) }
            return .done(try db.record(of: mandate))
        }
    }
}

extension Database {
    /// True when somebody belongs to a company that takes part in the mandate, or has signed for one by its register.
    fileprivate func concerns(_ mandate: Mandate, _ account: AccountIdentifier) throws -> Bool {
        try row(
            """
            SELECT 1 FROM membership WHERE account = :account AND state <> 'ended'
                AND company IN (:company, :grantor, :holder)
            UNION SELECT 1 FROM register_power WHERE account = :account AND state = 'signed'
                AND company IN (:company, :grantor, :holder)
            """,
            [
                "account": account.rawValue, "company": mandate.company.rawValue, "grantor": mandate.grantor.rawValue,
                "holder": mandate.grantee.company?.rawValue,
            ]) != nil
    }
}
