public import AccountDirectory
internal import GRDB
public import OpenIDMessages
public import ProviderCore

extension SQLiteStore {
    public func found(_ company: CompanyRecord, founder: MembershipRecord) async throws -> CompanyRefusal? {
        try await writer.write { db in
            let drafts = try db.row(
                """
                SELECT count(*) AS open FROM membership m JOIN company c ON c.id = m.company
                WHERE m.account = ? AND m.state <> 'ended' AND m.is_administrator = 1
                    AND c.state IN ('draft', 'verifying')
                """, [founder.account.rawValue])
            guard try drafts?.integer("open") ?? 0 < CompanyRules.openDrafts else { return .tooMany }
            for identity in company.details.identities where try db.company(with: identity) != nil {
                return .identityTaken
            }
            try db.insert(company)
            try db.insert(founder)
            try db.audit(
                SecurityEvent(
                    .companyCreated, time: company.createdAt, object: company.identifier.rawValue, actor: .person,
                    person: founder.account, company: company.identifier))
            try db.audit(
                SecurityEvent(
                    of: .newMembership(founder), in: company.identifier, by: .person(founder.account),
                    time: company.createdAt))
            return nil
        }
    }

    public func change(
        _ company: CompanyIdentifier, concerning concern: CompanyConcern, by actor: CompanyActor, now: Timestamp,
        _ decide: @escaping @Sendable (CompanySnapshot) -> CompanyDecision
    ) async throws -> CompanyDecision? {
        do {
            return try await writer.write { db in
                guard let snapshot = try db.snapshot(of: company, concerning: concern) else { return nil }
                let decision = decide(snapshot)
                try db.write(decision.changes, of: company, by: actor, now: now)
                return decision
            }
        } catch let refused as CompanyWriteRefused {
            return .refused(refused.refusal)
        }
    }

    public func snapshot(
        of company: CompanyIdentifier, concerning concern: CompanyConcern
    ) async throws -> CompanySnapshot? {
        try readTogether { db in try db.snapshot(of: company, concerning: concern) }
    }

    public func companies(of account: AccountIdentifier) async throws -> [CompanyOfPerson] {
        try readTogether { db in
            let memberships = try db.rows(
                "SELECT * FROM membership WHERE account = ? AND state <> 'ended' ORDER BY since, rowid",
                [account.rawValue]
            ).map { row in try row.membership }
            return try memberships.compactMap { membership in
                try db.company(membership.company).map { CompanyOfPerson(company: $0, membership: membership) }
            }
        }
    }

    public func name(of company: CompanyIdentifier) async throws -> String? {
        try read { db in try db.company(company)?.details.name.text }
    }

    public func file(of company: CompanyIdentifier) async throws -> CompanyFile? {
        try readTogether { db in
            guard let record = try db.company(company) else { return nil }
            return CompanyFile(
                company: record, people: try db.people(of: company),
                invitations: try db.rows(
                    "SELECT * FROM invitation WHERE company = ? ORDER BY created_at DESC, rowid DESC",
                    [company.rawValue]
                ).map { row in try row.invitation },
                powers: try db.powers(of: company),
                establishments: try db.rows(
                    "SELECT * FROM establishment WHERE company = ? ORDER BY activity, rowid", [company.rawValue]
                ).map { row in try row.establishment },
                evidence: try db.rows(
                    "SELECT * FROM company_evidence WHERE company = ? ORDER BY recorded_at DESC, rowid DESC",
                    [company.rawValue]
                ).map { row in try row.companyEvidence })
        }
    }

    /// Several SELECTs that see one state of the database.
    func readTogether<T>(_ body: (Database) throws -> T) throws -> T {
        try read { db in
            try db.run("BEGIN")
            defer { _ = try? db.run("COMMIT") }
            return try body(db)
        }
    }

    public func company(with identity: CompanyIdentity) async throws -> CompanyRecord? {
        try read { db in try db.company(with: identity) }
    }

    public func invitation(code: ContentDigest) async throws -> InvitationRecord? {
        try read { db in
            try db.row("SELECT * FROM invitation WHERE code_digest = ?", [code.rawValue])?.invitation
        }
    }
}

extension Database {
    /// A company whose facts were not erased.
    func company(_ identifier: CompanyIdentifier) throws -> CompanyRecord? {
        try row("SELECT * FROM company WHERE id = ?", [identifier.rawValue])?.company
    }

    /// The verified company with this identity.
    func company(with identity: CompanyIdentity) throws -> CompanyRecord? {
        let verified = "state IN ('active', 'frozen', 'closing')"
        return switch identity {
        case .euid(let euid):
            try row("SELECT * FROM company WHERE euid = ? AND \(verified)", [euid.rawValue])?.company
        case .business(let number):
            try row(
                "SELECT * FROM company WHERE business_number = ? AND \(verified)", [number.business.rawValue])?
                .company
        case .register(let entry):
            try row("SELECT * FROM company WHERE register_entry = ? AND \(verified)", [entry.key])?.company
        case .trade(let trade):
            try row("SELECT * FROM company WHERE trade = ? AND \(verified)", [trade.stored])?.company
        }
    }

    fileprivate func people(of company: CompanyIdentifier) throws -> [CompanyPerson] {
        try rows(
            """
            SELECT m.*, p.attributes FROM membership m JOIN account a ON a.id = m.account JOIN person p ON p.id = a.person
            WHERE m.company = ? AND m.state <> 'ended' ORDER BY m.since, m.rowid
            """, [company.rawValue]
        ).map { row in
            let person = try row.wanted(ReadLately.people.value(try row.text("attributes")), "attributes").wrappedValue
            return CompanyPerson(
                membership: try row.membership, givenName: person.givenName, familyName: person.familyName)
        }
    }

    fileprivate func insert(_ company: CompanyRecord) throws {
        let details = company.details
        try run(
            """
            INSERT INTO company (id, details, state, level, floor, approvers_needed, euid, business_number,
                register_entry, trade, created_at, changed_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                company.identifier.rawValue, details.json.text, company.state.rawValue, company.level.name,
                company.floor.name, company.approversNeeded, details.euid?.rawValue,
                details.businessNumber?.business.rawValue, details.register?.key, details.trade?.stored,
                company.createdAt.seconds, company.changedAt.seconds,
            ])
    }
}

extension TradeRegistration {
    /// As the column `trade` has it; neither part has a colon.
    var stored: String { "\(tenant):\(number)" }
}
