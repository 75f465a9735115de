/// A table with rows about a person, and what export and erasure do with it.
///
/// A test reads the schema: a table that refers to an account, directly or through another one, and is not listed here
/// fails it. Whoever adds such a table adds a line here.
struct PersonalTable: Sendable {
    enum Export: Sendable {
        /// The statement gives the rows, with `:account` bound. Columns that hold JSON are named `x:json`.
        case section(String, String)
        case withheld(because: String)
    }

    let name: String
    let export: Export
    /// Rows of the table that are the person's in another way than those of `export`.
    var more: Export?
    /// Run in this order with `:account` bound; empty when the rows stay.
    let erasure: [String]
    /// Why rows stay after an erasure: they hold no value of the person and refer to an account of which nothing is left.
    var stays: String?

    /// In the order of erasure (docs/domain.md, "Closing and erasure").
    static let all: [PersonalTable] =
        companies + administration + [
            PersonalTable(
                name: "refresh_token",
                export: .section(
                    "refresh_tokens",
                    """
                    SELECT t.client, t.issued_at, t.expires_at, t.used_at FROM refresh_token t
                    JOIN authorization_grant g ON g.txn = t.txn WHERE g.account = :account ORDER BY t.issued_at
                    """),
                erasure: [
                    """
                    DELETE FROM refresh_token
                    WHERE txn IN (SELECT txn FROM authorization_grant WHERE account = :account)
                    """
                ]),
            PersonalTable(
                name: "authorization_grant",
                export: .section(
                    "logins",
                    """
                    SELECT txn, client, tenant, scope, subject, acr, authenticated_at, released AS "released:json",
                        redeemed_at, revoked_at
                    FROM authorization_grant WHERE account = :account ORDER BY rowid
                    """),
                erasure: ["DELETE FROM authorization_grant WHERE account = :account"]),
            PersonalTable(
                name: "logout_delivery",
                export: .section(
                    "logout_notices",
                    """
                    SELECT client, subject, state, created_at FROM logout_delivery
                    WHERE subject IN (SELECT subject FROM pairwise WHERE account = :account) ORDER BY id
                    """),
                erasure: [
                    """
                    DELETE FROM logout_delivery
                    WHERE subject IN (SELECT subject FROM pairwise WHERE account = :account)
                    """
                ]),
            PersonalTable(
                name: "session",
                export: .section(
                    "sessions",
                    """
                    SELECT id, device, browser, acr, started_at, authenticated_at, last_used_at, expires_at, ended_at
                    FROM session WHERE account = :account ORDER BY started_at
                    """),
                erasure: ["DELETE FROM session WHERE account = :account"]),
            PersonalTable(
                name: "known_browser",
                export: .section(
                    "known_browsers",
                    """
                    SELECT id, name, thumbprint, txn, created_at, last_used_at FROM known_browser
                    WHERE account = :account ORDER BY created_at
                    """),
                erasure: ["DELETE FROM known_browser WHERE account = :account"]),
            PersonalTable(
                name: "login_answer",
                export: .section(
                    "answers",
                    """
                    SELECT txn, device, decision, answered_at FROM login_answer
                    WHERE device IN (SELECT id FROM device WHERE account = :account) ORDER BY answered_at
                    """),
                erasure: [
                    "DELETE FROM login_answer WHERE device IN (SELECT id FROM device WHERE account = :account)"
                ]),
            PersonalTable(
                name: "device_key",
                // Whoever steals an export must not be able to try PINs against it: K_pin is not named.
                export: .section(
                    "device_keys",
                    """
                    SELECT device, kind, thumbprint, state FROM device_key
                    WHERE device IN (SELECT id FROM device WHERE account = :account) AND kind <> 'pin'
                    ORDER BY device, kind
                    """),
                erasure: ["DELETE FROM device_key WHERE device IN (SELECT id FROM device WHERE account = :account)"]),
            PersonalTable(
                name: "device_certificate",
                export: .section(
                    "device_certificates",
                    """
                    SELECT device, serial FROM device_certificate
                    WHERE device IN (SELECT id FROM device WHERE account = :account) ORDER BY device, position
                    """),
                erasure: [
                    "DELETE FROM device_certificate WHERE device IN (SELECT id FROM device WHERE account = :account)"
                ]),
            PersonalTable(
                name: "device",
                export: .section(
                    "devices",
                    """
                    SELECT id, name, model, system, ceiling, is_simulated, was_lowered, state, suspended_for, usable_from,
                        created_at, last_used_at
                    FROM device WHERE account = :account ORDER BY created_at, rowid
                    """),
                erasure: ["DELETE FROM device WHERE account = :account"]),
            PersonalTable(
                name: "claim_release",
                export: .section(
                    "releases",
                    """
                    SELECT client, tenant, service, context, purpose_version, asked AS "asked:json",
                        released AS "released:json", granted_at, state, ended_at
                    FROM claim_release WHERE account = :account ORDER BY granted_at
                    """),
                erasure: ["DELETE FROM claim_release WHERE account = :account"]),
            PersonalTable(
                name: "back_channel_stop",
                export: .section(
                    "stopped_portals",
                    "SELECT client, stopped_at FROM back_channel_stop WHERE account = :account ORDER BY client"),
                erasure: ["DELETE FROM back_channel_stop WHERE account = :account"]),
            PersonalTable(
                name: "verified_attribute",
                export: .section(
                    "verified_attributes",
                    "SELECT claim, evidence, level, state FROM verified_attribute WHERE account = :account ORDER BY claim"
                ),
                erasure: ["DELETE FROM verified_attribute WHERE account = :account"]),
            PersonalTable(
                name: "evidence",
                export: .section(
                    "evidence",
                    """
                    SELECT id, method, performer, checked_at, level, document_type, document_country, expires_at
                    FROM evidence WHERE account = :account ORDER BY checked_at
                    """),
                erasure: ["DELETE FROM evidence WHERE account = :account"]),
            PersonalTable(
                name: "pairwise",
                export: .section(
                    "pseudonyms",
                    "SELECT sector, context, subject FROM pairwise WHERE account = :account ORDER BY rowid"),
                erasure: ["DELETE FROM pairwise WHERE account = :account"]),
            PersonalTable(
                name: "ticket",
                export: .section(
                    "tickets",
                    """
                    SELECT tenant, purpose, level, expires_at, used_at FROM ticket WHERE account = :account
                    ORDER BY expires_at
                    """),
                erasure: ["DELETE FROM ticket WHERE account = :account"]),
            PersonalTable(
                name: "identity_link",
                export: .section(
                    "identity_links",
                    "SELECT upstream, level, linked_at FROM identity_link WHERE account = :account ORDER BY linked_at"),
                erasure: ["DELETE FROM identity_link WHERE account = :account"]),
            PersonalTable(
                name: "notice",
                export: .section(
                    "notices",
                    "SELECT kind, detail, time, read_at FROM notice WHERE account = :account ORDER BY time, rowid"),
                erasure: ["DELETE FROM notice WHERE account = :account"]),
            PersonalTable(
                name: "data_subject_request",
                export: .section(
                    "requests",
                    """
                    SELECT kind, tenant, claims AS "claims:json", state, refusal, received_at, due_at, ended_at
                    FROM data_subject_request
                    WHERE account = :account ORDER BY received_at
                    """),
                erasure: [], stays: "it proves that a request was answered in time"),
            PersonalTable(
                name: "duplicate_case",
                export: .withheld(because: "a clerk's question that may be about another person of the same name"),
                erasure: [
                    """
                    DELETE FROM duplicate_case WHERE likeness =
                        (SELECT p.likeness FROM person p JOIN account a ON a.person = p.id WHERE a.id = :account)
                    """
                ]),
            PersonalTable(
                name: "audit_event",
                export: .withheld(
                    because: "only a key links it to the person: the export reads it through the audit log"),
                erasure: [], stays: "it holds no value of a person, and the key that links it is destroyed"),
            PersonalTable(
                name: "audit_person_key",
                export: .withheld(
                    because: "the secret that links audit events to the account; the events are exported"),
                erasure: ["DELETE FROM audit_person_key WHERE account = :account"]),
            PersonalTable(
                name: "person",
                export: .section(
                    "person",
                    """
                    SELECT p.attributes AS "attributes:json" FROM person p JOIN account a ON a.person = p.id
                    WHERE a.id = :account
                    """),
                erasure: [], stays: "removed together with what names it in the account"),
            PersonalTable(
                name: "account",
                export: .section(
                    "account",
                    """
                    SELECT state, locks AS "locks:json", level, created_at, seen_at, warned_at, erase_at FROM account
                    WHERE id = :account
                    """),
                erasure: [], stays: "an identifier and a date, so that what stays elsewhere refers to something"),
        ]
}
