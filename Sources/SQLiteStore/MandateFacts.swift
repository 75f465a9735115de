internal import AccountDirectory
internal import GRDB
internal import OpenIDMessages
internal import ProviderCore

/// What decisions about mandates rest on, read in the transaction that writes them.
extension Database {
    /// The person in a company; nil unless the person's rights count there now.
    func mandateActor(
        _ account: AccountIdentifier, in company: CompanyIdentifier, now: Timestamp
    ) throws -> MandateActor? {
        let row = try row(
            """
            SELECT m.*, a.state AS account_state, a.level AS account_level, c.floor AS company_floor
            FROM membership m JOIN account a ON a.id = m.account JOIN company c ON c.id = m.company
            WHERE m.company = ? AND m.account = ? AND m.state <> 'ended'
            """, [company.rawValue, account.rawValue])
        guard let row, try row.companyMember.isEffective(floor: try row.level("company_floor"), now: now) else {
            return nil
        }
        let roles = try row.companyRoles
        return MandateActor(
            account: account, membership: try row.value("id"), grantsAs: GrantingBody(roles),
            isSoleRepresentative: RepresentationRules.isSoleRepresentative(account, try registerPowers(of: company)),
            isJointRepresentative: try registerStanding(of: account, in: company) == .joint)
    }

    private func registerPowers(of company: CompanyIdentifier) throws -> [RegisterPowerRecord] {
        try rows("SELECT * FROM register_power WHERE company = ? AND state <> 'superseded'", [company.rawValue])
            .map { row in try row.registerPower }
    }

    /// What the latest extract of the register says, once the person has signed as the one whom it names. A Prokurist
    /// represents the company in business, not in what concerns itself (§ 49 HGB).
    func registerStanding(
        of account: AccountIdentifier, in company: CompanyIdentifier
    ) throws -> RegisterStanding {
        let row = try row(
            """
            SELECT min(signatories) AS signatories FROM register_power
            WHERE account = ? AND company = ? AND state = 'signed' AND kind <> 'prokurist' GROUP BY company
            """, [account.rawValue, company.rawValue])
        guard let row else { return .none }
        return try row.integer("signatories") == 1 ? .sole : .joint
    }

    func companyStanding(_ company: CompanyIdentifier) throws -> CompanyStanding? {
        guard
            let row = try row("SELECT state, approvers_needed FROM company WHERE id = ?", [company.rawValue])
        else { return nil }
        let establishments = try rows(
            "SELECT id FROM establishment WHERE company = ? AND state = 'active'", [company.rawValue])
        return CompanyStanding(
            isActive: try row.text("state") == CompanyState.active.rawValue,
            signaturesNeeded: Int(try row.integer("approvers_needed")),
            establishments: Set(try establishments.map { row in try row.value("id") }))
    }

    func granteeStanding(_ grantee: MandateGrantee, now: Timestamp) throws -> GranteeStanding {
        switch grantee {
        case .company(let company):
            guard let standing = try companyStanding(company) else { return .unknown }
            return .company(isActive: standing.isActive)
        case .membership(let membership):
            guard let member = try memberRow(membership) else { return .unknown }
            return .member(
                account: try member.value("account"), company: try member.value("company"),
                isActive: try member.companyMember.isEffective(floor: try member.level("company_floor"), now: now))
        }
    }

    func parentStanding(_ parent: MandateIdentifier?) throws -> ParentStanding? {
        guard let mandate = try parent.flatMap(self.mandate) else { return nil }
        let approvers = try record(of: mandate).approvals.map(\.account)
        return ParentStanding(mandate: mandate, approvers: Set(approvers))
    }

    /// Mandates of one company for one grantee that are not over.
    func standingMandates(of company: CompanyIdentifier, for grantee: MandateGrantee) throws -> [Mandate] {
        switch grantee {
        case .membership(let membership):
            try rows(
                "SELECT * FROM mandate WHERE grantee_membership = ? AND company = ? AND ended_at IS NULL",
                [membership.rawValue, company.rawValue]
            ).map { row in try row.mandate }
        case .company(let holder):
            try rows(
                "SELECT * FROM mandate WHERE grantee_company = ? AND company = ? AND ended_at IS NULL",
                [holder.rawValue, company.rawValue]
            ).map { row in try row.mandate }
        }
    }

    /// A mandate and everybody around it, for a person who wants something with it.
    func situation(
        of identifier: MandateIdentifier, for account: AccountIdentifier, now: Timestamp
    ) throws -> MandateSituation? {
        guard let mandate = try mandate(identifier) else { return nil }
        let companies = Set([mandate.company, mandate.grantor] + [mandate.grantee.company].compactMap(\.self))
        var roles: [CompanyIdentifier: MandateActor] = [:]
        for company in companies { roles[company] = try mandateActor(account, in: company, now: now) }
        let areActive = try companies.allSatisfy { try companyStanding($0)?.isActive == true }
        guard let grantor = try companyStanding(mandate.grantor) else { throw StorageFault.missing("company") }
        let record = try record(of: mandate)
        let approvers = try record.approvals.compactMap { approval in
            try mandateActor(approval.account, in: mandate.grantor, now: now)
        }
        let isGranteeActive =
            switch try granteeStanding(mandate.grantee, now: now) {
            case .member(_, _, let isActive), .company(let isActive): isActive
            case .unknown: false
            }
        return MandateSituation(
            record: record, parent: try mandate.parent.flatMap(self.mandate), roles: roles, approvers: approvers,
            signaturesNeeded: grantor.signaturesNeeded, areCompaniesActive: areActive,
            isGranteeActive: isGranteeActive)
    }

    /// What decides whether a member may act for a company.
    func authority(
        of membership: MembershipIdentifier, for company: CompanyIdentifier, now: Timestamp
    ) throws -> AuthorityFacts? {
        guard let member = try memberRow(membership), let standing = try companyStanding(company) else { return nil }
        let home: CompanyIdentifier = try member.value("company")
        let held = try rows(
            """
            SELECT m.*, g.state AS grantor_state FROM mandate m JOIN company g ON g.id = m.grantor
            WHERE m.grantee_membership = ? AND m.company = ? AND m.state IN ('active', 'suspended', 'expired')
            """, [membership.rawValue, company.rawValue]
        ).map { row in
            HeldMandate(
                mandate: try row.mandate, parent: try row.mandate.parent.flatMap(self.mandate),
                areCompaniesActive: try row.text("grantor_state") == CompanyState.active.rawValue)
        }
        return AuthorityFacts(
            company: company, isCompanyActive: standing.isActive, member: membership, home: home,
            isMemberActive: try member.companyMember.isEffective(floor: try member.level("company_floor"), now: now),
            register: home == company ? try registerStanding(of: try member.value("account"), in: company) : .none,
            mandates: held)
    }

    /// A membership with how its account stands and what its company demands.
    private func memberRow(_ membership: MembershipIdentifier) throws -> StoredRow? {
        try row(
            """
            SELECT m.*, a.state AS account_state, a.level AS account_level, c.floor AS company_floor
            FROM membership m JOIN account a ON a.id = m.account JOIN company c ON c.id = m.company WHERE m.id = ?
            """, [membership.rawValue])
    }
}

extension GrantingBody {
    /// In whose name a member grants; nil when the roles do not let them.
    init?(_ roles: CompanyRoles) {
        if roles.contains(.orgAdmin) {
            self = .orgAdmin
        } else if roles.contains(.rightsAdmin) {
            self = .rightsAdmin
        } else {
            return nil
        }
    }
}
