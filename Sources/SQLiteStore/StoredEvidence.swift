public import AccountDirectory
internal import GRDB
internal import OpenIDMessages
internal import ProviderCore

extension SQLiteStore {
    public func verifiedAttributes(of account: AccountIdentifier) async throws -> [VerifiedAttribute] {
        try read { db in
            try db.rows(
                """
                SELECT v.claim, v.level AS claim_level, v.state, e.* FROM verified_attribute v
                JOIN evidence e ON e.id = v.evidence WHERE v.account = ? ORDER BY v.claim
                """, [account.rawValue]
            ).map { row in try row.attribute }
        }
    }

    public func evidence(of account: AccountIdentifier) async throws -> [Evidence] {
        try read { db in
            try db.rows("SELECT * FROM evidence WHERE account = ? ORDER BY checked_at, rowid", [account.rawValue])
                .map { row in try row.evidence }
        }
    }
}

extension Database {
    /// Writes evidence and puts it behind claims, unless newer evidence stands there (invariant I5).
    func record(_ evidence: Evidence, for claims: [String]) throws {
        try run(
            """
            INSERT INTO evidence (id, account, method, performer, checked_at, level, document_type, document_country,
                expires_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                evidence.identifier.rawValue, evidence.account.rawValue, evidence.method.rawValue,
                evidence.performer?.rawValue, evidence.checkedAt.seconds, evidence.level.name, evidence.documentType,
                evidence.documentCountry, evidence.expiresAt?.seconds,
            ])
        let confirmed = VerifiedAttribute.State.step(.confirm)
        for claim in claims {
            try run(
                """
                INSERT INTO verified_attribute (account, claim, evidence, level, state)
                VALUES (:account, :claim, :evidence, :level, :initial)
                ON CONFLICT (account, claim) DO UPDATE
                SET evidence = excluded.evidence, level = excluded.level, state = :confirmed
                WHERE (SELECT checked_at FROM evidence WHERE id = verified_attribute.evidence) < :checked_at
                    AND state IN (SELECT value FROM json_each(:from))
                """,
                [
                    "account": evidence.account.rawValue, "claim": claim, "evidence": evidence.identifier.rawValue,
                    "level": evidence.level.name, "initial": VerifiedAttribute.State.initial.rawValue,
                    "confirmed": confirmed.state, "checked_at": evidence.checkedAt.seconds, "from": confirmed.from,
                ])
        }
    }

    /// Makes verified claims stale: their values may have changed (invariant I6).
    func makeStale(_ claims: [String], of account: AccountIdentifier) throws {
        let step = VerifiedAttribute.State.step(.expire)
        for claim in claims {
            try run(
                """
                UPDATE verified_attribute SET state = ?
                WHERE account = ? AND claim = ? AND state IN (SELECT value FROM json_each(?))
                """, [step.state, account.rawValue, claim, step.from])
        }
    }
}

extension StoredRow {
    fileprivate var attribute: VerifiedAttribute {
        get throws {
            VerifiedAttribute(
                claim: try text("claim"), evidence: try evidence, level: try level("claim_level"),
                state: try value("state"))
        }
    }

    fileprivate var evidence: Evidence {
        get throws {
            Evidence(
                identifier: try value("id"), account: try accountIdentifier, method: try value("method"),
                performer: try optionalValue("performer"), checkedAt: try time("checked_at"),
                level: try level("level"), documentType: try optionalText("document_type"),
                documentCountry: try optionalText("document_country"), expiresAt: try optionalTime("expires_at"))
        }
    }
}
