public import AccountDirectory
internal import GRDB
public import IdentityCrypto
public import OpenIDMessages
public import ProviderCore

extension SQLiteStore {
    public func grant(
        _ grant: AuthorizationGrant, sector: SubjectSector, session cookie: HandleDigest, now: Timestamp
    ) async throws -> SubjectIdentifier? {
        try await writer.write { db in
            // A session that ends at the same moment either lets this grant in and then hears of it, or does not.
            guard try db.touch(grant.session, cookie: cookie, account: grant.account, now: now) else { return nil }
            // A release that was withdrawn just now releases nothing in silence.
            guard let release = try db.release(for: grant.releaseKey), release.state == .granted,
                release.key == grant.releaseKey, Set(grant.released).isSubset(of: release.released)
            else { return nil }
            let subject = try db.insert(
                grant, session: grant.session, sector: sector, release: release.identifier)
            try db.audit(.sessionReused, AuditedGrant(grant), actor: .person, now: now)
            try db.recordUse(of: grant, at: now)
            return subject
        }
    }

    public func redeem(
        _ code: HandleDigest, client: ClientIdentifier, refreshToken: NewRefreshToken?, now: Timestamp
    ) async throws -> GrantRedemption {
        try await writer.write { [grants] db in
            // This one conditional write decides which of several redemptions succeeds.
            let redeemed = try db.row(
                """
                UPDATE authorization_grant SET redeemed_at = :now
                WHERE handle_class = :class AND handle_digest = :code AND client = :client
                    AND redeemed_at IS NULL AND revoked_at IS NULL AND expires_at > :now
                RETURNING txn
                """,
                [
                    "now": now.seconds, "class": code.handleClass.rawValue, "code": code.digest.bytes,
                    "client": client.rawValue,
                ])
            guard let redeemed else { return try db.whyNotRedeemed(code, client: client, now: now) }
            guard let live = try db.liveGrant(redeemed.value("txn"), among: grants, now: now) else {
                throw StorageFault.missing("authorization_grant")
            }
            if let refreshToken {
                try db.insert(
                    RefreshTokenRecord(
                        handle: refreshToken.handle, transaction: live.grant.transaction, client: client,
                        proofKey: refreshToken.proofKey, expiresAt: refreshToken.expiresAt), now: now)
            }
            try db.audit(.tokenIssued, AuditedGrant(live.grant), actor: .portal, now: now)
            return .redeemed(live)
        }
    }

    public func liveGrant(
        _ transaction: TransactionIdentifier, token: TokenIdentifier, now: Timestamp
    ) async throws -> LiveGrant? {
        try read { db in try db.liveGrant(transaction, token: token, among: grants, now: now) }
    }

    public func login(_ transaction: TransactionIdentifier, in scope: TenantScope) async throws -> LoginFacts? {
        try read { db in try db.login(transaction, in: scope) }
    }

    public func revoke(_ transaction: TransactionIdentifier, event: SecurityEvent) async throws {
        try await writer.write { db in
            guard let account = try db.revoke(transaction, now: event.time) else { return }
            var event = event
            event.person = account
            try db.audit(event)
        }
    }
}

extension Database {
    /// A code that is used again was stolen by one of the two: what came from it is revoked (RFC 6749 §4.1.2). Another
    /// client learns nothing and changes nothing, or it could revoke other people's logins.
    fileprivate func whyNotRedeemed(
        _ code: HandleDigest, client: ClientIdentifier, now: Timestamp
    ) throws -> GrantRedemption {
        let row = try row(
            """
            SELECT txn, tenant, account, redeemed_at, revoked_at FROM authorization_grant
            WHERE handle_class = ? AND handle_digest = ? AND client = ?
            """, [code.handleClass.rawValue, code.digest.bytes, client.rawValue])
        guard let row else { return .unknown }
        guard try row.optionalTime("redeemed_at") != nil else {
            return try row.optionalTime("revoked_at") != nil ? .unknown : .expired
        }
        try revokeAfterReplay(AuditedGrant(row, client: client), now: now)
        return .replayed
    }

    /// Something that may be used once was used again: what came from it is revoked.
    func revokeAfterReplay(_ grant: AuditedGrant, now: Timestamp) throws {
        try audit(.replayRejected, grant, actor: .portal, now: now)
        if try revoke(grant.transaction, now: now) != nil {
            try audit(.tokenRevoked, grant, actor: .system, now: now)
        }
    }
}
