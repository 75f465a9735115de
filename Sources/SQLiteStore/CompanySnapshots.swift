internal import AccountDirectory
internal import GRDB
internal import OpenIDMessages
internal import ProviderCore

extension Database {
    /// What a decision about a company rests on. Nil when there is no such company, or its facts were erased.
    func snapshot(of company: CompanyIdentifier, concerning concern: CompanyConcern) throws -> CompanySnapshot? {
        guard let record = try row("SELECT * FROM company WHERE id = ?", [company.rawValue])?.company else {
            return nil
        }
        var snapshot = CompanySnapshot(company: record, administrators: try administrators(of: company))
        if let account = concern.actor {
            snapshot.actorAccount = try standing(of: account)
            snapshot.actor = try member(account, of: company)
        }
        snapshot.clerk = try concern.clerk.flatMap { clerk in try member(clerk, of: company) }
        if let target = concern.target {
            snapshot.target = try member("m.company = ? AND m.id = ?", [company.rawValue, target.rawValue])
        }
        if let invitation = concern.invitation {
            snapshot.invitation = try row(
                "SELECT * FROM invitation WHERE company = ? AND id = ?", [company.rawValue, invitation.rawValue])?
                .invitation
            snapshot.inviter = try snapshot.invitation.flatMap { invitation in
                try member("m.id = ?", [invitation.invitedBy.rawValue])
            }
        }
        snapshot.powers = try powers(of: company)
        snapshot.extractLevel = try snapshot.powers.first.flatMap { power in
            try row("SELECT level FROM company_evidence WHERE id = ?", [power.evidence.rawValue])?.level("level")
        }
        if record.details.kind == .soleTrader,
            !snapshot.powers.contains(where: { $0.kind == .owner && $0.state == .signed })
        {
            snapshot.lastOwner = try lastOwner(of: company)
        }
        if let act = concern.approvals {
            snapshot.approvals = try approvals(act, of: snapshot)
        }
        snapshot.openInvitations = Int(
            try row(
                """
                SELECT count(*) AS open FROM invitation WHERE company = ? AND state IN ('created', 'sent', 'opened')
                """, [company.rawValue])?.integer("open") ?? 0)
        return snapshot
    }

    private func administrators(of company: CompanyIdentifier) throws -> [CompanyMember] {
        try members("m.company = ? AND m.is_administrator = 1 AND m.state <> 'ended'", [company.rawValue])
    }

    func powers(of company: CompanyIdentifier) throws -> [RegisterPowerRecord] {
        try rows(
            "SELECT * FROM register_power WHERE company = ? AND state <> 'superseded' ORDER BY rowid",
            [company.rawValue]
        ).map { row in try row.registerPower }
    }

    private func lastOwner(of company: CompanyIdentifier) throws -> AccountIdentifier? {
        try row(
            """
            SELECT account FROM register_power WHERE company = ? AND kind = 'inhaber' AND account IS NOT NULL
            ORDER BY signed_at DESC, rowid DESC LIMIT 1
            """, [company.rawValue])?
            .accountIdentifier
    }

    private func standing(of account: AccountIdentifier) throws -> AccountStanding? {
        try row(
            "SELECT state AS account_state, level AS account_level FROM account WHERE id = ?", [account.rawValue])?
            .accountStanding
    }

    /// Agreements to an act about the snapshot's invitation or target, or about the company itself.
    private func approvals(_ act: CompanyApproval.Act, of snapshot: CompanySnapshot) throws -> [CompanyApproval] {
        let subject: String? =
            switch act {
            case .invite: snapshot.invitation?.identifier.rawValue
            case .remove: snapshot.target?.membership.identifier.rawValue
            case .close: snapshot.company.identifier.rawValue
            }
        guard let subject else { return [] }
        return try rows(
            "SELECT * FROM company_approval WHERE act = ? AND subject = ?", [act.rawValue, subject]
        ).map { row in try row.companyApproval }
    }

    private func member(_ account: AccountIdentifier, of company: CompanyIdentifier) throws -> CompanyMember? {
        try member(
            "m.company = ? AND m.account = ? AND m.state <> 'ended'", [company.rawValue, account.rawValue])
    }

    private func member(_ condition: String, _ arguments: SQLArguments) throws -> CompanyMember? {
        try members(condition, arguments).first
    }

    /// - Parameter condition: SQL of this file, never of a caller.
    private func members(_ condition: String, _ arguments: SQLArguments) throws -> [CompanyMember] {
        try rows(
            """
            SELECT m.*, a.state AS account_state, a.level AS account_level
            FROM membership m JOIN account a ON a.id = m.account WHERE \(condition) ORDER BY m.since, m.rowid
            """, arguments
        ).map { row in try row.companyMember }
    }
}
