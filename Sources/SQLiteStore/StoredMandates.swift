internal import AccountDirectory
internal import GRDB
internal import OpenIDMessages
internal import ProviderCore

extension StoredRow {
    var mandate: Mandate {
        get throws {
            Mandate(
                identifier: try value("id"), company: try value("company"), grantor: try value("grantor"),
                grantee: try mandateGrantee, parent: try optionalValue("parent"), depth: Int(try integer("depth")),
                replaces: try optionalValue("replaces"), powers: try mandatePowers,
                mayDelegate: try integer("may_delegate") == 1, approvalsNeeded: Int(try integer("approvals_needed")),
                basis: try value("basis"), reason: try text("reason"), state: try value("state"),
                proposedBy: try value("proposed_by"), proposedAt: try time("proposed_at"),
                activatedAt: try optionalTime("activated_at"), grantedBy: try optionalValue("granted_by"))
        }
    }

    private var mandateGrantee: MandateGrantee {
        get throws {
            if let membership: MembershipIdentifier = try optionalValue("grantee_membership") {
                return .membership(membership)
            }
            return .company(try value("grantee_company"))
        }
    }

    private var mandatePowers: MandatePowers {
        get throws {
            let codes = try strings("scopes")
            let scopes = codes.compactMap(MandateScope.init(rawValue:))
            let currency: Currency? = try optionalValue("limit_currency")
            let limit = try currency.map { currency in
                try wanted(
                    MoneyAmount(hundredths: try integer("limit_hundredths"), currency), "limit_hundredths")
            }
            return MandatePowers(
                scopes: Set(try wanted(scopes.count == codes.count ? scopes : nil, "scopes")),
                tenants: try wanted(Reach(words: try strings("tenants")), "tenants"), limit: limit,
                establishments: try wanted(Reach(words: try strings("establishments")), "establishments"),
                validity: MandateValidity(from: try value("valid_from"), until: try value("valid_until")))
        }
    }
}

extension Database {
    func mandate(_ identifier: MandateIdentifier) throws -> Mandate? {
        try row("SELECT * FROM mandate WHERE id = ?", [identifier.rawValue])?.mandate
    }

    /// The mandate with its approvals and the account of whoever holds it.
    func record(of mandate: Mandate) throws -> MandateRecord {
        let approvals = try rows(
            """
            SELECT a.*, m.account FROM mandate_approval a JOIN membership m ON m.id = a.membership
            WHERE a.mandate = ? ORDER BY a.approved_at, a.membership
            """, [mandate.identifier.rawValue]
        ).map { row in
            MandateApproval(
                account: try row.value("account"), membership: try row.value("membership"),
                device: try row.value("device"), approvedAt: try row.time("approved_at"))
        }
        let holder = try mandate.grantee.membership.flatMap { membership in
            try row("SELECT account FROM membership WHERE id = ?", [membership.rawValue])
        }
        return MandateRecord(mandate: mandate, approvals: approvals, grantee: try holder?.value("account"))
    }

    func insert(_ mandate: Mandate) throws {
        let powers = mandate.powers
        try run(
            """
            INSERT INTO mandate (id, company, grantor, grantee_membership, grantee_company, parent, depth, replaces,
                scopes, tenants, establishments, limit_hundredths, limit_currency, valid_from, valid_until,
                may_delegate, approvals_needed, basis, reason, state, proposed_by, proposed_at, activated_at,
                granted_by)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                mandate.identifier.rawValue, mandate.company.rawValue, mandate.grantor.rawValue,
                mandate.grantee.membership?.rawValue, mandate.grantee.company?.rawValue, mandate.parent?.rawValue,
                mandate.depth, mandate.replaces?.rawValue, powers.scopes.sorted().map(\.rawValue).jsonText,
                powers.tenants.words.jsonText, powers.establishments.words.jsonText, powers.limit?.hundredths,
                powers.limit?.currency.rawValue, powers.validity.from.rawValue, powers.validity.until.rawValue,
                mandate.mayDelegate, mandate.approvalsNeeded, mandate.basis.rawValue, mandate.reason,
                mandate.state.rawValue, mandate.proposedBy.rawValue, mandate.proposedAt.seconds,
                mandate.activatedAt?.seconds, mandate.grantedBy?.rawValue,
            ])
    }

    func insert(_ approval: MandateApproval, of mandate: MandateIdentifier) throws {
        try run(
            "INSERT INTO mandate_approval (mandate, membership, device, approved_at) VALUES (?, ?, ?, ?)",
            [
                mandate.rawValue, approval.membership.rawValue, approval.device.rawValue,
                approval.approvedAt.seconds,
            ])
    }
}
