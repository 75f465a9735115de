/// How long the rows of each table stay (invariant I40; docs/domain.md, "An account's life" and "What is kept of a company").
///
/// A test reads the schema: whoever adds a table gives its rows an end, or says here why they have none.
enum TableLife {
    /// Tables from which rows go when their time is over.
    static let timed: Set<String> = Set(RetentionStep.all.flatMap(\.tables))
        .union(SQLiteStore.sweeps.map(\.table))
        // `sweepCompanies`, `removeCutAudit`
        .union(["invitation", "audit_event"])

    /// Tables whose rows go with the account that they are about.
    static let withAccount = Set(
        PersonalTable.all.filter { table in
            table.erasure.contains { $0.hasPrefix("DELETE FROM \(table.name)") }
        }.map(\.name))

    /// Tables whose rows have no end, and why.
    static let kept: [String: String] = [
        "account":
            "of a closed one an identifier and a date are left, so that what stays elsewhere refers to something",
        "person": "goes with the account, which refers to it",
        "adoption": "the town's, until it leaves the region",
        "client_registration": "the portal's, until it is removed or its town leaves the region",
        "audit_chain": "one row for each chain: where it ends",
        "audit_anchor": "one row for each chain: where it begins since older events went",
        "erasure_trace": "at most one row, until the file is written anew",
        "region_document": "the region as it is",
        "sector": "a sector stays its tenant's for ever (invariant I29)",
        "secret": "the provider's own keys: without them no hash is found again",
        "signing_key": "rotation replaces them (decision 0007)",
        "template": "signed and public; a version that was published stays what it was",
    ]
}
