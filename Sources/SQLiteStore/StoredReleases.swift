public import AccountDirectory
internal import GRDB
internal import OpenIDMessages
public import ProviderCore

extension SQLiteStore {
    public func release(for key: ReleaseKey) async throws -> ClaimRelease? {
        try read { db in try db.release(for: key) }
    }

    public func releases(of account: AccountIdentifier) async throws -> [ClaimRelease] {
        try read { db in
            try db.rows(
                "SELECT * FROM claim_release WHERE account = ? ORDER BY granted_at DESC, rowid DESC",
                [account.rawValue]
            ).map { row in try row.release }
        }
    }

    public func withdraw(
        _ release: ReleaseIdentifier, of account: AccountIdentifier, event: SecurityEvent
    ) async throws -> Bool {
        try await writer.write { db in
            let step = ClaimRelease.State.step(.withdraw)
            let withdrawn = try db.row(
                """
                UPDATE claim_release SET state = ?, ended_at = ?
                WHERE id = ? AND account = ? AND state IN (SELECT value FROM json_each(?)) RETURNING tenant
                """, [step.state, event.time.seconds, release.rawValue, account.rawValue, step.from])
            guard let withdrawn else { return false }
            var event = event
            event.tenant = try withdrawn.optionalValue("tenant")
            try db.audit(event)
            return true
        }
    }
}

extension Database {
    /// The release in force for a person, context, client, town and service; one at most. One whose town is not known is
    /// in force for none.
    func release(for key: ReleaseKey) throws -> ClaimRelease? {
        try row(
            """
            SELECT * FROM claim_release
            WHERE account = ? AND context = ? AND client = ? AND tenant = ? AND service = ? AND state = 'granted'
            """,
            [
                key.account.rawValue, key.context.rawValue, key.client.rawValue, key.tenant?.rawValue,
                key.service?.rawValue ?? "",
            ])?.release
    }

    /// Writes the decision of an approval and says which release holds it now. One about another purpose than before takes
    /// the place of the earlier release.
    func remember(_ approval: LoginApproval, at time: Timestamp) throws -> ReleaseIdentifier {
        let grant = approval.grant
        let key = grant.releaseKey
        let standing = try release(for: key)
        let earlier = standing?.key.purposeVersion == key.purposeVersion ? standing : nil
        let decision = ReleaseRules.merged(earlier, asked: approval.asked, released: grant.released)
        if let earlier {
            // The same decision again is no new one.
            guard Set(earlier.asked) != Set(decision.asked) || Set(earlier.released) != Set(decision.released) else {
                return earlier.identifier
            }
            try run(
                "UPDATE claim_release SET asked = ?, released = ?, granted_at = ? WHERE id = ?",
                [
                    decision.asked.jsonText, decision.released.jsonText, time.seconds, earlier.identifier.rawValue,
                ])
            try auditRelease(earlier.identifier, grant, at: time)
            return earlier.identifier
        }
        if let standing {
            let step = ClaimRelease.State.step(.supersede)
            try run(
                """
                UPDATE claim_release SET state = ?, ended_at = ?
                WHERE id = ? AND state IN (SELECT value FROM json_each(?))
                """, [step.state, time.seconds, standing.identifier.rawValue, step.from])
        }
        guard let granted = ClaimRelease.State.initial.after(.grant) else {
            preconditionFailure("what was asked can be granted")
        }
        let identifier = ReleaseIdentifier.random()
        try run(
            """
            INSERT INTO claim_release (id, account, context, client, tenant, service, purpose_version, asked, released,
                granted_at, state)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                identifier.rawValue, key.account.rawValue, key.context.rawValue, key.client.rawValue,
                grant.tenant.rawValue, key.service?.rawValue ?? "", key.purposeVersion, decision.asked.jsonText,
                decision.released.jsonText, time.seconds, granted.rawValue,
            ])
        try auditRelease(identifier, grant, at: time)
        return identifier
    }

    private func auditRelease(
        _ release: ReleaseIdentifier, _ grant: AuthorizationGrant, at time: Timestamp
    ) throws {
        try audit(
            SecurityEvent(
                .releaseGranted, time: time, tenant: grant.tenant, object: release.rawValue,
                transaction: grant.transaction, actor: .person, person: grant.account))
    }
}

extension StoredRow {
    fileprivate var release: ClaimRelease {
        get throws {
            let service = try text("service")
            return ClaimRelease(
                identifier: try value("id"),
                key: ReleaseKey(
                    account: try accountIdentifier, context: try value("context"), client: try value("client"),
                    tenant: try optionalValue("tenant"), service: service.isEmpty ? nil : try value("service"),
                    purposeVersion: try text("purpose_version")),
                asked: try strings("asked"), released: try strings("released"),
                grantedAt: try time("granted_at"), state: try value("state"), endedAt: try optionalTime("ended_at"))
        }
    }
}
