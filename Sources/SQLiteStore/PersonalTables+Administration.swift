extension PersonalTable {
    /// What a person is in the administration. Which rights there were, and who gave them, stays to be seen, without the
    /// person's name there.
    static let administration: [PersonalTable] = [
        PersonalTable(
            name: "adoption",
            export: .section(
                "approved_adoptions",
                "SELECT tenant, template, state FROM adoption WHERE \(namesAccount) ORDER BY rowid"),
            // Two different people must have agreed to what is in force: each who is gone has a name of their own.
            erasure: [
                """
                UPDATE adoption SET revision = revision + 1, document = replace(document,
                    (SELECT '"' || subject || '"' FROM pairwise
                        WHERE account = :account AND instr(adoption.document, '"' || subject || '"') > 0),
                    '"erased-' || lower(hex(randomblob(8))) || '"')
                WHERE \(namesAccount)
                """
            ]),
        PersonalTable(
            name: "admin_assignment",
            export: .section(
                "administration",
                """
                SELECT role, reach, tenant, operator, valid_from, valid_until, granted_at, revoked_at
                FROM admin_assignment WHERE account = :account ORDER BY granted_at
                """),
            erasure: ["UPDATE admin_assignment SET subject = 'erased' WHERE account = :account"]),
        PersonalTable(
            name: "admin_emergency",
            export: .section(
                "emergencies",
                """
                SELECT tenant, reason, duration, requested_at, state, decided_at FROM admin_emergency
                WHERE requester = :account OR approver = :account ORDER BY requested_at
                """),
            // The reason is the requester's own text: it may say who they are.
            erasure: [
                """
                UPDATE admin_emergency SET reason = '(erased)', requester_subject = 'erased' WHERE requester = :account
                """
            ]),
    ]

    /// That somebody agreed to an adoption under the name that they have in administration.
    private static let namesAccount = """
        EXISTS (SELECT 1 FROM pairwise
            WHERE account = :account AND instr(adoption.document, '"' || subject || '"') > 0)
        """
}
