internal import AccountDirectory
internal import GRDB
internal import OpenIDMessages
internal import ProviderCore

/// What came of logins for a company ends with the right to act for it, in the transaction that ends the right or lets it
/// rest (I18): codes, access tokens and refresh tokens stay ended when the right comes back, and the person logs in anew.
extension Database {
    /// The company is active no more: nobody acts for it, nor its people for the companies that it serves.
    func endGrants(of company: CompanyIdentifier, at time: Timestamp) throws {
        try endGrants(
            """
            (company = :company OR company IN (SELECT company FROM mandate WHERE grantor = :company)
                AND mandate IN (SELECT id FROM mandate WHERE grantor = :company))
            """, ["company": company.rawValue], at: time)
    }

    /// A membership rests or is over.
    func endGrants(of membership: MembershipIdentifier, at time: Timestamp) throws {
        try endGrants(
            """
            session IN (SELECT s.id FROM membership m JOIN session s ON s.account = m.account WHERE m.id = :membership)
                AND (context = :context OR substr(context, 1, length(:context) + 1) = :context || '~')
            """,
            [
                "membership": membership.rawValue, "context": ContextName(membership: membership).rawValue,
            ], at: time)
    }

    /// The register gives a person no right any more to act alone.
    func endGrants(of account: AccountIdentifier, byTheRegisterOf company: CompanyIdentifier, at time: Timestamp) throws
    {
        try endGrants(
            "company = :company AND mandate IS NULL AND account = :account",
            ["company": company.rawValue, "account": account.rawValue], at: time)
    }

    /// A mandate rests or is over, and with it what was delegated from it.
    func endGrants(under mandate: Mandate, at time: Timestamp) throws {
        try endGrants(
            """
            company = :company AND (mandate = :mandate OR mandate IN (SELECT id FROM mandate WHERE parent = :mandate))
            """, ["company": mandate.company.rawValue, "mandate": mandate.identifier.rawValue], at: time)
    }

    /// - Parameter condition: SQL of this file about `authorization_grant`.
    private func endGrants(_ condition: String, _ arguments: SQLArguments, at time: Timestamp) throws {
        let ended = try rows(
            """
            UPDATE authorization_grant SET revoked_at = :now WHERE revoked_at IS NULL AND \(condition)
                AND EXISTS (SELECT 1 FROM session s WHERE s.id = session AND s.ended_at IS NULL AND s.expires_at > :now)
            RETURNING txn, tenant, account, client
            """, arguments + ["now": time.seconds])
        for row in ended {
            try audit(.tokenRevoked, AuditedGrant(row, client: try row.value("client")), actor: .system, now: time)
        }
    }
}
