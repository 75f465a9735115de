internal import AccountDirectory
internal import GRDB
internal import OpenIDMessages
internal import ProviderCore

/// What evidence stands behind, and for how long.
extension Database {
    /// Ends evidence whose time is over: what it proved is stale, and the account's level is that of the best evidence that
    /// is left. Gives how many it did, at most `limit`.
    func expireEvidence(at now: Timestamp, limit: Int) throws -> Int {
        let due = try rows(
            "SELECT id, account FROM evidence WHERE expires_at <= ? AND expired_at IS NULL LIMIT ?",
            [now.seconds, limit])
        for row in due { try expire(row.value("id"), of: row.accountIdentifier, at: now) }
        return due.count
    }

    private func expire(_ evidence: EvidenceIdentifier, of account: AccountIdentifier, at now: Timestamp) throws {
        try run("UPDATE evidence SET expired_at = ? WHERE id = ?", [now.seconds, evidence.rawValue])
        guard let profile = try profile(of: account) else { return }
        let claims = try rows(
            "SELECT claim FROM verified_attribute WHERE evidence = ? AND state = 'valid' ORDER BY claim",
            [evidence.rawValue]
        ).map { row in try row.text("claim") }
        try makeStale(claims, of: account)
        let left =
            try rows(
                "SELECT level FROM evidence WHERE account = ? AND (expires_at IS NULL OR expires_at > ?)",
                [account.rawValue, now.seconds]
            ).map { row in try row.level("level") }.max() ?? .undefined
        let level = min(profile.level, left)
        try audit(Author.system.event(.proofingExpired, object: level.name, person: account, time: now))
        for claim in claims {
            try audit(Author.system.event(.attributeStale, object: claim, person: account, time: now))
        }
        try change(profile, to: level, at: now)
        // Where newer evidence stands behind everything the person loses nothing.
        if !claims.isEmpty || level < profile.level { try tell(account, .proofingExpired, at: now) }
    }

    /// The person's identity is proved to another level. Sessions above it end, and with them the tokens that say more than
    /// is true; companies hear of it.
    func change(_ account: AccountProfile, to level: AssuranceLevel, at time: Timestamp) throws {
        guard level != account.level else { return }
        try run("UPDATE account SET level = ? WHERE id = ?", [level.name, account.identifier.rawValue])
        let sessions = try rows(
            "SELECT * FROM session WHERE account = ? AND ended_at IS NULL AND expires_at > ?",
            [account.identifier.rawValue, time.seconds]
        ).map { row in try row.session }
        for session in sessions where session.context.level > level {
            try end(
                session.identifier,
                event: Author.system.event(.sessionEnded, object: session.identifier.rawValue, time: time))
        }
        try companiesHear(.levelChanged, of: account.identifier, now: time)
    }
}
