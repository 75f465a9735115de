internal import GRDB
public import IdentityCrypto
public import OpenIDMessages
public import ProviderCore

extension SQLiteStore {
    public func refresh(
        _ token: HandleDigest, client: ClientIdentifier, successor: HandleDigest, expiresAt: Timestamp, grace: Int64,
        now: Timestamp
    ) async throws -> RefreshOutcome {
        try await writer.write { [grants] db in
            // This one conditional write decides which of several uses succeeds.
            let used = try db.row(
                """
                UPDATE refresh_token SET
                    used_at = iif(proof_key IS NULL, :now, NULL),
                    successor = iif(proof_key IS NULL, :successor, NULL),
                    expires_at = iif(proof_key IS NULL, expires_at, :expires_at)
                WHERE digest = :token AND client = :client AND used_at IS NULL AND expires_at > :now
                    AND EXISTS (
                        SELECT 1 FROM authorization_grant g JOIN session s ON s.id = g.session
                        WHERE g.txn = refresh_token.txn AND g.revoked_at IS NULL
                            AND s.ended_at IS NULL AND s.expires_at > :now)
                RETURNING *
                """,
                [
                    "token": try token.stored(as: .refreshToken), "client": client.rawValue,
                    "successor": try successor.stored(as: .refreshToken), "expires_at": expiresAt.seconds,
                    "now": now.seconds,
                ])
            guard let used else {
                return try db.whyNotRefreshed(
                    token, client: client, successor: successor, grace: grace, among: grants, now: now)
            }
            var record = try used.refreshToken
            if record.proofKey == nil {
                record.handle = successor
                record.expiresAt = expiresAt
                try db.insert(record, now: now)
            }
            let live = try db.grantBehind(record, among: grants, now: now)
            try db.audit(.tokenRefreshed, AuditedGrant(live.grant), actor: .portal, now: now)
            return .granted(live, record)
        }
    }

    public func refreshToken(
        _ token: HandleDigest, now: Timestamp
    ) async throws -> (RefreshTokenRecord, LiveGrant)? {
        try read { db in
            guard let record = try db.unusedToken(token, now: now),
                let live = try db.liveGrant(record.transaction, among: grants, now: now)
            else { return nil }
            return (record, live)
        }
    }
}

extension Database {
    func insert(_ token: RefreshTokenRecord, now: Timestamp) throws {
        try run(
            """
            INSERT INTO refresh_token (digest, txn, client, proof_key, issued_at, expires_at) VALUES (?, ?, ?, ?, ?, ?)
            """,
            [
                try token.handle.stored(as: .refreshToken), token.transaction.rawValue, token.client.rawValue,
                token.proofKey?.rawValue, now.seconds, token.expiresAt.seconds,
            ])
    }

    /// Whoever never got the answer asks again and gets the same successor. After that, a token that comes twice is in
    /// two hands (RFC 9700 §4.14.2).
    fileprivate func whyNotRefreshed(
        _ token: HandleDigest, client: ClientIdentifier, successor: HandleDigest, grace: Int64,
        among known: KnownGrants, now: Timestamp
    ) throws -> RefreshOutcome {
        let row = try row(
            """
            SELECT t.txn, t.used_at, t.successor, g.tenant, g.account FROM refresh_token t
            JOIN authorization_grant g ON g.txn = t.txn JOIN session s ON s.id = g.session
            WHERE t.digest = ? AND t.client = ? AND g.revoked_at IS NULL AND s.ended_at IS NULL AND s.expires_at > ?
            """, [try token.stored(as: .refreshToken), client.rawValue, now.seconds])
        guard let row else { return .unknown }
        guard let usedAt = try row.optionalTime("used_at") else { return .expired }
        if usedAt + grace >= now, try row.digest("successor") == successor.digest,
            let record = try unusedToken(successor, now: now)
        {
            return .granted(try grantBehind(record, among: known, now: now), record)
        }
        try revokeAfterReplay(AuditedGrant(row, client: client), now: now)
        return .reused
    }

    fileprivate func unusedToken(_ token: HandleDigest, now: Timestamp) throws -> RefreshTokenRecord? {
        try row(
            "SELECT * FROM refresh_token WHERE digest = ? AND used_at IS NULL AND expires_at > ?",
            [try token.stored(as: .refreshToken), now.seconds])?
            .refreshToken
    }

    fileprivate func grantBehind(
        _ token: RefreshTokenRecord, among known: KnownGrants, now: Timestamp
    ) throws -> LiveGrant {
        guard let live = try liveGrant(token.transaction, among: known, now: now) else {
            throw StorageFault.missing("authorization_grant")
        }
        return live
    }
}

extension StoredRow {
    fileprivate var refreshToken: RefreshTokenRecord {
        get throws {
            RefreshTokenRecord(
                handle: HandleDigest(.refreshToken, digest: try digest("digest")), transaction: try value("txn"),
                client: try value("client"), proofKey: try optionalValue("proof_key"),
                expiresAt: try time("expires_at"))
        }
    }
}
