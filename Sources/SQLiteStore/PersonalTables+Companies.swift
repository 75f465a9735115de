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
            erasure: [], stays: "the company's record of who could act for it"),
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
                    person = substr(hex(randomblob(21)), 1, 42) || 'A'
                WHERE account = :account
                """
            ]),
        PersonalTable(
            name: "invitation",
            export: .withheld(because: "it speaks of the person who was invited, not of the one who invited"),
            erasure: [], stays: "the company's record; it expires by itself"),
        PersonalTable(
            name: "membership",
            export: .section(
                "memberships",
                """
                SELECT id, company, roles AS "roles:json", state, level, since, valid_until, ended_at, end_reason
                FROM membership WHERE account = :account ORDER BY since
                """),
            erasure: [], stays: "it has ended, and names an account of which nothing is left"),
        PersonalTable(
            name: "company_subject",
            export: .withheld(because: "it names companies, not people"), erasure: [],
            stays: "it names companies, not people"),
    ]
}
