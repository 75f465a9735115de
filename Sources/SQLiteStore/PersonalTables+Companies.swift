extension PersonalTable {
    /// What a person is in companies. Approvals go before the devices that gave them; what a company keeps of its past names a
    /// membership of whose account nothing is left.
    static let companies: [PersonalTable] = [
        PersonalTable(
            name: "mandate_approval",
            export: .section(
                "mandate_approvals",
                """
                SELECT mandate, device, approved_at FROM mandate_approval
                WHERE membership IN (SELECT id FROM membership WHERE account = :account) ORDER BY approved_at
                """),
            erasure: [
                """
                DELETE FROM mandate_approval WHERE membership IN (SELECT id FROM membership WHERE account = :account)
                """
            ]),
        PersonalTable(
            name: "mandate",
            export: .section(
                "mandates",
                """
                SELECT id, company, scopes AS "scopes:json", tenants AS "tenants:json", limit_hundredths, limit_currency,
                    valid_from, valid_until, may_delegate, basis, reason, state, activated_at, ended_at
                FROM mandate WHERE grantee_membership IN (SELECT id FROM membership WHERE account = :account)
                ORDER BY proposed_at
                """),
            more: .section(
                "proposed_mandates",
                """
                SELECT id, company, scopes AS "scopes:json", valid_from, valid_until, reason, state, proposed_at, ended_at
                FROM mandate WHERE proposed_by IN (SELECT id FROM membership WHERE account = :account)
                ORDER BY proposed_at
                """),
            // What somebody wrote as the reason may name them or whom they gave the mandate to.
            erasure: [
                """
                UPDATE mandate SET reason = '(erased)'
                WHERE proposed_by IN (SELECT id FROM membership WHERE account = :account)
                    OR grantee_membership IN (SELECT id FROM membership WHERE account = :account)
                """
            ]),
        PersonalTable(
            name: "company_approval",
            export: .section(
                "company_approvals",
                "SELECT act, company, device, time FROM company_approval WHERE account = :account ORDER BY time"),
            erasure: ["DELETE FROM company_approval WHERE account = :account"]),
        PersonalTable(
            name: "register_power",
            export: .section(
                "register_powers",
                """
                SELECT company, kind, signatories, as_of, state, level, signed_at FROM register_power
                WHERE account = :account ORDER BY signed_at
                """),
            // The hash of name and birthday is made of the company's identifier: whoever has the key could find the person
            // again. Its place takes 42 random letters and one that ends them as base64url does.
            erasure: [
                """
                UPDATE register_power SET device = NULL, state = 'superseded',
                    superseded_at = coalesce(superseded_at, signed_at), person = substr(hex(randomblob(21)), 1, 42) || 'A'
                WHERE account = :account
                """
            ]),
        PersonalTable(
            name: "invitation",
            export: .section(
                "sent_invitations",
                """
                SELECT id, company, roles AS "roles:json", state, created_at, expires_at FROM invitation
                WHERE invited_by IN (SELECT id FROM membership WHERE account = :account) ORDER BY created_at
                """),
            erasure: [], stays: "the company's record; it expires by itself, and whom it is for is a keyed hash"),
        PersonalTable(
            name: "company",
            export: .section(
                "own_companies",
                """
                SELECT id, details AS "details:json", state, level, created_at FROM company
                WHERE id IN (\(ownCompanies)) ORDER BY created_at
                """),
            erasure: [], stays: "a sole trader's facts go when the business ends with its only person"),
        PersonalTable(
            name: "establishment",
            export: .section(
                "own_establishments",
                """
                SELECT id, company, activity, name, municipality, address AS "address:json", state FROM establishment
                WHERE company IN (\(ownCompanies)) ORDER BY company, activity, rowid
                """),
            erasure: [], stays: "the company's; a sole trader's go with its facts"),
        PersonalTable(
            name: "company_evidence",
            export: .section(
                "own_company_evidence",
                """
                SELECT id, company, method, performer, level, as_of, recorded_at FROM company_evidence
                WHERE company IN (\(ownCompanies)) ORDER BY recorded_at
                """),
            erasure: [], stays: "the company's: how and when it was proved, without a value of a person"),
        PersonalTable(
            name: "membership",
            export: .section(
                "memberships",
                """
                SELECT id, company, (SELECT json_extract(c.details, '$.name') FROM company c
                    WHERE c.id = membership.company AND c.state IN ('active', 'frozen', 'closing')) AS company_name,
                    roles AS "roles:json", state, level, since, valid_until, ended_at, end_reason
                FROM membership WHERE account = :account ORDER BY since
                """),
            erasure: [], stays: "it has ended, and names an account of which nothing is left"),
        PersonalTable(
            name: "company_subject",
            export: .withheld(because: "it names companies, not people"), erasure: [],
            stays: "it names companies, not people"),
    ]

    /// The businesses of a sole trader: what is known of them is known of the person.
    private static let ownCompanies = """
        SELECT c.id FROM company c WHERE json_extract(c.details, '$.kind') = 'NatPers' AND (c.id IN
            (SELECT company FROM register_power p WHERE account = :account AND kind = 'inhaber'
                AND (state = 'signed' OR NOT EXISTS (SELECT 1 FROM register_power other
                    WHERE other.company = p.company AND other.kind = 'inhaber' AND other.account <> p.account
                        AND (other.state = 'signed' OR other.signed_at > p.signed_at))))
            OR c.state IN ('draft', 'verifying') AND c.id IN (SELECT company FROM membership
                WHERE account = :account AND is_administrator = 1 AND state <> 'ended'))
        """
}
