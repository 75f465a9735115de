internal import GRDB
public import IdentityCrypto
public import OpenIDMessages
public import ProviderCore

extension SQLiteStore {
    public func redeem(
        _ code: SecretDigest, client: ClientIdentifier, now: Timestamp
    ) async throws -> GrantRedemption {
        try await writer.write { db in
            // This one conditional write decides which of several redemptions succeeds.
            let redeemed = try db.row(
                """
                UPDATE authorization_grant SET redeemed_at = :now
                WHERE code_digest = :code AND client = :client
                    AND redeemed_at IS NULL AND revoked_at IS NULL AND expires_at > :now
                RETURNING *
                """, ["now": now.seconds, "code": code.bytes.data, "client": client.rawValue])
            guard let redeemed else { return try db.whyNotRedeemed(code, client: client, now: now) }
            let grant = try redeemed.grant
            try db.audit(.tokenIssued, grant.transaction, tenant: grant.tenant, client: client, now: now)
            return .redeemed(grant)
        }
    }

    public func liveGrant(_ transaction: TransactionIdentifier) async throws -> (AuthorizationGrant, AccountRecord)? {
        try read { db in
            let row = try db.row(
                """
                SELECT g.*, a.level AS account_level, a.state AS account_state, p.attributes
                FROM authorization_grant g JOIN account a ON a.id = g.account JOIN person p ON p.id = a.person
                WHERE g.txn = ? AND g.redeemed_at IS NOT NULL AND g.revoked_at IS NULL AND a.state = 'active'
                """, [transaction.rawValue])
            guard let row else { return nil }
            return (try row.grant, try row.account)
        }
    }
}

extension Database {
    func insert(_ grant: AuthorizationGrant, subject: SubjectIdentifier) throws {
        try run(
            """
            INSERT INTO authorization_grant (txn, code_digest, client, tenant, account, redirect_uri, scope, nonce,
                code_challenge, subject, acr, methods, flow, authenticated_at, session, released, expires_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                grant.transaction.rawValue, grant.codeDigest.bytes.data, grant.client.rawValue,
                grant.tenant.rawValue, grant.account.rawValue, grant.redirectURI, grant.scope.description,
                grant.nonce?.rawValue, grant.codeChallenge.rawValue, subject.rawValue, grant.acr,
                grant.methods.jsonText, grant.flow.rawValue, grant.authenticatedAt.seconds, grant.session,
                grant.released.jsonText, grant.expiresAt.seconds,
            ])
    }

    /// A code that is used again was stolen by one of the two: what came from it is revoked (RFC 6749 §4.1.2). Another
    /// client learns nothing and changes nothing, or it could revoke other people's logins.
    fileprivate func whyNotRedeemed(
        _ code: SecretDigest, client: ClientIdentifier, now: Timestamp
    ) throws -> GrantRedemption {
        let row = try row(
            """
            SELECT txn, tenant, redeemed_at, revoked_at FROM authorization_grant WHERE code_digest = ? AND client = ?
            """, [code.bytes.data, client.rawValue])
        guard let row else { return .unknown }
        let isRevoked = try row.optionalTime("revoked_at") != nil
        guard try row.optionalTime("redeemed_at") != nil else { return isRevoked ? .unknown : .expired }
        let transaction = try row.value("txn", as: TransactionIdentifier.self)
        let tenant = try row.value("tenant", as: TenantIdentifier.self)
        try audit(.replayRejected, transaction, tenant: tenant, client: client, now: now)
        if !isRevoked {
            try run("UPDATE authorization_grant SET revoked_at = ? WHERE txn = ?", [now.seconds, transaction.rawValue])
            try audit(.tokenRevoked, transaction, tenant: tenant, client: client, now: now)
        }
        return .replayed
    }

    fileprivate func audit(
        _ kind: SecurityEvent.Kind, _ transaction: TransactionIdentifier, tenant: TenantIdentifier,
        client: ClientIdentifier, now: Timestamp
    ) throws {
        try audit(
            SecurityEvent(kind, time: now, tenant: tenant, object: client.rawValue, transaction: transaction))
    }
}

extension StoredRow {
    fileprivate var grant: AuthorizationGrant {
        get throws {
            AuthorizationGrant(
                transaction: try value("txn"), codeDigest: try digest("code_digest"), client: try value("client"),
                tenant: try value("tenant"), account: try accountIdentifier, redirectURI: try text("redirect_uri"),
                scope: try wanted(Scope(parsing: try text("scope")), "scope"), nonce: try optionalValue("nonce"),
                codeChallenge: try value("code_challenge"),
                subject: try value("subject", as: SubjectIdentifier.self), acr: try text("acr"),
                methods: try strings("methods"), flow: try value("flow"),
                authenticatedAt: try time("authenticated_at"), session: try text("session"),
                released: try strings("released"), expiresAt: try time("expires_at"))
        }
    }
}
