public import AccountDirectory
internal import GRDB
internal import IdentityCrypto
public import OpenIDMessages
public import ProviderCore

extension SQLiteStore {
    public func authority(
        of membership: MembershipIdentifier, for company: CompanyIdentifier, now: Timestamp
    ) async throws -> AuthorityFacts? {
        try readTogether { db in try db.authority(of: membership, for: company, now: now) }
    }

    public func authorities(of account: AccountIdentifier, now: Timestamp) async throws -> [AuthorityFacts] {
        try readTogether { db in
            try db.rows(
                """
                SELECT m.id AS membership, m.company AS company, m.since AS since FROM membership m
                WHERE m.account = :account AND m.state <> 'ended'
                UNION
                SELECT m.id, d.company, m.since FROM membership m JOIN mandate d ON d.grantee_membership = m.id
                WHERE m.account = :account AND m.state <> 'ended' AND d.state = 'active'
                ORDER BY since, membership, company
                """, ["account": account.rawValue]
            ).compactMap { row in
                try db.authority(of: try row.value("membership"), for: try row.value("company"), now: now)
            }
        }
    }

    public func parties(
        of membership: MembershipIdentifier, for company: CompanyIdentifier
    ) async throws -> RepresentationParties? {
        try readTogether { db in
            let member = try db.row("SELECT company, level, since FROM membership WHERE id = ?", [membership.rawValue])
            guard let member, let home = try db.company(try member.value("company")),
                let represented = try db.company(company)
            else { return nil }
            let evidence = try db.row(
                """
                SELECT * FROM company_evidence WHERE company = ? ORDER BY recorded_at DESC, rowid DESC LIMIT 1
                """, [company.rawValue])
            return RepresentationParties(
                company: represented, home: home, evidence: try evidence?.companyEvidence,
                binding: try member.level("level"), boundAt: try member.time("since"))
        }
    }

    public func use(
        _ authorityCase: AuthorityCase, _ rule: @escaping @Sendable (AuthorityFacts) -> AuthorityDecision
    ) async throws -> AuthorityDecision? {
        try await writer.write { db in
            let facts = try db.authority(
                of: authorityCase.membership, for: authorityCase.company, now: authorityCase.time)
            guard let facts else { return nil }
            let decision = rule(facts)
            if case .allowed(let authority) = decision { try db.recordUse(of: authority, authorityCase) }
            return decision
        }
    }

    public func membership(
        of subject: SubjectIdentifier, in sector: SubjectSector
    ) async throws -> MembershipIdentifier? {
        try read { db in
            let row = try db.row(
                "SELECT context FROM pairwise WHERE subject = ? AND sector = ?", [subject.rawValue, sector.name])
            guard let context = try row?.text("context"), context.hasPrefix("company:") else { return nil }
            return MembershipIdentifier(rawValue: String(context.dropFirst("company:".count)))
        }
    }

    public func company(of subject: CompanySubject, in sector: SubjectSector) async throws -> CompanyIdentifier? {
        try read { db in
            try db.row(
                "SELECT company FROM company_subject WHERE subject = ? AND sector = ?",
                [subject.rawValue, sector.name])?.value("company")
        }
    }

    public func subject(of company: CompanyIdentifier, in sector: SubjectSector) async throws -> CompanySubject {
        // Each login and question of a portal asks for it: the writer is for the first one in a sector.
        if let known = try read({ db in try db.knownSubject(of: company, in: sector) }) { return known }
        return try await writer.write { db in try db.subject(of: company, in: sector) }
    }
}

extension Database {
    fileprivate func knownSubject(
        of company: CompanyIdentifier, in sector: SubjectSector
    ) throws -> CompanySubject? {
        try row(
            "SELECT subject FROM company_subject WHERE company = ? AND sector = ?", [company.rawValue, sector.name])?
            .value("subject")
    }

    /// The company's name in that sector.
    fileprivate func subject(of company: CompanyIdentifier, in sector: SubjectSector) throws -> CompanySubject {
        if let known = try knownSubject(of: company, in: sector) { return known }
        let fresh = RandomBytes.text(16)
        try run(
            "INSERT INTO company_subject (subject, company, sector) VALUES (?, ?, ?)",
            [fresh, company.rawValue, sector.name])
        guard let subject = CompanySubject(rawValue: fresh) else { throw StorageFault.undecodable("subject") }
        return subject
    }

    /// So that the company sees who acted for it, where and when.
    fileprivate func recordUse(of authority: Authority, _ authorityCase: AuthorityCase) throws {
        let mandate: MandateIdentifier? =
            if case .mandate(let held) = authority { held.mandate.identifier } else { nil }
        let person = try row(
            "SELECT account FROM membership WHERE id = ?", [authorityCase.membership.rawValue])
        try audit(
            .use(
                of: mandate, by: authorityCase.membership, of: try person?.accountIdentifier,
                for: authorityCase.company,
                at: authorityCase.tenant, in: authorityCase.transaction, authorityCase.time))
    }

    /// A login for a company, with the phone or in silence, is an act for it.
    func recordUse(of grant: AuthorizationGrant, at time: Timestamp) throws {
        guard case .company(let membership, let company, let mandate, _) = grant.acting else { return }
        try audit(
            .use(
                of: mandate, by: membership, of: grant.account, for: company, at: grant.tenant,
                in: grant.transaction, time))
    }
}

extension SecurityEvent {
    /// Somebody acted for a company, by a mandate, or without one as a member or as the register has it.
    fileprivate static func use(
        of mandate: MandateIdentifier?, by membership: MembershipIdentifier, of person: AccountIdentifier?,
        for company: CompanyIdentifier, at tenant: TenantIdentifier, in transaction: TransactionIdentifier?,
        _ time: Timestamp
    ) -> SecurityEvent {
        SecurityEvent(
            .mandateUsed, time: time, tenant: tenant, object: mandate?.rawValue ?? membership.rawValue,
            transaction: transaction, actor: .person, person: person, company: company)
    }
}
